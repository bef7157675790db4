import { z } from "zod";

/**
 * What the kiosk and the bridge process say to each other over a unix socket: one JSON object a line, both ways. The bridge
 * owns the I/O board and can be killed and started again at any moment; nothing here depends on an earlier connection.
 *
 * Opening: each side says `hello` first; the bridge then sends `sensors`. The kiosk sends all outputs again on every
 * connection, because a board that was reset has forgotten them. Heartbeats go through to the board and back: an answer
 * proves the board's program and not only the bridge's event loop.
 */
export const PROTOCOL_VERSION = 1;

/** A line longer than this is thrown away as a whole. */
export const MAX_LINE_BYTES = 4096;

/** Inputs of the board, as the cabinet means them: true is "something lies there". */
export const sensorNames = ["documentPresent", "receiptPresent", "coinsPresent", "cardLeft"] as const;
export type SensorName = (typeof sensorNames)[number];

/** Outputs of the board. */
export const outputNames = [
  "light.card",
  "light.coin",
  "light.change",
  "light.document",
  "light.receipt",
  "buzzer",
] as const;
export type OutputName = (typeof outputNames)[number];

const counter = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const words = z.string().max(100);

const sensors = z.strictObject({
  documentPresent: z.boolean(),
  receiptPresent: z.boolean(),
  coinsPresent: z.boolean(),
  cardLeft: z.boolean(),
} satisfies Record<SensorName, z.ZodBoolean>);

/** Kiosk → bridge. */
export const toBridge = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("hello"), protocol: counter }),
  /** Answered by `done` or `refused` with the same id. */
  z.strictObject({ type: z.literal("setOutput"), id: counter, output: z.enum(outputNames), on: z.boolean() }),
  /** Answered by `heartbeat` with the same nonce, after the board has answered the bridge. */
  z.strictObject({ type: z.literal("heartbeat"), nonce: counter }),
]);
export type ToBridge = z.infer<typeof toBridge>;

/** Bridge → kiosk. */
export const toKiosk = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("hello"), protocol: counter, bridge: words, firmware: words }),
  /** The whole state, after `hello` and on every change. */
  z.strictObject({ type: z.literal("sensors"), sensors }),
  z.strictObject({ type: z.literal("done"), id: counter }),
  z.strictObject({ type: z.literal("refused"), id: counter, why: words }),
  z.strictObject({ type: z.literal("heartbeat"), nonce: counter }),
]);
export type ToKiosk = z.infer<typeof toKiosk>;

/** A message as the bytes of its line. */
export function encodeLine(message: ToBridge | ToKiosk): Uint8Array {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}

/** What a line was: a message, or something that is none (its length, for the log). */
export type Line<T> = { readonly message: T } | { readonly garbageBytes: number };

/** Cuts bytes into lines and checks each. Holds at most one line; what is longer is dropped up to its end. */
export function createLineReader<S extends z.ZodType>(schema: S): (bytes: Uint8Array) => readonly Line<z.output<S>>[] {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let droppedBytes = 0;

  function keep(bytes: Uint8Array): void {
    if (droppedBytes > 0 || heldBytes + bytes.length > MAX_LINE_BYTES) {
      droppedBytes += heldBytes + bytes.length;
      held = [];
      heldBytes = 0;
    } else {
      held.push(bytes.slice());
      heldBytes += bytes.length;
    }
  }

  function finish(): Line<z.output<S>> | undefined {
    const garbage = droppedBytes;
    const text = Buffer.concat(held).toString("utf8");
    const length = heldBytes;
    held = [];
    heldBytes = 0;
    droppedBytes = 0;
    if (garbage > 0) return { garbageBytes: garbage };
    if (text.trim() === "") return undefined;
    const parsed = schema.safeParse(parseJson(text));
    return parsed.success ? { message: parsed.data } : { garbageBytes: length };
  }

  return (bytes) => {
    const lines: Line<z.output<S>>[] = [];
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      keep(bytes.subarray(from, end));
      const line = finish();
      if (line) lines.push(line);
      from = end + 1;
    }
    if (from < bytes.length) keep(bytes.subarray(from));
    return lines;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
