#ifndef MADOGUCHI_HAL_H
#define MADOGUCHI_HAL_H

#include <stdint.h>

/* What board.c needs of the hardware: hal_avr.c on the ATmega328P, test/harness.c on the host. */

/* Sends one byte; waits when the buffer is full. */
void hal_send(uint8_t byte);

/* Drives an output, the alive lamp or a relay. A relay that is high pulls, which takes the power OFF its load. */
void hal_write(uint8_t pin, uint8_t high);

/* The raw levels of all inputs, bit by input index (pins.h). */
uint8_t hal_inputs(void);

/* Bytes that came faster than they were read, so far; saturates at 127. */
uint8_t hal_lost_bytes(void);

#endif
