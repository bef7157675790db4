#include "pins.h"

uint8_t input_of_pin(uint8_t pin) {
  if (pin == 11u || pin == 12u) return (uint8_t)(pin - 11u);
  if (pin >= 14u && pin < PIN_COUNT) return (uint8_t)(pin - 12u);
  return INPUT_COUNT;
}

enum pin_role pin_role(uint8_t pin) {
  if (pin >= FIRST_OUTPUT_PIN && pin < FIRST_OUTPUT_PIN + OUTPUT_COUNT) return ROLE_OUTPUT;
  if (pin == PIN_RELAY_DEVICE || pin == PIN_RELAY_HOST) return ROLE_RELAY;
  return input_of_pin(pin) < INPUT_COUNT ? ROLE_INPUT : ROLE_NONE;
}
