import { fail, ok, type Result } from "../../kernel/result.ts";
import type { GreyPage } from "../composition/page.ts";
import { drawDeterrent } from "./draw.ts";
import { type DeterrentSide, groundStep } from "./steps.ts";
import { type DotTile, deterrentLetters, dotTile } from "./tile.ts";

/** Draws over a side of the sheet. */
export type DeterrentBrush = (page: GreyPage) => void;

/** Makes brushes and keeps what they are made of. */
export interface DeterrentPainter {
  /** The brush of a side at a step of the calibration. `K-IMAGE-110` when there is no such step. */
  brush(side: DeterrentSide, step: string): Promise<Result<DeterrentBrush>>;
}

/** A painter: the letters are drawn once, a tile once for each side and step. Same side, same step, same pixels. */
export function createDeterrentPainter(): DeterrentPainter {
  let letters: ReturnType<typeof deterrentLetters> | undefined;
  const tiles = new Map<string, DotTile>();
  return {
    async brush(side, name) {
      const step = groundStep(name);
      if (!step) return fail("K-IMAGE-110", { step: name });
      letters ??= deterrentLetters();
      const key = `${side} ${name}`;
      const tile = tiles.get(key) ?? dotTile(side, step, await letters);
      tiles.set(key, tile);
      return ok((page) => drawDeterrent(page, side, tile));
    },
  };
}
