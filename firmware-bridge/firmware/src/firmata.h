#ifndef MADOGUCHI_FIRMATA_H
#define MADOGUCHI_FIRMATA_H

/* Firmata (firmata/protocol, protocol.md 2.6). */
#define PROTOCOL_MAJOR 2u
#define PROTOCOL_MINOR 6u
#define MODE_INPUT 0x00u
#define MODE_OUTPUT 0x01u
#define MODE_PULLUP 0x0Bu
#define SYSEX_ANALOG_MAPPING 0x69u
#define SYSEX_ANALOG_MAPPING_IS 0x6Au
#define SYSEX_CAPABILITIES 0x6Bu
#define SYSEX_CAPABILITIES_ARE 0x6Cu
#define SYSEX_PIN_STATE 0x6Du
#define SYSEX_PIN_STATE_IS 0x6Eu
#define SYSEX_STRING 0x71u
#define SYSEX_FIRMWARE 0x79u
#define SYSEX_SAMPLING 0x7Au

/* Ours, in the range that Firmata leaves to users (0x01 to 0x0F); docs/protocols/io-board.md. */
#define SYSEX_ECHO 0x01u
#define SYSEX_STATUS 0x02u
#define SYSEX_FEED 0x03u
#define SYSEX_CONFIGURE 0x04u
#define SYSEX_LIGHT 0x05u
#define SYSEX_PULSE 0x06u
#define SYSEX_DEADMAN 0x07u
#define SYSEX_DONE 0x0Eu
#define SYSEX_TEST_HANG 0x0Fu
#define REVISION 1u

enum result { RESULT_OK, RESULT_LENGTH, RESULT_LIMITS, RESULT_STALE, RESULT_UNKNOWN };

#endif
