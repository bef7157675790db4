#ifndef MADOGUCHI_PATTERN_H
#define MADOGUCHI_PATTERN_H

#include <stdint.h>

/*
 * Flash rates in the words of XFS4IoT's Lights. None flashes more than three times a second (WCAG 2.3.1): slow 0.5 Hz,
 * medium 1 Hz, quick 2.5 Hz, each half on and half off.
 */
enum pattern { PATTERN_OFF, PATTERN_CONTINUOUS, PATTERN_SLOW, PATTERN_MEDIUM, PATTERN_QUICK, PATTERN_COUNT };

/* Where the three cycles stand: equal patterns blink together. Counted and not divided out: that is a tenth of the work. */
struct phases {
  uint8_t slow;
  uint8_t medium;
  uint8_t quick;
};

/* One tick later. */
void phases_tick(struct phases *phases);

/* Whether an output with this pattern is on now. */
uint8_t pattern_level(uint8_t pattern, const struct phases *phases);

#endif
