#ifndef MADOGUCHI_PINS_H
#define MADOGUCHI_PINS_H

#include <stdint.h>

/*
 * The wiring of README.md, in Firmata's numbers: 0 to 13 are D0 to D13, 14 to 19 are A0 to A5. What a pin is for is fixed
 * here, so that no message can turn a switch into an output or move a relay.
 */
#define PIN_COUNT 20u

#define FIRST_OUTPUT_PIN 2u /* five guide lights, buzzer, status lamp: 2 to 8 */
#define OUTPUT_COUNT 7u
#define PIN_RELAY_DEVICE 9u
#define PIN_RELAY_HOST 10u
#define PIN_ALIVE 13u /* the board's own lamp; the boot loader blinks it, so nothing else may hang on it */
#define INPUT_COUNT 8u
#define INPUT_SERVICE_DOOR 1u /* index of the service door among the inputs */

enum pin_role { ROLE_NONE, ROLE_OUTPUT, ROLE_INPUT, ROLE_RELAY };

enum pin_role pin_role(uint8_t pin);

/* Index among the inputs (0 to 7), or INPUT_COUNT when the pin is none: 11, 12, then 14 to 19. */
uint8_t input_of_pin(uint8_t pin);

#endif
