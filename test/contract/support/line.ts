import type { PortOpener } from "../../../devices/contract/port.ts";

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
