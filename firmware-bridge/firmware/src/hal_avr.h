#ifndef MADOGUCHI_HAL_AVR_H
#define MADOGUCHI_HAL_AVR_H

#include <stdint.h>

void hal_init(void);

/* One received byte, or 0 when there is none. */
uint8_t hal_receive(uint8_t *byte);

/* Ticks since the last call; 0 when none passed. */
uint8_t hal_take_ticks(void);

/* Sleeps until the next interrupt, unless there is something to do. */
void hal_idle(void);

#endif
