#include "parser.h"

#define START_SYSEX 0xF0u
#define END_SYSEX 0xF7u

/* Data bytes after a status byte; 0xFF for one that Firmata does not know (firmata/protocol, protocol.md). */
static uint8_t data_bytes(uint8_t status) {
  if (status < 0xF0u) {
    switch (status & 0xF0u) {
      case 0x90u: /* digital port */
      case 0xE0u: /* analog */
        return 2;
      case 0xC0u: /* report analog */
      case 0xD0u: /* report digital port */
        return 1;
      default:
        return 0xFFu;
    }
  }
  switch (status) {
    case 0xF4u: /* pin mode */
    case 0xF5u: /* digital pin */
      return 2;
    case 0xF9u: /* version */
    case 0xFFu: /* reset */
      return 0;
    default:
      return 0xFFu;
  }
}

void parser_init(struct parser *parser) {
  parser->command = 0;
  parser->length = 0;
  parser->wanted = 0;
  parser->overlong = 0;
}

static enum parsed begin(struct parser *parser, uint8_t status) {
  parser->length = 0;
  parser->overlong = 0;
  parser->command = status;
  if (status == START_SYSEX) return PARSED_NOTHING;
  parser->wanted = data_bytes(status);
  if (parser->wanted == 0) {
    /* Complete; `command` is read by the caller and the next status byte starts anew. */
    return PARSED_MESSAGE;
  }
  if (parser->wanted == 0xFFu) {
    parser->command = 0;
    return PARSED_STRAY;
  }
  return PARSED_NOTHING;
}

enum parsed parser_take(struct parser *parser, uint8_t byte) {
  if (byte & 0x80u) {
    if (byte == END_SYSEX && parser->command == START_SYSEX) {
      uint8_t overlong = parser->overlong;
      parser->command = 0;
      if (overlong) return PARSED_OVERLONG;
      return parser->length > 0 ? PARSED_SYSEX : PARSED_STRAY;
    }
    /* A status byte inside a message: the rest of that message was lost, and this one begins. */
    return begin(parser, byte);
  }
  if (parser->command == 0 || (parser->command != START_SYSEX && parser->wanted == parser->length)) return PARSED_STRAY;
  if (parser->length >= SYSEX_MAX) {
    parser->overlong = 1;
    return PARSED_NOTHING;
  }
  parser->data[parser->length++] = byte;
  if (parser->command != START_SYSEX && parser->length == parser->wanted) return PARSED_MESSAGE;
  return PARSED_NOTHING;
}
