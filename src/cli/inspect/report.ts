import { errorCatalogue } from "../../kernel/errors/catalogue.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import type { Comparison } from "../../security-print/compare/compare.ts";
import { inspectionLimits } from "../../security-print/inspect/limits.ts";
import type { InspectedBack } from "../../security-print/inspect-process/messages.ts";
import type { CodeJudgement, CodeState } from "../../security-print/scramble/judge-code.ts";

const { backs } = inspectionLimits;

/** What no answer of this check says. */
export const PERFECT_COPY =
  "This check proves what is written, not that the sheet is the original: a perfect copy passes it as well.";

/** One back's answer as a line of JSON; `--help` describes it. */
export function jsonOf(scan: string, back: InspectedBack, imagePath: string | undefined): string {
  const { number, count, answer, reason, document, strips, fieldsOk, comparison, code, mayBeMore } = back;
  return line({
    scan,
    number,
    count,
    answer,
    reason,
    documentId: document?.documentId ?? null,
    page: document?.page ?? null,
    pages: document?.pages ?? null,
    strips: strips.map((state, index) => ({ index, ok: state === "ok" })),
    fieldsOk,
    code: { state: code.state, ...code.data },
    imagePath: imagePath ?? null,
    frontFound: comparison?.aligned ?? null,
    differences: comparison?.differences ?? [],
    mayBeMore,
  });
}

export function jsonOfFailure(scan: string, failure: Failure): string {
  const { code, detail = {} } = failure;
  return line({ scan, error: { code, cause: errorCatalogue[code].cause, detail } });
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;

/** What to look at when no scrambled image was found. */
const NEXT_STEP = "  Is it the back, with all of its pattern in the picture?";

/** One back's answer for a person. */
export function textOf(scan: string, back: InspectedBack, imagePath: string | undefined): string {
  const { number, count, answer, reason, document, strips, fieldsOk, comparison, code, mayBeMore } = back;
  const where = count > 1 ? `${scan}, page ${number} of ${count}` : scan;
  if (answer === "not-ours" && count > 1) return `${where}: no back on it (perhaps the front)\n`;
  const lines = [`${where}: ${answer} (${reason})`];
  if (document) {
    const claimed = fieldsOk ? "" : " (not proved)";
    lines.push(`  document ${document.documentId}, page ${document.page} of ${document.pages}${claimed}`);
  }
  if (fieldsOk) {
    const lost = strips.flatMap((state, i) => (state === "ok" ? [] : [`${i + 1} ${state}`]));
    const held = strips.length - lost.length;
    lines.push(
      `  ${held} of ${strips.length} strips read${lost.length > 0 ? `; from the top: ${lost.join(", ")}` : ""}`,
    );
  }
  if (answer === "not-ours") lines.push(NEXT_STEP);
  else lines.push(`  2-D code: ${saidByCode(code, document === undefined)}`);
  if (imagePath) lines.push(`  decoded front: ${imagePath}`);
  if (comparison) lines.push(...saidOf(comparison));
  if (mayBeMore) {
    lines.push(`${where}: ${backs} backs were read in this picture, and there may be more: scan them apart`);
  }
  return `${lines.join("\n")}\n`;
}

/** Of a scan of several pages of which none has a back, for a person. */
export function textOfNoBack(scan: string): string {
  return `${scan}: not-ours (there is no scrambled image on any of its pages)\n${NEXT_STEP}\n`;
}

const CODE_WORDS: Readonly<Record<CodeState, string>> = {
  ok: "signed by the issuer, and of this sheet",
  unreadable: "cannot be read",
  false: "nobody who is known signed it",
  other: "signed by the issuer, but of another sheet",
  "unknown-key": "of a key that is not known, or was revoked",
};

/** `alone`: nothing else says which document it is. */
function saidByCode({ state, data }: CodeJudgement, alone: boolean): string {
  if (!data || !(alone || state === "other")) return CODE_WORDS[state];
  const document = `document ${data.documentId}, page ${data.page} of ${data.pages}`;
  return alone ? `signed by the issuer: ${document}` : `${CODE_WORDS[state]}: ${document}`;
}

function saidOf({ aligned, differences }: Comparison): string[] {
  if (!aligned)
    return ["  the decoded front does not lie on the scanned one: another sheet, or a scan that is not clear enough"];
  if (differences.length === 0)
    return ["  no difference was found between decoded and scanned front; compare them by eye"];
  const places = differences.map(
    ({ xMm, yMm, widthMm, heightMm, kind }) => `    ${kind} at ${xMm}, ${yMm} mm, ${widthMm} × ${heightMm} mm`,
  );
  return [`  the scanned front differs from the decoded one in ${differences.length} places:`, ...places];
}
