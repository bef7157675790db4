#include "pattern.h"

#define SLOW_HALF 125u
/* 62.5 ticks are half a second; the whole cycle is exact, the first half one tick longer. */
#define MEDIUM_CYCLE 125u
#define MEDIUM_ON 63u
#define QUICK_HALF 25u

uint8_t pattern_level(uint8_t pattern, uint32_t ticks) {
  switch (pattern) {
    case PATTERN_CONTINUOUS:
      return 1;
    case PATTERN_SLOW:
      return ticks % (2u * SLOW_HALF) < SLOW_HALF;
    case PATTERN_MEDIUM:
      return ticks % MEDIUM_CYCLE < MEDIUM_ON;
    case PATTERN_QUICK:
      return ticks % (2u * QUICK_HALF) < QUICK_HALF;
    default:
      return 0;
  }
}
