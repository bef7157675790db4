/* ATmega328P at 16 MHz: pins, UART at 57600 8N1, a tick of 8 ms. Chapters are of the data sheet DS40002061B. */
#include "hal_avr.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "hal.h"
#include "pins.h"

#define RX_SIZE 128u
#define TX_SIZE 256u

static volatile uint8_t rx[RX_SIZE];
static volatile uint8_t rx_in, rx_out, rx_lost;
static volatile uint8_t tx[TX_SIZE];
static volatile uint8_t tx_in, tx_out;
static volatile uint8_t ticks;

ISR(USART_RX_vect) {
  uint8_t lost = UCSR0A & _BV(DOR0);
  uint8_t byte = UDR0;
  uint8_t next = (uint8_t)((rx_in + 1u) % RX_SIZE);
  if (next == rx_out || lost) {
    if (rx_lost < 127u) rx_lost++;
  }
  if (next == rx_out) return;
  rx[rx_in] = byte;
  rx_in = next;
}

ISR(USART_UDRE_vect) {
  UDR0 = tx[tx_out];
  tx_out = (uint8_t)(tx_out + 1u);
  if (tx_out == tx_in) UCSR0B &= (uint8_t)~_BV(UDRIE0);
}

ISR(TIMER2_COMPA_vect) {
  if (ticks < 255u) ticks++;
}

void hal_init(void) {
  /* D2 to D7 and D8 to D10, D13 drive low; before this they float, and the drivers' pull-downs keep everything off. */
  PORTD = 0;
  DDRD = 0xFCu;
  PORTB = _BV(PORTB3) | _BV(PORTB4);
  DDRB = _BV(DDB0) | _BV(DDB1) | _BV(DDB2) | _BV(DDB5);
  DDRC = 0;
  PORTC = 0x3Fu;

  /* 57600 baud with U2X: 16 MHz / 8 / (34 + 1) = 57143, 0.8 % slow (20.11, table 20-12). */
  UBRR0 = 34;
  UCSR0A = _BV(U2X0);
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);

  /* Timer 2, clear on compare: 16 MHz / 1024 / 125 = 125 Hz. */
  TCCR2A = _BV(WGM21);
  OCR2A = 124;
  TIMSK2 = _BV(OCIE2A);
  TCCR2B = _BV(CS22) | _BV(CS21) | _BV(CS20);
  set_sleep_mode(SLEEP_MODE_IDLE);
}

void hal_send(uint8_t byte) {
  while ((uint8_t)(tx_in + 1u) == tx_out) {
    /* The interrupt makes room within 175 µs. */
  }
  tx[tx_in] = byte;
  cli();
  tx_in = (uint8_t)(tx_in + 1u);
  UCSR0B |= _BV(UDRIE0);
  sei();
}

void hal_write(uint8_t pin, uint8_t high) {
  volatile uint8_t *port = pin < 8u ? &PORTD : &PORTB;
  uint8_t bit = (uint8_t)(1u << (pin & 7u));
  if (high)
    *port |= bit;
  else
    *port &= (uint8_t)~bit;
}

uint8_t hal_inputs(void) { return (uint8_t)((PINB >> 3 & 0x03u) | (uint8_t)((PINC & 0x3Fu) << 2)); }

uint8_t hal_lost_bytes(void) { return rx_lost; }

uint8_t hal_receive(uint8_t *byte) {
  if (rx_in == rx_out) return 0;
  *byte = rx[rx_out];
  rx_out = (uint8_t)((rx_out + 1u) % RX_SIZE);
  return 1;
}

uint8_t hal_take_ticks(void) {
  cli();
  uint8_t taken = ticks;
  ticks = 0;
  sei();
  return taken;
}

void hal_idle(void) {
  cli();
  if (rx_in == rx_out && ticks == 0) {
    sleep_enable();
    sei(); /* the instruction after sei still runs: no interrupt can slip in before the sleep (14.2) */
    sleep_cpu();
    sleep_disable();
  }
  sei();
}
