#ifndef MADOGUCHI_PATTERN_H
#define MADOGUCHI_PATTERN_H

#include <stdint.h>

/*
 * Flash rates in the words of XFS4IoT's Lights. None flashes more than three times a second (WCAG 2.3.1): slow 0.5 Hz,
 * medium 1 Hz, quick 2.5 Hz, each half on and half off.
 */
enum pattern { PATTERN_OFF, PATTERN_CONTINUOUS, PATTERN_SLOW, PATTERN_MEDIUM, PATTERN_QUICK, PATTERN_COUNT };

/* Whether an output with this pattern is on, `ticks` after the common start: equal patterns blink together. */
uint8_t pattern_level(uint8_t pattern, uint32_t ticks);

#endif
