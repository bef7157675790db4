#ifndef MADOGUCHI_STATE_H
#define MADOGUCHI_STATE_H

#include <stdint.h>

#include "deadman.h"
#include "debounce.h"
#include "parser.h"
#include "pattern.h"
#include "pins.h"

/* Everything that the board knows; board.c has it and changes it, reply.c tells it. */
struct board {
  struct parser parser;
  struct debounce inputs;
  struct deadman deadman;
  struct deadman_memory *memory;
  uint32_t ticks;
  struct phases phases;
  uint32_t device_off; /* ticks that the device stays without power */
  uint8_t pattern[OUTPUT_COUNT];
  uint8_t level[OUTPUT_COUNT];
  uint8_t reporting; /* a bit for each port of eight pins */
  uint8_t cause;
  uint8_t boots;
  uint8_t overlong;
  uint8_t stray;
  uint8_t state_told;
};

extern struct board board;

#endif
