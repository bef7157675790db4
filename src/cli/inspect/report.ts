import { errorCatalogue } from "../../kernel/errors/catalogue.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import type { Comparison } from "../../security-print/compare/compare.ts";
import type { InspectedBack } from "../../security-print/inspect-process/messages.ts";

/** What no answer of this check says. */
export const PERFECT_COPY =
  "This check proves what is written, not that the sheet is the original: a perfect copy passes it as well.";

/** One back's answer as a line of JSON; `--help` describes it. */
export function jsonOf(scan: string, back: InspectedBack, imagePath: string | undefined): string {
  const { number, count, answer, reason, document, strips, fieldsOk, comparison } = back;
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
    imagePath: imagePath ?? null,
    frontFound: comparison?.aligned ?? null,
    differences: comparison?.differences ?? [],
  });
}

export function jsonOfFailure(scan: string, failure: Failure): string {
  const { code, detail = {} } = failure;
  return line({ scan, error: { code, cause: errorCatalogue[code].cause, detail } });
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;

/** One back's answer for a person. */
export function textOf(scan: string, back: InspectedBack, imagePath: string | undefined): string {
  const { number, count, answer, reason, document, strips, fieldsOk, comparison } = back;
  const where = count > 1 ? `${scan}, page ${number} of ${count}` : scan;
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
  if (imagePath) lines.push(`  decoded front: ${imagePath}`);
  if (comparison) lines.push(...saidOf(comparison));
  return `${lines.join("\n")}\n`;
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
