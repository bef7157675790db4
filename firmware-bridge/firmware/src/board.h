#ifndef MADOGUCHI_BOARD_H
#define MADOGUCHI_BOARD_H

#include <stdint.h>

#include "deadman.h"

/* Why the board started: bits of the ATmega328P's MCUSR (data sheet, 11.9.1). */
#define CAUSE_POWER_ON 0x01u
#define CAUSE_EXTERNAL 0x02u
#define CAUSE_BROWN_OUT 0x04u
#define CAUSE_WATCHDOG 0x08u

/* Starts: outputs off, relays released, inputs read; says who it is. `memory` outlives resets (hal_avr.c keeps it). */
void board_init(uint8_t cause, struct deadman_memory *memory);

/* One byte from the host. */
void board_receive(uint8_t byte);

/* 8 ms later. */
void board_tick(void);

#endif
