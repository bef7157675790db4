#include "board.h"

#include "firmata.h"
#include "hal.h"
#include "reply.h"
#include "state.h"
#include "ticks.h"

#define ECHO_MAX 8u
#define PULSE_MAX_TENTHS 300u
#define RELAY_DEVICE 1u

struct board board;

static void show(uint8_t output) {
  uint8_t level = pattern_level(board.pattern[output], &board.phases);
  if (level == board.level[output]) return;
  board.level[output] = level;
  hal_write((uint8_t)(FIRST_OUTPUT_PIN + output), level);
}

static void set_pattern(uint8_t pin, uint8_t pattern) {
  uint8_t output = (uint8_t)(pin - FIRST_OUTPUT_PIN);
  board.pattern[output] = pattern;
  show(output);
}

static void write_port(uint8_t port, uint16_t levels) {
  for (uint8_t bit = 0; bit < 8; bit++) {
    uint8_t pin = (uint8_t)(port * 8u + bit);
    /* A port's write names all its pins, also those that are no outputs: these are passed over. */
    if (pin_role(pin) == ROLE_OUTPUT) set_pattern(pin, levels >> bit & 1u ? PATTERN_CONTINUOUS : PATTERN_OFF);
  }
}

static void set_mode(uint8_t pin, uint8_t mode) {
  enum pin_role role = pin_role(pin);
  if (role == ROLE_OUTPUT && mode == MODE_OUTPUT) return;
  if (role == ROLE_INPUT && (mode == MODE_INPUT || mode == MODE_PULLUP)) return;
  send_refusal("pin mode refused");
}

static uint16_t read2(const uint8_t *bytes) { return (uint16_t)(bytes[0] | (uint16_t)bytes[1] << 7); }

static enum result feed(const uint8_t *data, uint8_t length) {
  if (length != 5u) return RESULT_LENGTH;
  switch (deadman_feed(&board.deadman, read2(data), read2(data + 2), data[4] & 1u)) {
    case FEED_OK:
      return RESULT_OK;
    case FEED_STALE:
      return RESULT_STALE;
    default:
      return RESULT_LIMITS;
  }
}

static enum result configure(const uint8_t *data, uint8_t length) {
  if (length != 7u) return RESULT_LENGTH;
  struct deadman_params params = {read2(data), read2(data + 2), read2(data + 4), data[6]};
  return deadman_configure(&board.deadman, &params) ? RESULT_OK : RESULT_LIMITS;
}

static enum result light(const uint8_t *data, uint8_t length) {
  if (length != 2u) return RESULT_LENGTH;
  if (pin_role(data[0]) != ROLE_OUTPUT || data[1] >= PATTERN_COUNT) return RESULT_LIMITS;
  set_pattern(data[0], data[1]);
  return RESULT_OK;
}

/* The host's relay is not among the choices: only the dead man moves it. */
static enum result pulse(const uint8_t *data, uint8_t length) {
  if (length != 3u) return RESULT_LENGTH;
  uint16_t tenths = read2(data + 1);
  if (data[0] != RELAY_DEVICE || tenths == 0 || tenths > PULSE_MAX_TENTHS) return RESULT_LIMITS;
  board.device_off = ticks_of_tenths(tenths);
  hal_write(PIN_RELAY_DEVICE, 1);
  return RESULT_OK;
}

/* A command with a tag: does it and answers once. */
static void obey(uint8_t id, const uint8_t *data, uint8_t length) {
  if (length == 0) return;
  enum result result = RESULT_UNKNOWN;
  const uint8_t *rest = data + 1;
  uint8_t left = (uint8_t)(length - 1u);
  if (id == SYSEX_FEED) result = feed(rest, left);
  if (id == SYSEX_CONFIGURE) result = configure(rest, left);
  if (id == SYSEX_LIGHT) result = light(rest, left);
  if (id == SYSEX_PULSE) result = pulse(rest, left);
  send_done(data[0], id, result);
}

static void take_sysex(const uint8_t *data, uint8_t length) {
  uint8_t id = data[0];
  const uint8_t *rest = data + 1;
  uint8_t left = (uint8_t)(length - 1u);
  switch (id) {
    case SYSEX_FIRMWARE:
      send_firmware();
      break;
    case SYSEX_CAPABILITIES:
      send_capabilities();
      break;
    case SYSEX_ANALOG_MAPPING:
      send_analog_mapping();
      break;
    case SYSEX_PIN_STATE:
      if (left == 1u && rest[0] < PIN_COUNT) send_pin_state(rest[0]);
      break;
    case SYSEX_ECHO:
      if (left <= ECHO_MAX) send_echo(rest, left);
      break;
    case SYSEX_STATUS:
      send_status();
      break;
    case SYSEX_DEADMAN:
      send_deadman();
      break;
#ifdef TEST_HANG
    case SYSEX_TEST_HANG:
      for (;;) {
      }
#endif
    case SYSEX_STRING:
    case SYSEX_SAMPLING:
      /* Nothing here is analog, so there is nothing to sample; strings to the board mean nothing to it. */
      break;
    default:
      if (id >= SYSEX_FEED && id <= SYSEX_DONE) obey(id, rest, left);
      break;
  }
}

