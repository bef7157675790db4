import { type EncodedGround, encodedGround } from "../../../devices/certificate-printer/pwg/ground.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { PAGE_WIDTH_PX } from "../../security-print/composition/page.ts";
import type { DeterrentGround } from "../../security-print/deterrent/ground.ts";
import { createDeterrentPainter, type WantedGround } from "../../security-print/deterrent/painter.ts";

/** The deterrent texts that were asked for, as the printer gets them. */
export interface Grounds {
  /** `K-IMAGE-110` when there is no such step. */
  ground(wanted: WantedGround): Promise<Result<EncodedGround>>;
}

/** Keeps what it has made: the same for every certificate of a printer. */
export function createGrounds(): Grounds {
  const painter = createDeterrentPainter();
  const encoded = new Map<DeterrentGround, EncodedGround>();
  return {
    async ground(wanted) {
      const ground = await painter.ground(wanted);
      if (!ground.ok) return ground;
      const known = encoded.get(ground.value) ?? encodedGround(ground.value, PAGE_WIDTH_PX);
      encoded.set(ground.value, known);
      return ok(known);
    },
  };
}
