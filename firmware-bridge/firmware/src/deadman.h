#ifndef MADOGUCHI_DEADMAN_H
#define MADOGUCHI_DEADMAN_H

#include <stdint.h>

/*
 * The dead man: a host that was fed once and then falls silent is power-cycled. It never trips
 *   - before it was fed for the first time, or after a stand-down;
 *   - within the grace after a start of this board and after a trip: the host needs that time to boot;
 *   - while the service door is open, and not before a full period after it was closed;
 *   - while the last feed said "busy" (money or paper moves), unless the silence lasts longer than `held_max_s`;
 *   - more than `trips_per_hour` times within an hour.
 */
#define TRIPS_MAX 6u

struct deadman_params {
  uint16_t grace_s;       /* 180 to 3600 */
  uint16_t held_max_s;    /* 60 to 600 */
  uint16_t pulse_tenths;  /* 10 to 300: how long the host is without power */
  uint8_t trips_per_hour; /* 0 (never) to 6 */
};

#define DEADMAN_DEFAULTS {180u, 60u, 50u, 3u}

enum deadman_state {
  DEADMAN_OFF,
  DEADMAN_ARMED,
  DEADMAN_GRACE,     /* overdue, but the host may still be booting */
  DEADMAN_HELD,      /* overdue, but money or paper may be moving */
  DEADMAN_LOCKED,    /* overdue, but somebody works at the open door */
  DEADMAN_EXHAUSTED, /* overdue, but it has tripped often enough for this hour */
  DEADMAN_TRIPPING   /* the host is without power now */
};

enum feed_result { FEED_OK, FEED_OUT_OF_LIMITS, FEED_STALE };

struct deadman {
  struct deadman_params params;
  uint32_t now;
  uint32_t heard;    /* last feed */
  uint32_t door;     /* last tick at which the door was open */
  uint32_t started;  /* of the grace, or of the pulse */
  uint32_t trips[TRIPS_MAX];
  uint32_t period;   /* ticks; 0: never fed or stood down */
  uint16_t nonce;
  uint8_t has_nonce;
  uint8_t busy;
  uint8_t in_grace;
  uint8_t door_seen;
  uint8_t pulsing;
  uint8_t recent_trips; /* within the last hour; `trips` holds their moments, oldest first */
  uint8_t total_trips;  /* saturates */
  enum deadman_state state;
};

/* What must outlive a reset of this board that is no loss of power. Whether it did is told by its sum. */
struct deadman_memory {
  uint32_t period;
  uint8_t recent_trips;
  uint8_t boots;
  uint16_t sum;
};

/* `memory` is 0 after a loss of power or when its sum is wrong. Trips that it knows of count as new: rather one too few. */
void deadman_init(struct deadman *deadman, const struct deadman_memory *memory);

/*
 * `period_tenths` 10 to 6000, or 0 to stand down. A nonce that is the same as the last one is no feed: a frame that is
 * repeated by a stuck buffer proves nothing.
 */
enum feed_result deadman_feed(struct deadman *deadman, uint16_t nonce, uint16_t period_tenths, uint8_t busy);

/* All within limits, or nothing is taken (returns 0). */
uint8_t deadman_configure(struct deadman *deadman, const struct deadman_params *params);

/* One tick later. Returns whether the relay pulls now, which takes the power off the host. */
uint8_t deadman_tick(struct deadman *deadman, uint8_t door_open);

void deadman_remember(const struct deadman *deadman, uint8_t boots, struct deadman_memory *memory);
uint8_t deadman_memory_valid(const struct deadman_memory *memory);

#endif
