import type { GreyPage } from "../../../src/security-print/composition/page.ts";
import type { GreyImage } from "../../../src/security-print/inspect/grey.ts";
import { inspectPicture } from "../../../src/security-print/inspect/inspection.ts";
import { decodeField, decodeImageLayer, deinterleave } from "../../../src/security-print/scramble/channel-code.ts";
import { parseFrame } from "../../../src/security-print/scramble/frame.ts";
import { cellGrid, REGION } from "../../../src/security-print/scramble/geometry.ts";
import { judge } from "../../../src/security-print/scramble/judge.ts";
import { drawnBack } from "../print-scan/backs.ts";
import type { Forgery, ForgeryKind, Outcome } from "./kinds.ts";
import { cellsOf, type Workshop } from "./workshop.ts";

/** What an inspector said, and whether that did harm. */
export interface Verdict {
  readonly answer: Outcome;
  /** Called genuine, with another front than the issuer sealed for that document and page, or not by the issuer at all. */
  readonly accepted: boolean;
  /** An answer that this kind of forgery must not get. */
  readonly wrong: boolean;
}

interface Read {
  readonly answer: Outcome;
  readonly document?: { readonly documentId: string; readonly page: number } | undefined;
  readonly front?: { readonly bits: Uint8Array } | undefined;
}

/** Inspects a forgery's cells as a scan without any fault shows them. */
export function judgeCells(workshop: Workshop, kind: ForgeryKind, forgery: Forgery): Verdict {
  const { cellPx } = forgery.payload;
  const cells = paintedCells(forgery);
  const seen = Float32Array.from(cells, (bit) => (bit ? -4 : 4));
  const sequence = deinterleave(cellPx, seen);
  const field = decodeField(sequence, 30);
  const frame = field && parseFrame(field);
  if (!frame?.ok) return verdict(workshop, kind, { answer: "unreadable" });
  const { answer, front } = judge(frame.value, decodeImageLayer(cellPx, sequence, 30), forgery.keys);
  return verdict(workshop, kind, { answer, front, document: frame.value.header });
}

/** Inspects a picture of a forgery's back. */
export function judgePicture(workshop: Workshop, kind: ForgeryKind, forgery: Forgery, picture: GreyImage): Verdict {
  const [first] = inspectPicture(picture, forgery.keys);
  const answer = first.answer === "not-ours" ? "none" : first.answer;
  return verdict(workshop, kind, { answer, front: first.front, document: first.document });
}

/** A forgery's back as it would be printed. */
export async function forgedBack(forgery: Forgery): Promise<GreyPage> {
  const page = await drawnBack(forgery.payload);
  const { cellPx } = forgery.payload;
  const { columns, places } = cellGrid(cellPx);
  const before = cellsOf(forgery.payload);
  paintedCells(forgery).forEach((bit, i) => {
    if (bit === before[i]) return;
    const place = places[i] as number;
    const left = REGION.x + (place % columns) * cellPx;
    const top = REGION.y + Math.floor(place / columns) * cellPx;
    for (let y = top; y < top + cellPx; y++) {
      page.pixels.fill(bit ? 0 : 255, y * page.widthPx + left, y * page.widthPx + left + cellPx);
    }
  });
  return page;
}

function paintedCells({ payload, paint }: Forgery): Uint8Array {
  const cells = cellsOf(payload);
  paint?.(cells, cellGrid(payload.cellPx));
  return cells;
}

function verdict(workshop: Workshop, kind: ForgeryKind, { answer, document, front }: Read): Verdict {
  const wrong = !kind.answers.includes(answer);
  if (answer !== "genuine") return { answer, accepted: false, wrong };
  const sealed = [...workshop.genuine, workshop.late].find(
    ({ documentId, page }) => documentId === document?.documentId && page === document.page,
  );
  const right = sealed && front && Buffer.compare(sealed.front.bits, front.bits) === 0;
  return { answer, accepted: !right, wrong };
}
