/*
 * The firmware in simavr, an emulator that shares nothing with avr8js, with its UART on a pseudo terminal.
 *
 *   runner FIRMWARE.hex
 *
 * Says on standard output: `pty PATH` once, `out PIN LEVEL` whenever a pin begins or stops to be driven high.
 * Understands on standard input: `in PIN LEVEL`, `reset` (the button); it ends when standard input ends.
 * Pins have Firmata's numbers: 0 to 13 are D0 to D13, 14 to 19 are A0 to A5.
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>

#define PINS 20
/* How often the outside is looked at; 16 cycles are a microsecond. */
#define LOOK_CYCLES 8000
#define WAITING_MAX 4096

static avr_t *avr;
static int master;
static uint8_t waiting[WAITING_MAX];
static size_t waiting_in, waiting_out;
static int may_send = 1;
static int level[PINS];

static char port_of(int pin) { return pin < 8 ? 'D' : pin < 14 ? 'B' : 'C'; }
static int bit_of(int pin) { return pin < 8 ? pin : pin < 14 ? pin - 8 : pin - 14; }

static avr_irq_t *pin_irq(int pin) {
  return avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port_of(pin)), bit_of(pin));
}

/* Holds a pin at a level, also when the program switches its pull-up on or off later. */
static void hold(int pin, int high) {
  static avr_ioport_external_t held[3];
  int at = port_of(pin) - 'B';
  uint8_t bit = (uint8_t)(1 << bit_of(pin));
  held[at].name = (unsigned long)port_of(pin);
  held[at].mask |= bit;
  held[at].value = high ? (held[at].value | bit) : (held[at].value & (uint8_t)~bit);
  avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(port_of(pin)), &held[at]);
  avr_raise_irq(pin_irq(pin), (uint32_t)(high != 0));
}

/* Data space addresses of DDRx and PORTx (ATmega328P data sheet, chapter 30). */
static int driven_high(int pin) {
  int ddr = port_of(pin) == 'D' ? 0x2A : port_of(pin) == 'B' ? 0x24 : 0x27;
  return (avr->data[ddr] & avr->data[ddr + 1]) >> bit_of(pin) & 1;
}

static void tell_outputs(void) {
  for (int pin = 2; pin < PINS; pin++) {
    int now = driven_high(pin);
    if (now == level[pin]) continue;
    level[pin] = now;
    printf("out %d %d\n", pin, now);
    fflush(stdout);
  }
}

static void on_sent(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  (void)param;
  uint8_t byte = (uint8_t)value;
  /* A terminal that nobody reads is full at some time; what is sent then is lost, as on a wire. */
  if (write(master, &byte, 1) != 1) return;
}

static void on_room(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  (void)value;
  may_send = param != NULL;
}

static void feed_uart(void) {
  avr_irq_t *input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
  while (may_send && waiting_out != waiting_in) {
    uint8_t byte = waiting[waiting_out];
    waiting_out = (waiting_out + 1) % WAITING_MAX;
    avr_raise_irq(input, byte);
  }
}

static void take_from_pty(void) {
  uint8_t bytes[256];
  ssize_t count = read(master, bytes, sizeof bytes);
  for (ssize_t i = 0; i < count; i++) {
    size_t next = (waiting_in + 1) % WAITING_MAX;
    if (next == waiting_out) return;
    waiting[waiting_in] = bytes[i];
    waiting_in = next;
  }
}

/* Returns 0 when standard input ended. */
static int take_commands(void) {
  static char line[128];
  static size_t length;
  char byte;
  struct pollfd ready = {0, POLLIN, 0};
  while (poll(&ready, 1, 0) > 0) {
    if (read(0, &byte, 1) != 1) return 0;
    if (byte != '\n' && length + 1 < sizeof line) {
      line[length++] = byte;
      continue;
    }
    line[length] = 0;
    length = 0;
    int pin, high;
    if (sscanf(line, "in %d %d", &pin, &high) == 2 && pin >= 0 && pin < PINS) hold(pin, high);
    if (!strcmp(line, "reset")) {
      avr_reset(avr);
      /* MCUSR: the button (EXTRF). */
      avr->data[0x54] = 0x02;
    }
  }
  return 1;
}

int main(int argc, char **argv) {
  uint32_t size, start;
  uint8_t *image = argc == 2 ? read_ihex_file(argv[1], &size, &start) : NULL;
  if (!image) {
    fprintf(stderr, "usage: runner FIRMWARE.hex\n");
    return 2;
  }
  avr = avr_make_mcu_by_name("atmega328p");
  if (!avr) {
    fprintf(stderr, "this simavr has no atmega328p\n");
    return 1;
  }
  avr_init(avr);
  avr->frequency = 16000000;
  avr->log = LOG_NONE;
  memcpy(avr->flash + start, image, size);
  free(image);
  avr->pc = start;
  avr->codeend = avr->flashend;

  int slave;
  struct termios raw;
  memset(&raw, 0, sizeof raw);
  cfmakeraw(&raw);
  if (openpty(&master, &slave, NULL, &raw, NULL) != 0) {
    perror("openpty");
    return 1;
  }
  fcntl(master, F_SETFL, O_NONBLOCK);
  printf("pty %s\n", ttyname(slave));
  fflush(stdout);

  uint32_t flags = 0;
  avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
  flags &= (uint32_t)~(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_sent, NULL);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON), on_room, avr);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_room, NULL);
  /* The pull-ups; doors are shut. */
  for (int pin = 11; pin < PINS; pin++)
    if (pin != 13) hold(pin, !(pin == 11 || pin == 12 || pin == 14));

  avr_cycle_count_t next_look = 0;
  for (;;) {
    int state = avr_run(avr);
    if (state == cpu_Crashed || state == cpu_Done) return 1;
    tell_outputs();
    if (avr->cycle < next_look && avr->cycle + LOOK_CYCLES >= next_look) continue;
    next_look = avr->cycle + LOOK_CYCLES;
    take_from_pty();
    feed_uart();
    if (!take_commands()) return 0;
  }
}