static void reset_outputs(void) {
  for (uint8_t output = 0; output < OUTPUT_COUNT; output++) set_pattern((uint8_t)(FIRST_OUTPUT_PIN + output), PATTERN_OFF);
}

static void take_message(uint8_t command, const uint8_t *data) {
  uint8_t low = command & 0x0Fu;
  switch (command & 0xF0u) {
    case 0x90u:
      write_port(low, read2(data));
      return;
    case 0xD0u:
      if (low >= 3u) return;
      if (data[0] & 1u) {
        board.reporting |= (uint8_t)(1u << low);
        send_port(low);
      } else {
        board.reporting &= (uint8_t)~(1u << low);
      }
      return;
    case 0xC0u:
    case 0xE0u:
      return;
    default:
      break;
  }
  if (command == 0xF4u) set_mode(data[0], data[1]);
  if (command == 0xF5u && pin_role(data[0]) == ROLE_OUTPUT)
    set_pattern(data[0], data[1] & 1u ? PATTERN_CONTINUOUS : PATTERN_OFF);
  if (command == 0xF9u) send_version();
  if (command == 0xFFu) {
    /* A reset of the session: lights and reports. The dead man and the relays are not the session's. */
    reset_outputs();
    board.reporting = 0;
  }
}

static void count(uint8_t *counter) {
  if (*counter < 127u) (*counter)++;
}

void board_receive(uint8_t byte) {
  switch (parser_take(&board.parser, byte)) {
    case PARSED_MESSAGE:
      take_message(board.parser.command, board.parser.data);
      break;
    case PARSED_SYSEX:
      take_sysex(board.parser.data, board.parser.length);
      break;
    case PARSED_OVERLONG:
      count(&board.overlong);
      break;
    case PARSED_STRAY:
      count(&board.stray);
      break;
    default:
      break;
  }
}

static void report_inputs(uint8_t changed) {
  for (uint8_t port = 0; port < 3u; port++) {
    if (!(board.reporting >> port & 1u)) continue;
    for (uint8_t bit = 0; bit < 8; bit++) {
      uint8_t input = input_of_pin((uint8_t)(port * 8u + bit));
      if (input < INPUT_COUNT && (changed >> input & 1u)) {
        send_port(port);
        break;
      }
    }
  }
}

void board_tick(void) {
  board.ticks++;
  phases_tick(&board.phases);
  uint8_t changed = debounce_tick(&board.inputs, hal_inputs());
  if (changed) report_inputs(changed);
  for (uint8_t output = 0; output < OUTPUT_COUNT; output++) show(output);
  if (board.device_off > 0 && --board.device_off == 0) hal_write(PIN_RELAY_DEVICE, 0);
  /* An open switch is an open door, and so is a broken wire. */
  uint8_t door_open = board.inputs.stable >> INPUT_SERVICE_DOOR & 1u;
  hal_write(PIN_RELAY_HOST, deadman_tick(&board.deadman, door_open));
  if (board.state_told != (uint8_t)board.deadman.state) send_deadman();
  if (board.memory->period != board.deadman.period || board.memory->recent_trips != board.deadman.recent_trips)
    deadman_remember(&board.deadman, board.boots, board.memory);
  hal_write(PIN_ALIVE, pattern_level(PATTERN_MEDIUM, &board.phases));
}

void board_init(uint8_t cause, struct deadman_memory *memory) {
  /* After a loss of power the memory is noise, even where its sum is right by chance. */
  const struct deadman_memory *kept =
      !(cause & (CAUSE_POWER_ON | CAUSE_BROWN_OUT)) && deadman_memory_valid(memory) ? memory : 0;
  board.memory = memory;
  board.cause = cause;
  board.boots = kept ? (uint8_t)((kept->boots + 1u) & 0x7Fu) : 0;
  board.ticks = 0;
  board.phases = (struct phases){0, 0, 0};
  board.device_off = 0;
  board.reporting = 0;
  board.overlong = 0;
  board.stray = 0;
  parser_init(&board.parser);
  debounce_init(&board.inputs, hal_inputs());
  deadman_init(&board.deadman, kept);
  board.state_told = (uint8_t)board.deadman.state;
  deadman_remember(&board.deadman, board.boots, board.memory);
  for (uint8_t output = 0; output < OUTPUT_COUNT; output++) {
    board.pattern[output] = PATTERN_OFF;
    board.level[output] = 0;
  }
  send_version();
  send_firmware();
  send_status();
}
