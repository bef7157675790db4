#include "debounce.h"

void debounce_init(struct debounce *debounce, uint8_t raw) {
  debounce->stable = raw;
  for (uint8_t i = 0; i < 8; i++) debounce->ticks[i] = 0;
}

uint8_t debounce_tick(struct debounce *debounce, uint8_t raw) {
  uint8_t differs = (uint8_t)(raw ^ debounce->stable);
  uint8_t changed = 0;
  for (uint8_t i = 0; i < 8; i++) {
    uint8_t bit = (uint8_t)(1u << i);
    if (!(differs & bit)) {
      debounce->ticks[i] = 0;
    } else if (++debounce->ticks[i] >= DEBOUNCE_TICKS) {
      debounce->ticks[i] = 0;
      changed |= bit;
    }
  }
  debounce->stable ^= changed;
  return changed;
}
