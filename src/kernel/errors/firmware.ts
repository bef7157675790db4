import { entries } from "./entry.ts";

/** The I/O board's firmware: building, flashing, asking. */
export const firmwareErrors = entries({
  "K-FIRM-101": {
    kind: "configuration",
    cause: "the compiler of the I/O board's firmware is missing",
    clerk: "Install the Debian packages gcc-avr, binutils-avr and avr-libc; ./madoguchi doctor --fix does it.",
  },
  "K-FIRM-102": {
    kind: "fault",
    cause: "the I/O board's firmware does not compile or is too big",
    clerk: "Read the compiler's words.",
  },
  "K-FIRM-103": {
    kind: "configuration",
    cause: "avrdude, which writes firmware to the I/O board, is missing",
    clerk: "Install the Debian package avrdude; ./madoguchi doctor --fix does it.",
  },
  "K-FIRM-104": {
    kind: "configuration",
    cause: "there is no such port, or it cannot be opened",
    clerk:
      "Check the cable and the port's name, and that this user may open it (group dialout); stop the bridge first.",
  },
  "K-FIRM-105": {
    kind: "fault",
    cause: "avrdude could not write the firmware",
    clerk: "Press the board's reset button and try again; if it stays so, the board has no boot loader or is broken.",
  },
  "K-FIRM-106": {
    kind: "fault",
    cause: "nothing on the port speaks Firmata",
    clerk: "Check that the port is the I/O board's; flash it with ./madoguchi firmware flash.",
  },
  "K-FIRM-107": {
    kind: "configuration",
    cause: "a firmware file is no Intel HEX, or does not fit into the board",
    clerk: "Build the firmware again with ./madoguchi firmware build.",
  },
});
