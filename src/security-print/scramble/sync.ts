import { type CellSize, SYNC } from "./geometry.ts";
import { publicStream } from "./public-stream.ts";

/** The row of modules between the upper or the lower finders: 64 bits of the public stream, 1 for black, left first. */
export function syncBits(cellPx: CellSize, edge: "top" | "bottom"): Uint8Array {
  const stream = publicStream(`MDG-SCRAMBLE-1 sync ${cellPx} ${edge}`, SYNC.modules / 8);
  return Uint8Array.from({ length: SYNC.modules }, (_, i) => ((stream[i >> 3] ?? 0) >> (7 - (i & 7))) & 1);
}
