import { z } from "zod";
import { createJsonLineReader, encodeJsonLine, type Line } from "../src/kernel/json-lines.ts";

/**
 * What the kiosk and the bridge process say to each other over a unix socket: one JSON object a line, both ways. The bridge
 * owns the I/O board and can be killed and started again at any moment; nothing here depends on an earlier connection.
 *
 * Opening: the kiosk says `hello` at once, the bridge when it knows the board; the bridge then sends `sensors`, and
 * `deadMan` where the board has one. A second `hello` of the bridge means that the board started again. The kiosk sends
 * all outputs after every `hello`, because a board that was reset has forgotten them; when the kiosk's connection ends, the
 * bridge switches them off. Heartbeats go through to the board and back: an answer proves the board's program and not only
 * the bridge's event loop.
 *
 * Words are those of XFS4IoT's Lights and Auxiliaries.
 */
export const PROTOCOL_VERSION = 2;

/** A line longer than this is thrown away as a whole. */
export const MAX_LINE_BYTES = 4096;

/** Inputs of the board, as the cabinet means them: true is what the name says. */
export const sensorNames = [
  "documentPresent",
  "receiptPresent",
  "coinsPresent",
  "cardLeft",
  "serviceDoorOpen",
  "cashBoxOpen",
  "tampered",
  "upsLow",
] as const;
export type SensorName = (typeof sensorNames)[number];

/** Outputs of the board that a pattern can be given to. */
export const outputNames = [
  "light.card",
  "light.coin",
  "light.change",
  "light.document",
  "light.receipt",
  "light.status",
  "buzzer",
] as const;
export type OutputName = (typeof outputNames)[number];

/** XFS4IoT Lights `flashRate`: 0.5, 1 and 2.5 times a second. */
export const flashRates = ["off", "continuous", "slow", "medium", "quick"] as const;
export type FlashRate = (typeof flashRates)[number];

/** Devices whose power the board can take away for a while. The host itself is not one: only the dead man does that. */
export const powerCycled = ["cardReader"] as const;
export type PowerCycled = (typeof powerCycled)[number];

/** What the dead man does; see docs/protocols/io-board.md. All but `off` and `armed` mean that the host is overdue. */
export const deadManStates = ["off", "armed", "grace", "held", "lockedOut", "exhausted", "tripping"] as const;
export type DeadManState = (typeof deadManStates)[number];

/** Why the board started, as far as its processor knows. */
export const resetCauses = ["powerOn", "external", "brownOut", "watchdog", "unknown"] as const;
export type ResetCause = (typeof resetCauses)[number];

const counter = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const words = z.string().max(100);

const sensors = z.strictObject({
  documentPresent: z.boolean(),
  receiptPresent: z.boolean(),
  coinsPresent: z.boolean(),
  cardLeft: z.boolean(),
  serviceDoorOpen: z.boolean(),
  cashBoxOpen: z.boolean(),
  tampered: z.boolean(),
  upsLow: z.boolean(),
} satisfies Record<SensorName, z.ZodBoolean>);
export type Sensors = z.infer<typeof sensors>;

/** Limits of the dead man's parameters; the firmware has the same. */
export const deadManSettings = z.strictObject({
  /** No trip within so many seconds after a start of the board and after a trip: the host boots. */
  graceS: z.int().min(180).max(3_600),
  /** A busy lease (money or paper moves) holds a trip back until the host was silent for so many seconds. */
  heldMaxS: z.int().min(60).max(600),
  /** How long the host is without power, in milliseconds; sent in tenths of a second. */
  pulseMs: z.int().min(1_000).max(30_000).multipleOf(100),
  /** At most so many trips within an hour; 0 is never. */
  tripsPerHour: z.int().min(0).max(6),
});
export type DeadManSettings = z.infer<typeof deadManSettings>;

/** Kiosk → bridge. Whatever carries an `id` is answered once by `done` or `refused` with the same id. */
export const toBridge = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("hello"), protocol: counter }),
  z.strictObject({
    type: z.literal("setOutput"),
    id: counter,
    output: z.enum(outputNames),
    flash: z.enum(flashRates),
  }),
  /** Takes the power off a device for `offMs`; the board gives it back by itself. */
  z.strictObject({
    type: z.literal("powerCycle"),
    id: counter,
    device: z.enum(powerCycled),
    offMs: z.int().min(100).max(30_000).multipleOf(100),
  }),
  /**
   * The host lives, and will say so again within `periodMs`; 0 stands the dead man down. `busy`: money or paper moves.
   * The bridge passes it on and never feeds by itself.
   */
  z.strictObject({
    type: z.literal("feed"),
    id: counter,
    periodMs: z.union([z.literal(0), z.int().min(1_000).max(600_000).multipleOf(100)]),
    busy: z.boolean(),
  }),
  z.strictObject({ type: z.literal("configureDeadMan"), id: counter, settings: deadManSettings }),
  /** Answered by `heartbeat` with the same nonce, after the board has answered the bridge. */
  z.strictObject({ type: z.literal("heartbeat"), nonce: counter }),
]);
export type ToBridge = z.infer<typeof toBridge>;
/** A command: what is answered by `done` or `refused`. */
export type BridgeCommand = Extract<ToBridge, { id: number }>;

/** Bridge → kiosk. */
export const toKiosk = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    protocol: counter,
    bridge: words,
    /** Name and version, e.g. `madoguchi-io 1.0.0`. */
    firmware: words,
    /** False for a board with another firmware (StandardFirmata): there is no dead man, and the bridge does the blinking. */
    deadMan: z.boolean(),
    resetCause: z.enum(resetCauses),
  }),
  /** The whole state, after `hello` and on every change. */
  z.strictObject({ type: z.literal("sensors"), sensors }),
  /** After `hello` and on every change. */
  z.strictObject({
    type: z.literal("deadMan"),
    state: z.enum(deadManStates),
    tripsThisHour: counter,
    /** Since the board was last without power. */
    trips: counter,
  }),
  z.strictObject({ type: z.literal("done"), id: counter }),
  z.strictObject({ type: z.literal("refused"), id: counter, why: words }),
  z.strictObject({ type: z.literal("heartbeat"), nonce: counter }),
]);
export type ToKiosk = z.infer<typeof toKiosk>;

/** A message as the bytes of its line. */
export function encodeLine(message: ToBridge | ToKiosk): Uint8Array {
  return encodeJsonLine(message);
}

/** Cuts bytes into lines and checks each; see `createJsonLineReader`. */
export function createLineReader<S extends z.ZodType>(schema: S): (bytes: Uint8Array) => readonly Line<z.output<S>>[] {
  return createJsonLineReader(schema, MAX_LINE_BYTES);
}
