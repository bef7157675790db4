import { createRasterWriter } from "../../../../devices/certificate-printer/pwg/encode.ts";
import { certificateHeader } from "../../../../devices/certificate-printer/pwg/header.ts";
import { ok, type Result, unwrap } from "../../../kernel/result.ts";
import { hashText } from "../../../protocol/encoding.ts";
import type { BackData } from "../../../security-print/composition/back.ts";
import { drawInStrips } from "../../../security-print/composition/page.ts";
import { defaultChoice } from "../../../security-print/deterrent/choice.ts";
import { backLayers } from "../../../security-print/marks/back-layers.ts";
import { codePlan } from "../../../security-print/scramble/channel-code.ts";
import { FRAME_BYTES } from "../../../security-print/scramble/frame.ts";
import { encodePayload, parsePayload } from "../../../security-print/scramble/payload.ts";
import { createGrounds } from "../grounds.ts";

/** Everything that a back is made of. */
export interface BackOrder {
  readonly data: BackData;
  /** The payload of its scrambled image. */
  readonly payload: Uint8Array;
  /** The step of the deterrent text over it. */
  readonly deterrent: string;
  readonly clearForDetection: boolean;
}

/** Header and lines of a back in PWG raster, and their SHA-256. */
export interface EncodedBack {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hash: string;
}

/** Draws backs and encodes them for the printer. */
export interface BackWork {
  /** Runs once through drawing and encoding, so that the first citizen does not wait for it. */
  warm(): Promise<void>;
  /** `K-IMAGE-101` a payload that is none, `K-IMAGE-110` the step. */
  draw(order: BackOrder): Promise<Result<EncodedBack>>;
}

/** For the first drawing only: it is shown to nobody. */
const blank = (): BackOrder => ({
  data: { documentId: "-", page: 1, pages: 1, frontHash: "-" },
  payload: encodePayload({
    cellPx: 8,
    codeText: "-",
    frame: new Uint8Array(FRAME_BYTES),
    image: new Uint8Array(codePlan(8).imageBytes),
  }),
  deterrent: defaultChoice.back,
  clearForDetection: false,
});

/** Draws one after the other; what each leaves in memory is overwritten by the next. */
export function createBackWork(): BackWork {
  const grounds = createGrounds();
  const raster = createRasterWriter();
  const work: BackWork = {
    async warm() {
      unwrap(await work.draw(blank()));
    },
    async draw({ data, payload: encoded, deterrent: step, clearForDetection }) {
      const payload = parsePayload(encoded);
      if (!payload.ok) return payload;
      const ground = await grounds.ground({ side: "back", step, clearForDetection });
      if (!ground.ok) return ground;
      const layers = await backLayers(data, payload.value);
      raster.begin();
      raster.beginPage(certificateHeader(2 * data.pages), ground.value);
      drawInStrips(layers, (strip) => raster.addLines(strip.pixels));
      const bytes = Uint8Array.from(raster.end().pages[0] as Buffer);
      return ok({ bytes, hash: hashText(bytes) });
    },
  };
  return work;
}
