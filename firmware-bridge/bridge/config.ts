import { z } from "zod";
import { type OutputName, outputNames, type PowerCycled, type SensorName, sensorNames } from "../protocol.ts";

/** Firmata's number of a pin: 2 to 13 are D2 to D13, 14 to 19 are A0 to A5. D0 and D1 are the UART. */
const pin = z.int().min(2).max(19);
/** `activeHigh`: an open circuit is "true", so that a cut wire is noticed. */
const sensor = z.strictObject({ pin, activeHigh: z.boolean() });

/** Which sensor, output and relay hangs on which pin. */
export interface PinMap {
  readonly sensors: Readonly<Record<SensorName, { readonly pin: number; readonly activeHigh: boolean }>>;
  readonly outputs: Readonly<Record<OutputName, number>>;
  /** High takes the power off, so that a board in reset leaves every load on. */
  readonly relays: Readonly<Record<PowerCycled, number>>;
  /** Of the dead man; never moved by the bridge, only held low on a firmware that leaves its pins to the host. */
  readonly hostRelay: number;
}

/** The wiring of README.md; with our firmware there is no other. */
export const standardPins: PinMap = {
  sensors: {
    cashBoxOpen: { pin: 11, activeHigh: true },
    serviceDoorOpen: { pin: 12, activeHigh: true },
    tampered: { pin: 14, activeHigh: true },
    documentPresent: { pin: 15, activeHigh: false },
    receiptPresent: { pin: 16, activeHigh: false },
    coinsPresent: { pin: 17, activeHigh: false },
    cardLeft: { pin: 18, activeHigh: false },
    upsLow: { pin: 19, activeHigh: false },
  },
  outputs: {
    "light.card": 2,
    "light.coin": 3,
    "light.change": 4,
    "light.document": 5,
    "light.receipt": 6,
    buzzer: 7,
    "light.status": 8,
  },
  relays: { cardReader: 9 },
  hostRelay: 10,
};

function record<K extends string, S extends z.ZodType>(keys: readonly K[], value: S) {
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, value])) as Record<K, S>);
}

const pins = z
  .strictObject({
    sensors: record(sensorNames, sensor),
    outputs: record(outputNames, pin),
    relays: z.strictObject({ cardReader: pin }),
    hostRelay: pin,
  })
  .refine(usedOnce, { message: "every pin once" });

function usedOnce(map: PinMap): boolean {
  const used = allPins(map);
  return new Set(used).size === used.length;
}

/** Every pin of a map. */
export function allPins(map: PinMap): number[] {
  const { sensors, outputs, relays, hostRelay } = map;
  return [...Object.values(sensors).map((s) => s.pin), ...Object.values(outputs), ...Object.values(relays), hostRelay];
}

/** `io-bridge.yaml` */
export const bridgeConfig = z.strictObject({
  /** Where the board is: `serial:/dev/serial/by-id/…?baud=57600`, `unix:/path` or `tcp:host:port`. */
  port: z.string().min(1),
  /** The unix socket that the kiosk connects to, an absolute path. */
  socket: z.string().startsWith("/").max(100),
  /**
   * Multiplies how long a board without our extensions may be silent: for an emulated one on a machine that is too busy to
   * run it in real time.
   */
  patience: z.number().min(1).max(100).default(1),
  /** Only for a board with another wiring, and another firmware than ours. */
  pins: pins.optional(),
});
export type BridgeConfig = z.output<typeof bridgeConfig>;
