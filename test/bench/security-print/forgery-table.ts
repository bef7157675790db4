import { unwrap } from "../../../src/kernel/result.ts";
import type { Bilevel } from "../../../src/security-print/bilevel/generic-region.ts";
import { compareFronts } from "../../../src/security-print/compare/compare.ts";
import { createPdfEngine, withPdf } from "../../../src/security-print/pages/engine.ts";
import { forgedBack, judgeCells, judgePicture } from "../../support/forgeries/judged.ts";
import { type ForgeryKind, forgeryKinds } from "../../support/forgeries/kinds.ts";
import { openWorkshop } from "../../support/forgeries/workshop.ts";
import { pageOfFront } from "../../support/print-scan/backs.ts";
import { printAndScan } from "../../support/print-scan/channel.ts";
import { firstPicture } from "../../support/print-scan/first-picture.ts";
import { levels } from "../../support/print-scan/levels.ts";
import { seeded } from "../../support/print-scan/seeded.ts";
import { renderedCertificate } from "../../support/rendered-certificate.ts";
import { textLikeFront } from "../../support/scramble.ts";

/** What inspectors said to one kind of forgery. */
export interface ForgeryRow {
  readonly kind: string;
  /** `cells`: as a perfect scan shows them; `scans`: printed and scanned at the usual level, 300 dpi. */
  readonly seen: "cells" | "scans";
  readonly trials: number;
  /** Called genuine with a front that its issuer did not seal: must be 0. */
  readonly accepted: number;
  /** An answer that this kind must not get: must be 0. */
  readonly wrong: number;
  readonly answers: Readonly<Record<string, number>>;
}

/** So many of each kind by their cells, and so many through print and scan. */
export async function forgeryTable(
  counts: { readonly cells: number; readonly scans: number },
  onRow: (row: ForgeryRow) => void,
): Promise<ForgeryRow[]> {
  const workshop = openWorkshop();
  const otherSide = pageOfFront(textLikeFront(1));
  const rows: ForgeryRow[] = [];
  for (const [index, kind] of forgeryKinds.entries()) {
    const byCells = seeded(1000 + index);
    rows.push(
      await counted(kind, "cells", counts.cells, async () => judgeCells(workshop, kind, kind.make(workshop, byCells))),
    );
    const byScans = seeded(2000 + index);
    rows.push(
      await counted(kind, "scans", counts.scans, async (trial) => {
        const forgery = kind.make(workshop, byScans);
        const jpeg = await printAndScan(await forgedBack(forgery), levels.typical, 300, 100 * index + trial, otherSide);
        return judgePicture(workshop, kind, forgery, await firstPicture(jpeg));
      }),
    );
    for (const row of rows.slice(-2)) onRow(row);
  }
  rows.push(await withAnotherBack(counts.scans));
  for (const row of rows.slice(-1)) onRow(row);
  return rows;
}

/**
 * The front of one certificate with the genuine back of another of the same form, one person's name and birth apart: the back
 * proves its own front, and the comparison must not take the one in hand for it.
 */
async function withAnotherBack(trials: number): Promise<ForgeryRow> {
  const people = [
    { name: "山田　太郎", birthDate: "1985-03-07" },
    { name: "田中　美咲", birthDate: "1991-08-21" },
  ];
  const [a, b] = await Promise.all(people.map(async (person) => frontOf(await renderedCertificate(2, person))));
  if (!a || !b) throw new Error("two people");
  const answers: Record<string, number> = {};
  let accepted = 0;
  for (let trial = 0; trial < trials; trial++) {
    const [inHand, proved] = trial % 2 ? [a, b] : [b, a];
    const scan = await firstPicture(await printAndScan(pageOfFront(inHand), levels.typical, 300, 9_000 + trial));
    const { aligned, differences } = compareFronts(proved, scan);
    const marked = differences.filter(({ kind }) => kind === "characters").length;
    if (aligned && marked === 0) accepted += 1;
    const answer = aligned ? (marked > 0 ? "marked" : "not marked") : "not laid over";
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  const kind = "front of one certificate with the back of another";
  return { kind, seen: "scans", trials, accepted, wrong: 0, answers };
}

async function frontOf(pdf: Uint8Array): Promise<Bilevel> {
  return unwrap(await withPdf(createPdfEngine(), pdf, (document) => document.front(0)));
}

async function counted(
  { name }: ForgeryKind,
  seen: ForgeryRow["seen"],
  trials: number,
  judged: (trial: number) => Promise<ReturnType<typeof judgeCells>>,
): Promise<ForgeryRow> {
  let [accepted, wrong] = [0, 0];
  const answers: Record<string, number> = {};
  for (let trial = 0; trial < trials; trial++) {
    const verdict = await judged(trial);
    if (verdict.accepted) accepted += 1;
    if (verdict.wrong) wrong += 1;
    answers[verdict.answer] = (answers[verdict.answer] ?? 0) + 1;
  }
  return { kind: name, seen, trials, accepted, wrong, answers };
}
