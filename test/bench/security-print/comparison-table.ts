import { compareFronts } from "../../../src/security-print/compare/compare.ts";
import { copyOf, withDeterrent } from "../../support/print-scan/backs.ts";
import { printAndScan } from "../../support/print-scan/channel.ts";
import { firstPicture } from "../../support/print-scan/first-picture.ts";
import { digitPairs, digits, liesAt, sealed } from "../../support/print-scan/fronts.ts";
import { type LevelName, levels } from "../../support/print-scan/levels.ts";

/** Fronts with ninety altered digits of 11 points each, laid over the decoded ones. */
export interface ComparisonRow {
  readonly level: string;
  readonly pages: number;
  /** Pages on which the decoded front could be laid. */
  readonly aligned: number;
  readonly digits: number;
  readonly marked: number;
  /** Places besides, with their stains; and on the same page unaltered. */
  readonly elsewhere: number;
  readonly falseMarks: number;
}

const settings = [
  { name: "mild", level: "mild", stains: undefined },
  { name: "typical, unstained", level: "typical", stains: 0 },
  { name: "typical", level: "typical", stains: undefined },
] as const satisfies readonly { name: string; level: LevelName; stains: number | undefined }[];

/** `pages` pages of each level at 300 dpi, the deterrent text over them. */
export async function comparisonTable(pages: number): Promise<ComparisonRow[]> {
  const [honest, altered] = [await digits(0), await digits(1)];
  const decoded = sealed(honest);
  const [printedHonest, printedAltered] = [await withDeterrent(copyOf(honest)), await withDeterrent(copyOf(altered))];
  const rows: ComparisonRow[] = [];
  for (const { name, level, stains } of settings) {
    const channel = stains === undefined ? levels[level] : { ...levels[level], stains };
    const row = { level: name, pages, aligned: 0, digits: 0, marked: 0, elsewhere: 0, falseMarks: 0 };
    for (let seed = 1; seed <= pages; seed++) {
      const seen = async (page: typeof honest) => {
        const { aligned, differences } = compareFronts(
          decoded,
          await firstPicture(await printAndScan(page, channel, 300, seed)),
        );
        return { aligned, differences: differences.filter(({ kind }) => kind === "characters") };
      };
      const [forged, genuine] = [await seen(printedAltered), await seen(printedHonest)];
      if (forged.aligned && genuine.aligned) row.aligned += 1;
      row.digits += digitPairs.length;
      row.marked += digitPairs.filter((_, i) => forged.differences.some(liesAt(i))).length;
      row.elsewhere += forged.differences.filter((one) => !digitPairs.some((_, i) => liesAt(i)(one))).length;
      row.falseMarks += genuine.differences.length;
    }
    rows.push(row);
  }
  return rows;
}
