import { fail, ok, type Result } from "../../kernel/result.ts";
import { CLEAR_FOR_DETECTION } from "../detection/place.ts";
import { type DeterrentGround, deterrentGround } from "./ground.ts";
import { type DeterrentSide, groundStep } from "./steps.ts";
import { deterrentLetters, dotTile } from "./tile.ts";

/** Which deterrent text a side gets. */
export interface WantedGround {
  readonly side: DeterrentSide;
  /** A step of the calibration. */
  readonly step: string;
  /** Leaves out the place of the forgery-detection image, which is printed there in four inks. */
  readonly clearForDetection?: boolean;
}

/** Makes grounds and keeps what they are made of. */
export interface DeterrentPainter {
  /** `K-IMAGE-110` when there is no such step. */
  ground(wanted: WantedGround): Promise<Result<DeterrentGround>>;
}

/** A painter: the letters are drawn once, each ground is made once. Same side, same step, same pixels, same object. */
export function createDeterrentPainter(): DeterrentPainter {
  let letters: ReturnType<typeof deterrentLetters> | undefined;
  const grounds = new Map<string, DeterrentGround>();
  return {
    async ground({ side, step: name, clearForDetection = false }) {
      const step = groundStep(name);
      if (!step) return fail("K-IMAGE-110", { step: name });
      letters ??= deterrentLetters();
      const mask = await letters;
      const key = `${side} ${name} ${clearForDetection}`;
      const clear = clearForDetection ? [CLEAR_FOR_DETECTION] : [];
      const ground = grounds.get(key) ?? deterrentGround(side, dotTile(side, step, mask), clear);
      grounds.set(key, ground);
      return ok(ground);
    },
  };
}
