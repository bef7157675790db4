import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { RateLimit } from "../../kernel/rate-limit.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import {
  FRONT_BYTES_HEADER,
  type InquiryBack,
  type InquiryComparison,
  type InquiryLine,
} from "../../protocol/inquiry.ts";
import { inspectionLimits } from "../../security-print/inspect/limits.ts";
import { inspectFile } from "../../security-print/inspect-process/inspect-file.ts";
import type {
  InspectedBack,
  InspectedComparison,
  InspectRequest,
} from "../../security-print/inspect-process/messages.ts";
import type { InspectionKeys, KeyToken } from "../../security-print/scramble/keys.ts";
import type { Prepare } from "./answer.ts";

/** What inspecting needs. */
export interface Inspecting {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly perDocument: RateLimit;
  /** The keys as they are now. */
  readonly keys: () => Result<InspectionKeys>;
  /** Where the keys lie of which `keys` has only the ids. */
  readonly token?: Pick<KeyToken, "unwrap">;
}

/** Inspects a scan in a process of its own, and tells each back as it is judged; the end says as of when keys are known. */
export function inspecting({ clock, logger, keys, token, perDocument }: Inspecting): Prepare<InquiryLine> {
  return (body, requestHeaders) => {
    const scan = backAndFront(body, requestHeaders);
    if (!scan.ok) return scan;
    return ok(async (tell, signal) => {
      const known = keys();
      if (!known.ok) return known;
      const fromMs = clock.monotonicMs();
      const answers: string[] = [];
      const onBack = (back: InspectedBack) => {
        answers.push(back.answer);
        const asked = back.document?.documentId;
        // Only what was proved counts: anybody can print a document's number, and nobody is locked out by that.
        const withheld = back.fieldsOk && asked !== undefined && !perDocument(asked);
        tell(withheld ? { kind: "withheld", code: "K-INQ-103" } : asLine(back));
        if (back.mayBeMore) tell({ kind: "more", number: back.number, backs: inspectionLimits.backs });
      };
      const done = await inspectFile(
        { ...scan.value, keys: known.value, fronts: true, fields: true },
        { clock, signal, onBack, ...(token ? { token } : {}) },
      );
      const durationMs = Math.round(clock.monotonicMs() - fromMs);
      const code = done.ok ? "" : done.error.code;
      logger.event("inquiry.answered", { answers: answers.join(" "), code, durationMs });
      return done.ok ? ok({ kind: "end", asOfMs: known.value.asOfMs }) : done;
    });
  };
}

function asLine(back: InspectedBack): InquiryBack {
  const { number, count, answer, document, fieldsOk, strips, fields, frontPng, comparison, code } = back;
  return {
    kind: "back",
    number,
    count,
    answer,
    ...(document ? { document } : {}),
    fieldsOk,
    strips,
    code,
    ...(fields ? { fields: { issuer: fields.issuer, issuedAtMs: fields.issuedAtMs, values: fields.values } } : {}),
    ...(frontPng ? { frontPng: Buffer.from(frontPng).toString("base64") } : {}),
    ...(comparison ? { comparison: comparisonOf(comparison) } : {}),
  };
}

function comparisonOf({ aligned, differences, scanJpeg }: InspectedComparison): InquiryComparison {
  return {
    aligned,
    differences: differences.map(({ xMm, yMm, widthMm, heightMm, kind }) => ({ xMm, yMm, widthMm, heightMm, kind })),
    ...(scanJpeg ? { scanJpeg: Buffer.from(scanJpeg).toString("base64") } : {}),
  };
}

/** What a visitor gave: a scan of backs, and perhaps one of fronts. */
type Given = Pick<InspectRequest, "file" | "frontScan">;

/** Takes the body apart as its header says. `K-NET-104` when that leaves no back. */
function backAndFront(body: Buffer, requestHeaders: IncomingHttpHeaders): Result<Given> {
  const said = requestHeaders[FRONT_BYTES_HEADER];
  if (said === undefined) return ok({ file: body });
  const backBytes = body.length - (typeof said === "string" && /^\d{1,9}$/.test(said) ? Number(said) : body.length);
  if (backBytes <= 0) return fail("K-NET-104", { why: `the header ${FRONT_BYTES_HEADER} leaves no back` });
  return ok({ file: body.subarray(0, backBytes), frontScan: body.subarray(backBytes) });
}
