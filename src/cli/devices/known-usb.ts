import type { DeviceName } from "../../../devices/contract/device-names.ts";

/** What a USB id tells. `couldBe` stays empty where the id is that of a converter, whatever is behind it. */
export interface KnownUsb {
  readonly what: string;
  readonly couldBe: readonly DeviceName[];
}

const adapter = (what: string): KnownUsb => ({
  what: `${what}: unknown serial, anything can be behind it`,
  couldBe: [],
});
const board = (what: string): KnownUsb => ({
  what: `${what}: the I/O board, if it runs our firmware (./madoguchi firmware version --port)`,
  couldBe: ["cabinet"],
});

/** `vendor:product` as in usb.ids (linux-usb.org). Nothing is in here that a maker sells under the same id otherwise. */
const known: ReadonlyMap<string, KnownUsb> = new Map([
  ["2341:0043", board("Arduino Uno R3")],
  ["2341:0001", board("Arduino Uno")],
  ["2a03:0043", board("Arduino Uno R3")],
  ["0403:6001", adapter("FTDI FT232")],
  ["0403:6015", adapter("FTDI FT-X")],
  ["1a86:7523", adapter("WCH CH340")],
  ["10c4:ea60", adapter("Silicon Labs CP210x")],
  ["067b:2303", adapter("Prolific PL2303")],
]);

/** What a serial port's USB id tells; an unknown one is an unknown serial port, never a guess. */
export function knownSerial(usbId: string | undefined): KnownUsb {
  return (usbId === undefined ? undefined : known.get(usbId)) ?? { what: "unknown serial", couldBe: [] };
}
