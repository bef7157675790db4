import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { ok } from "../../kernel/result.ts";
import type { InquiryLatentLine, InquiryPicture } from "../../protocol/inquiry.ts";
import type { LatentMost, LatentPicture } from "../../security-print/latent/latent-pictures.ts";
import { viewLatent } from "../../security-print/latent-process/view-latent.ts";
import type { Prepare } from "./answer.ts";

/**
 * What a page shows of a file at most. The image on a back has 1.5 megapixels at 300 dpi, and one certificate few backs; a line
 * stays below 11 MB whatever the file holds.
 */
const SHOWN: LatentMost = { pictures: 4, pixels: 2_000_000 };

/** Makes the latent pictures of a file in a process of its own, and tells each as it is made. */
export function viewing({
  clock,
  logger,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
}): Prepare<InquiryLatentLine> {
  return (file) =>
    ok(async (tell, signal) => {
      const fromMs = clock.monotonicMs();
      let pictures = 0;
      const onPicture = (picture: LatentPicture) => {
        pictures += 1;
        tell(asLine(picture));
      };
      const done = await viewLatent(file, { clock, signal, onPicture, most: SHOWN });
      const durationMs = Math.round(clock.monotonicMs() - fromMs);
      logger.event("inquiry.viewed", { pictures, code: done.ok ? "" : done.error.code, durationMs });
      return done.ok ? ok({ kind: "end" }) : done;
    });
}

function asLine(picture: LatentPicture): InquiryPicture {
  const { number, count, kind, widthPx, heightPx, darkest, lightest, latentPng, seenPng } = picture;
  return {
    kind: "picture",
    number,
    count,
    source: kind,
    widthPx,
    heightPx,
    oneLevel: darkest === lightest,
    latentPng: Buffer.from(latentPng).toString("base64"),
    ...(seenPng ? { seenPng: Buffer.from(seenPng).toString("base64") } : {}),
  };
}
