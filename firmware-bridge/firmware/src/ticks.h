#ifndef MADOGUCHI_TICKS_H
#define MADOGUCHI_TICKS_H

#include <stdint.h>

/*
 * All time is counted in ticks of 8 ms (125 a second): 16 MHz / 1024 / 125 is whole. A uint32_t of them wraps after 397
 * days, so moments are only ever subtracted, never compared.
 */
#define TICKS_PER_SECOND 125u

static inline uint32_t ticks_of_seconds(uint16_t seconds) { return (uint32_t)seconds * TICKS_PER_SECOND; }

/* A tenth of a second is 12.5 ticks; rounded up, so that a wait is never shorter than asked. */
static inline uint32_t ticks_of_tenths(uint16_t tenths) { return ((uint32_t)tenths * TICKS_PER_SECOND + 9u) / 10u; }

#endif
