#include "deadman.h"

#include "ticks.h"

#define HOUR_S 3600u

void deadman_init(struct deadman *deadman, const struct deadman_memory *memory) {
  static const struct deadman_params defaults = DEADMAN_DEFAULTS;
  deadman->params = defaults;
  deadman->now = 0;
  deadman->heard = 0;
  deadman->door = 0;
  deadman->started = 0;
  deadman->period = memory ? memory->period : 0;
  deadman->nonce = 0;
  deadman->has_nonce = 0;
  deadman->busy = 0;
  deadman->in_grace = 1;
  deadman->door_seen = 0;
  deadman->pulsing = 0;
  deadman->recent_trips = memory && memory->recent_trips <= TRIPS_MAX ? memory->recent_trips : 0;
  deadman->total_trips = deadman->recent_trips;
  for (uint8_t i = 0; i < TRIPS_MAX; i++) deadman->trips[i] = 0;
  deadman->state = deadman->period ? DEADMAN_ARMED : DEADMAN_OFF;
}

enum feed_result deadman_feed(struct deadman *deadman, uint16_t nonce, uint16_t period_tenths, uint8_t busy) {
  if (deadman->has_nonce && nonce == deadman->nonce) return FEED_STALE;
  if (period_tenths != 0 && (period_tenths < 10u || period_tenths > 6000u)) return FEED_OUT_OF_LIMITS;
  deadman->nonce = nonce;
  deadman->has_nonce = 1;
  deadman->period = ticks_of_tenths(period_tenths);
  deadman->busy = busy ? 1 : 0;
  deadman->heard = deadman->now;
  return FEED_OK;
}

uint8_t deadman_configure(struct deadman *deadman, const struct deadman_params *params) {
  if (params->grace_s < 180u || params->grace_s > 3600u) return 0;
  if (params->held_max_s < 60u || params->held_max_s > 600u) return 0;
  if (params->pulse_tenths < 10u || params->pulse_tenths > 300u) return 0;
  if (params->trips_per_hour > TRIPS_MAX) return 0;
  deadman->params = *params;
  return 1;
}

static void forget_old_trips(struct deadman *deadman) {
  while (deadman->recent_trips > 0 && deadman->now - deadman->trips[0] >= ticks_of_seconds(HOUR_S)) {
    for (uint8_t i = 1; i < deadman->recent_trips; i++) deadman->trips[i - 1u] = deadman->trips[i];
    deadman->recent_trips--;
  }
}

static void begin_grace(struct deadman *deadman) {
  deadman->in_grace = 1;
  deadman->started = deadman->now;
  deadman->busy = 0;
}

static void trip(struct deadman *deadman) {
  deadman->trips[deadman->recent_trips++] = deadman->now;
  if (deadman->total_trips < 127u) deadman->total_trips++;
  deadman->pulsing = 1;
  deadman->started = deadman->now;
}

/* Why an armed and overdue dead man does not trip, or DEADMAN_TRIPPING. */
static enum deadman_state judge(const struct deadman *deadman, uint32_t silent, uint8_t door_open) {
  if (deadman->in_grace) return DEADMAN_GRACE;
  if (door_open) return DEADMAN_LOCKED;
  if (deadman->door_seen && deadman->now - deadman->door <= deadman->period) return DEADMAN_LOCKED;
  if (deadman->busy && silent <= ticks_of_seconds(deadman->params.held_max_s)) return DEADMAN_HELD;
  if (deadman->recent_trips >= deadman->params.trips_per_hour) return DEADMAN_EXHAUSTED;
  return DEADMAN_TRIPPING;
}

uint8_t deadman_tick(struct deadman *deadman, uint8_t door_open) {
  deadman->now++;
  if (door_open) {
    deadman->door = deadman->now;
    deadman->door_seen = 1;
  } else if (deadman->door_seen && deadman->now - deadman->door > deadman->period) {
    deadman->door_seen = 0;
  }
  forget_old_trips(deadman);
  if (deadman->pulsing) {
    if (deadman->now - deadman->started < ticks_of_tenths(deadman->params.pulse_tenths)) return 1;
    deadman->pulsing = 0;
    begin_grace(deadman);
  }
  if (deadman->in_grace && deadman->now - deadman->started >= ticks_of_seconds(deadman->params.grace_s))
    deadman->in_grace = 0;
  if (deadman->period == 0) {
    deadman->state = DEADMAN_OFF;
    return 0;
  }
  uint32_t silent = deadman->now - deadman->heard;
  deadman->state = silent <= deadman->period ? DEADMAN_ARMED : judge(deadman, silent, door_open);
  if (deadman->state != DEADMAN_TRIPPING) return 0;
  trip(deadman);
  return 1;
}

static uint16_t sum_of(const struct deadman_memory *memory) {
  uint16_t sum = 0x4D47u;
  for (uint8_t shift = 0; shift < 32u; shift = (uint8_t)(shift + 8u))
    sum = (uint16_t)((sum << 3 | sum >> 13) ^ (uint8_t)(memory->period >> shift));
  sum = (uint16_t)((sum << 3 | sum >> 13) ^ memory->recent_trips);
  return (uint16_t)((sum << 3 | sum >> 13) ^ memory->boots);
}

void deadman_remember(const struct deadman *deadman, uint8_t boots, struct deadman_memory *memory) {
  memory->period = deadman->period;
  memory->recent_trips = deadman->recent_trips;
  memory->boots = boots;
  memory->sum = sum_of(memory);
}

uint8_t deadman_memory_valid(const struct deadman_memory *memory) { return memory->sum == sum_of(memory); }
