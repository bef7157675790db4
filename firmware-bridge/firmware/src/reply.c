#include "reply.h"

#include "hal.h"
#include "pins.h"
#include "state.h"
#include "ticks.h"
#include "version.h"

static void send2(uint16_t value) {
  hal_send((uint8_t)(value & 0x7Fu));
  hal_send((uint8_t)(value >> 7 & 0x7Fu));
}

static void begin_sysex(uint8_t id) {
  hal_send(0xF0u);
  hal_send(id);
}

static void end_sysex(void) { hal_send(0xF7u); }

void send_version(void) {
  hal_send(0xF9u);
  hal_send(PROTOCOL_MAJOR);
  hal_send(PROTOCOL_MINOR);
}

static void send_text(const char *text) {
  for (; *text; text++) send2((uint8_t)*text);
}

void send_firmware(void) {
  begin_sysex(SYSEX_FIRMWARE);
  hal_send(FIRMWARE_MAJOR);
  hal_send(FIRMWARE_MINOR);
  send_text(FIRMWARE_NAME);
  end_sysex();
}

static void send_uptime(void) {
  uint32_t seconds = board.ticks / TICKS_PER_SECOND;
  send2((uint16_t)(seconds & 0x3FFFu));
  send2((uint16_t)(seconds >> 14 & 0x3FFFu));
}

void send_status(void) {
  begin_sysex(SYSEX_STATUS);
  hal_send(REVISION);
  hal_send(FIRMWARE_PATCH);
  hal_send(board.boots);
  hal_send(board.cause);
  send_uptime();
  hal_send(hal_lost_bytes());
  hal_send(board.overlong);
  hal_send(board.stray);
  end_sysex();
}

void send_deadman(void) {
  board.state_told = (uint8_t)board.deadman.state;
  begin_sysex(SYSEX_DEADMAN);
  hal_send(board.state_told);
  hal_send(board.deadman.recent_trips);
  hal_send(board.deadman.total_trips);
  end_sysex();
}

void send_done(uint8_t tag, uint8_t id, enum result result) {
  begin_sysex(SYSEX_DONE);
  hal_send(tag);
  hal_send(id);
  hal_send((uint8_t)result);
  end_sysex();
}

void send_port(uint8_t port) {
  uint16_t levels = 0;
  for (uint8_t bit = 0; bit < 8; bit++) {
    uint8_t input = input_of_pin((uint8_t)(port * 8u + bit));
    if (input < INPUT_COUNT && (board.inputs.stable >> input & 1u)) levels |= (uint16_t)(1u << bit);
  }
  hal_send((uint8_t)(0x90u | port));
  send2(levels);
}

void send_capabilities(void) {
  begin_sysex(SYSEX_CAPABILITIES_ARE);
  for (uint8_t pin = 0; pin < PIN_COUNT; pin++) {
    if (pin_role(pin) == ROLE_OUTPUT) {
      hal_send(MODE_OUTPUT);
      hal_send(1);
    } else if (pin_role(pin) == ROLE_INPUT) {
      hal_send(MODE_INPUT);
      hal_send(1);
      hal_send(MODE_PULLUP);
      hal_send(1);
    }
    hal_send(0x7Fu);
  }
  end_sysex();
}

void send_analog_mapping(void) {
  begin_sysex(SYSEX_ANALOG_MAPPING_IS);
  for (uint8_t pin = 0; pin < PIN_COUNT; pin++) hal_send(0x7Fu);
  end_sysex();
}

void send_pin_state(uint8_t pin) {
  enum pin_role role = pin_role(pin);
  begin_sysex(SYSEX_PIN_STATE_IS);
  hal_send(pin);
  hal_send(role == ROLE_INPUT ? MODE_PULLUP : MODE_OUTPUT);
  hal_send(role == ROLE_OUTPUT ? board.level[pin - FIRST_OUTPUT_PIN] : role == ROLE_INPUT);
  end_sysex();
}

void send_refusal(const char *why) {
  begin_sysex(SYSEX_STRING);
  send_text(why);
  end_sysex();
}

void send_echo(const uint8_t *data, uint8_t length) {
  begin_sysex(SYSEX_ECHO);
  hal_send(board.boots);
  send_uptime();
  for (uint8_t i = 0; i < length; i++) hal_send(data[i]);
  end_sysex();
}
