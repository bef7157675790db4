#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "board.h"
#include "hal_avr.h"

/* Not cleared at a start: it outlives every reset but the loss of power. */
static struct deadman_memory memory __attribute__((section(".noinit")));
static uint8_t reset_cause __attribute__((section(".noinit")));

/*
 * Before anything else: the cause is kept and the watchdog is switched off, because after its own reset it runs on with
 * the shortest time (11.9.2). A boot loader that has cleared MCUSR leaves the cause in r2 (Optiboot).
 */
void keep_cause(void) __attribute__((naked, used, section(".init3")));
void keep_cause(void) {
  uint8_t from_loader;
  __asm__ volatile("mov %0, r2" : "=r"(from_loader));
  uint8_t cause = MCUSR;
  reset_cause = (uint8_t)((cause ? cause : from_loader) & 0x0Fu);
  MCUSR = 0;
  wdt_disable();
}

/* Bytes taken in a row: a flood from the host must not keep the tick, and with it the watchdog, waiting. */
#define BYTES_AT_ONCE 32u

int main(void) {
  hal_init();
  sei();
  board_init(reset_cause, &memory);
  wdt_enable(WDTO_1S);
  for (;;) {
    uint8_t byte;
    for (uint8_t taken = 0; taken < BYTES_AT_ONCE && hal_receive(&byte); taken++) board_receive(byte);
    uint8_t due = hal_take_ticks();
    /* Fed by the tick alone: a loop that turns without a clock is no life. */
    if (due > 0) wdt_reset();
    for (; due > 0; due--) board_tick();
    hal_idle();
  }
}
