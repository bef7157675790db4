#ifndef MADOGUCHI_PARSER_H
#define MADOGUCHI_PARSER_H

#include <stdint.h>

/* Data bytes of one sysex, its id included. What is longer is dropped whole, up to its end. */
#define SYSEX_MAX 32u

enum parsed {
  PARSED_NOTHING,
  PARSED_MESSAGE,  /* `command`, `data`, `length`: a message that is no sysex */
  PARSED_SYSEX,    /* `data[0]` is the id, `length` counts it */
  PARSED_OVERLONG, /* a sysex that was too long has ended */
  PARSED_STRAY     /* a byte that belongs to no message */
};

/* Firmata messages out of bytes. Holds one message at most. */
struct parser {
  uint8_t command; /* 0: between messages */
  uint8_t length;
  uint8_t wanted;
  uint8_t overlong;
  uint8_t data[SYSEX_MAX];
};

void parser_init(struct parser *parser);

/* Takes one byte. After PARSED_MESSAGE and PARSED_SYSEX the fields hold until the next byte. */
enum parsed parser_take(struct parser *parser, uint8_t byte);

#endif
