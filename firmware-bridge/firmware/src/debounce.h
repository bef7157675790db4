#ifndef MADOGUCHI_DEBOUNCE_H
#define MADOGUCHI_DEBOUNCE_H

#include <stdint.h>

/* A level counts when it was the same for so many ticks in a row (24 ms; good switches bounce for less than 10). */
#define DEBOUNCE_TICKS 3u

/* Eight switches, one bit each. */
struct debounce {
  uint8_t stable;
  uint8_t ticks[8]; /* how long each raw level has differed from `stable` */
};

/* The first levels are believed as they are: a kiosk that starts with an open door must say so at once. */
void debounce_init(struct debounce *debounce, uint8_t raw);

/* One tick's raw levels. Returns the bits of `stable` that changed. */
uint8_t debounce_tick(struct debounce *debounce, uint8_t raw);

#endif
