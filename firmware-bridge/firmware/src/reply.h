#ifndef MADOGUCHI_REPLY_H
#define MADOGUCHI_REPLY_H

#include <stdint.h>

#include "firmata.h"

/* What the board tells the host: Firmata's own answers, and ours (docs/protocols/io-board.md). */
void send_version(void);
void send_firmware(void);
void send_capabilities(void);
void send_analog_mapping(void);
void send_pin_state(uint8_t pin);
void send_port(uint8_t port);
void send_status(void);
void send_deadman(void);
void send_done(uint8_t tag, uint8_t id, enum result result);
void send_echo(const uint8_t *data, uint8_t length);

/* For people who listen with another Firmata client: what was asked for is not done on this board. */
void send_refusal(const char *why);

#endif
