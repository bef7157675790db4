#include "pattern.h"

#define SLOW_HALF 125u
/* 62.5 ticks are half a second; the whole cycle is exact, the first half one tick longer. */
#define MEDIUM_CYCLE 125u
#define MEDIUM_ON 63u
#define QUICK_HALF 25u

static uint8_t next(uint8_t phase, uint8_t cycle) { return (uint8_t)(phase + 1u) == cycle ? 0 : (uint8_t)(phase + 1u); }

void phases_tick(struct phases *phases) {
  phases->slow = next(phases->slow, 2u * SLOW_HALF);
  phases->medium = next(phases->medium, MEDIUM_CYCLE);
  phases->quick = next(phases->quick, 2u * QUICK_HALF);
}

uint8_t pattern_level(uint8_t pattern, const struct phases *phases) {
  switch (pattern) {
    case PATTERN_CONTINUOUS:
      return 1;
    case PATTERN_SLOW:
      return phases->slow < SLOW_HALF;
    case PATTERN_MEDIUM:
      return phases->medium < MEDIUM_ON;
    case PATTERN_QUICK:
      return phases->quick < QUICK_HALF;
    default:
      return 0;
  }
}
