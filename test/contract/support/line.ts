import { memoryPortPair } from "../../../devices/contract/memory-port.ts";
import type { BytePort, PortOpener } from "../../../devices/contract/port.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { fail, ok } from "../../../src/kernel/result.ts";

/** As the kiosk sees it: what it sends, and what it hears. */
export type Direction = "tx" | "rx";

/** Bytes that pass the line at once. `from`: how many bytes passed before them, both directions counted together. */
export interface Chunk {
  readonly dir: Direction;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly index: number;
}

/** What comes out at the other end instead of a chunk; `undefined` lets it pass as it is. */
export type Disturbance = (chunk: Chunk) => readonly Uint8Array[] | undefined;

/** The cable between a driver and its machine, with everything that can happen to a cable. */
export interface Line {
  /** For the driver. */
  readonly opener: PortOpener;
  /** From now on the line can be opened; before, an opening waits, so that nothing passes unseen. */
  start(): void;
  /** Everything that entered the line so far, in order. */
  readonly chunks: readonly Chunk[];
  /** Bytes that entered the line so far. */
  position(): number;
  disturb(disturbance: Disturbance | undefined): void;
  /** Hears every chunk before it passes. */
  watch(watcher: ((chunk: Chunk) => void) | undefined): void;
  /** Every chunk takes so long from one end to the other; 0 as at the beginning is no time at all. */
  setPace(ms: number): void;
  /** Bytes that nobody meant, now. */
  inject(dir: Direction, bytes: Uint8Array): void;
  /** Pulls the plug, and puts it back after `forMs`; without it the plug stays out. */
  unplug(forMs?: number): void;
  plug(): void;
}

/** How many chunks a line remembers; a session has fewer. */
const MAX_CHUNKS = 20_000;

/** A line to a machine that serves each connection by `accept`. `clock` is for plugs that are put back. */
export function createLine(clock: Pick<Clock, "setTimer">, accept: (port: BytePort) => void): Line {
  const chunks: Chunk[] = [];
  let position = 0;
  let start = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  let pulled = false;
  let disturbance: Disturbance | undefined;
  let watcher: ((chunk: Chunk) => void) | undefined;
  let paceMs = 0;
  let ends: { readonly host: BytePort; readonly machine: BytePort } | undefined;

  function unplug(forMs?: number): void {
    pulled = true;
    ends?.host.close();
    ends?.machine.close();
    ends = undefined;
    if (forMs !== undefined) clock.setTimer(forMs, plug);
  }

  function plug(): void {
    pulled = false;
  }

  function pass(dir: Direction, bytes: Uint8Array): void {
    const joined = ends;
    const chunk: Chunk = { dir, bytes, from: position, index: chunks.length };
    position += bytes.length;
    if (chunks.length < MAX_CHUNKS) chunks.push(chunk);
    watcher?.(chunk);
    const out = disturbance?.(chunk) ?? [bytes];
    const deliver = () => {
      for (const part of out) {
        if (part.length > 0) void (dir === "tx" ? joined?.machine : joined?.host)?.write(part);
      }
    };
    if (paceMs > 0) clock.setTimer(paceMs, deliver);
    else deliver();
  }

  return {
    opener: {
      address: "line:",
      async open() {
        await started;
        if (pulled) return fail("K-LINK-101", { address: "line:", why: "unplugged" });
        const [driver, host] = memoryPortPair();
        const [machine, far] = memoryPortPair();
        const joined = { host, machine };
        ends = joined;
        host.onData((bytes) => ends === joined && pass("tx", bytes));
        machine.onData((bytes) => ends === joined && pass("rx", bytes));
        host.onClose(() => machine.close());
        machine.onClose(() => host.close());
        accept(far);
        return ok(driver);
      },
    },
    start,
    chunks,
    position: () => position,
    disturb(next) {
      disturbance = next;
    },
    watch(next) {
      watcher = next;
    },
    setPace(ms) {
      paceMs = ms;
    },
    inject(dir, bytes) {
      void (dir === "tx" ? ends?.machine : ends?.host)?.write(bytes);
    },
    unplug,
    plug,
  };
}
