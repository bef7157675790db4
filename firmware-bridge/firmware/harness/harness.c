/*
 * The firmware's pure part on the host, driven line by line; firmware.test.ts is the other side.
 *
 *   boot CAUSE          a start with these MCUSR bits; the memory outlives it
 *   power               the memory becomes noise, as after a loss of power
 *   rx HEX              bytes from the host
 *   tick N              N ticks of 8 ms
 *   until PIN LEVEL N   ticks until an output has this level, N at most; prints `after TICKS` or `never`
 *   pin PIN LEVEL       the level of an input
 *   fuzz SEED N         N random bytes, with ticks and switches between; prints `relay N`, how often the host's relay moved
 *   levels SEED N       N random raw levels of all inputs into the debouncer alone, see below
 *
 * Prints `tx HEX` (what the board sent), `pin PIN LEVEL` (an output changed) and, after each line, `.`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/board.h"
#include "../src/debounce.h"
#include "../src/hal.h"
#include "../src/parser.h"
#include "../src/pins.h"

static uint8_t sent[1 << 16];
static size_t sent_count;
static uint8_t driven[PIN_COUNT];
static uint8_t raw_inputs = 0xFF;
static unsigned long host_relay_moves;
static int quiet;
static struct deadman_memory memory;

void hal_send(uint8_t byte) {
  if (sent_count < sizeof sent) sent[sent_count++] = byte;
}

void hal_write(uint8_t pin, uint8_t high) {
  if (pin >= PIN_COUNT || pin_role(pin) == ROLE_INPUT) abort();
  if (driven[pin] == high) return;
  driven[pin] = high;
  if (pin == PIN_RELAY_HOST) host_relay_moves++;
  if (!quiet && pin != PIN_ALIVE) printf("pin %u %u\n", pin, high);
}

uint8_t hal_inputs(void) { return raw_inputs; }

uint8_t hal_lost_bytes(void) { return 0; }

static void flush_sent(void) {
  if (sent_count > 0 && !quiet) {
    printf("tx ");
    for (size_t i = 0; i < sent_count; i++) printf("%02x", sent[i]);
    printf("\n");
  }
  sent_count = 0;
}

/* xorshift32 (Marsaglia 2003): the same bytes everywhere. */
static uint32_t random_state;
static uint32_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

static void receive_hex(const char *hex) {
  unsigned byte;
  for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) board_receive((uint8_t)byte);
}

static void boot(unsigned cause) {
  /* A reset lets all pins float; the drivers' pull-downs make them low. */
  for (uint8_t pin = 0; pin < PIN_COUNT; pin++)
    if (driven[pin]) hal_write(pin, 0);
  board_init((uint8_t)cause, &memory);
}

static void tick_until(uint8_t pin, uint8_t level, unsigned long most) {
  for (unsigned long ticks = 0; ticks <= most; ticks++) {
    if (driven[pin] == level) {
      printf("after %lu\n", ticks);
      return;
    }
    board_tick();
  }
  printf("never\n");
}

static void fuzz(uint32_t seed, unsigned long count) {
  random_state = seed ? seed : 1u;
  quiet = 1;
  host_relay_moves = 0;
  for (unsigned long i = 0; i < count; i++) {
    uint32_t random = next_random();
    /* Half of the bytes are such as messages are made of, so that the depths are reached too. */
    static const uint8_t likely[] = {0xF0, 0xF7, 0x03, 0x04, 0x05, 0x06, 0x6B, 0x6D, 0x79, 0xFF, 0x91, 0xF4};
    board_receive(random & 0x100u ? likely[random % sizeof likely] : (uint8_t)random);
    if ((random >> 16) % 16u == 0) {
      raw_inputs = (uint8_t)(random >> 8);
      board_tick();
    }
    sent_count = 0;
  }
  quiet = 0;
  printf("relay %lu\n", host_relay_moves);
}

/* The debouncer's promise, checked against its own words: a bit changes exactly when it differed three ticks in a row. */
static void levels(uint32_t seed, unsigned long count) {
  struct debounce debounce;
  uint8_t history[DEBOUNCE_TICKS];
  unsigned long changes = 0;
  random_state = seed ? seed : 1u;
  debounce_init(&debounce, 0);
  memset(history, 0, sizeof history);
  for (unsigned long i = 0; i < count; i++) {
    uint8_t before = debounce.stable;
    uint8_t raw = (uint8_t)(next_random() & next_random());
    memmove(history + 1, history, sizeof history - 1);
    history[0] = raw;
    uint8_t differed = (uint8_t)~0u;
    for (size_t at = 0; at < sizeof history; at++) differed &= (uint8_t)(history[at] ^ before);
    uint8_t changed = debounce_tick(&debounce, raw);
    /* A bit that has just changed starts to count anew: forget its past. */
    for (size_t at = 0; at < sizeof history; at++)
      history[at] = (uint8_t)((history[at] & ~changed) | (debounce.stable & changed));
    if (changed != differed || debounce.stable != (uint8_t)(before ^ changed)) {
      printf("broken at %lu\n", i);
      return;
    }
    if (changed) changes++;
  }
  printf("changes %lu\n", changes);
}

int main(void) {
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    char word[16] = "";
    unsigned a = 0, b = 0;
    unsigned long n = 0;
    if (sscanf(line, "%15s", word) != 1) continue;
    if (!strcmp(word, "boot") && sscanf(line, "%*s %u", &a) == 1) boot(a);
    if (!strcmp(word, "power")) memset(&memory, 0xA5, sizeof memory);
    if (!strcmp(word, "rx")) receive_hex(strchr(line, ' ') + 1);
    if (!strcmp(word, "tick") && sscanf(line, "%*s %lu", &n) == 1)
      for (; n > 0; n--) board_tick();
    if (!strcmp(word, "until") && sscanf(line, "%*s %u %u %lu", &a, &b, &n) == 3)
      tick_until((uint8_t)a, (uint8_t)b, n);
    if (!strcmp(word, "pin") && sscanf(line, "%*s %u %u", &a, &b) == 2) {
      uint8_t bit = (uint8_t)(1u << input_of_pin((uint8_t)a));
      raw_inputs = (uint8_t)(b ? raw_inputs | bit : raw_inputs & ~bit);
    }
    if (!strcmp(word, "fuzz") && sscanf(line, "%*s %u %lu", &a, &n) == 2) fuzz(a, n);
    if (!strcmp(word, "levels") && sscanf(line, "%*s %u %lu", &a, &n) == 2) levels(a, n);
    flush_sent();
    printf(".\n");
    fflush(stdout);
  }
  return 0;
}
