import { forgedBack, judgeCells, judgePicture } from "../../support/forgeries/judged.ts";
import { type ForgeryKind, forgeryKinds } from "../../support/forgeries/kinds.ts";
import { openWorkshop } from "../../support/forgeries/workshop.ts";
import { pageOfFront } from "../../support/print-scan/backs.ts";
import { printAndScan } from "../../support/print-scan/channel.ts";
import { firstPicture } from "../../support/print-scan/first-picture.ts";
import { levels } from "../../support/print-scan/levels.ts";
import { seeded } from "../../support/print-scan/seeded.ts";
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
  return rows;
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
