import type { Bilevel } from "../../../src/security-print/bilevel/generic-region.ts";
import type { GreyPage } from "../../../src/security-print/composition/page.ts";
import { type Inspection, inspectPicture } from "../../../src/security-print/inspect/inspection.ts";
import type { CellSize } from "../../../src/security-print/scramble/geometry.ts";
import { stripTop } from "../../../src/security-print/scramble/strips.ts";
import { drawnBack, pageOfFront, withDeterrent } from "../../support/print-scan/backs.ts";
import { printAndScan } from "../../support/print-scan/channel.ts";
import { firstPicture } from "../../support/print-scan/first-picture.ts";
import { type ChannelLevel, type LevelName, levels } from "../../support/print-scan/levels.ts";
import { TestCentre, textLikeFront } from "../../support/scramble.ts";

/** What came of scans of genuine backs in one setting. */
export interface ChannelRow {
  readonly level: string;
  readonly dpi: number;
  readonly cellPx: CellSize;
  readonly trials: number;
  /** Genuine, and the front bit by bit the sealed one. */
  readonly exact: number;
  /** Genuine strips beside missing ones; every strip that is shown is right. */
  readonly partial: number;
  /** The sealed and signed fields were read, whatever came of the image. */
  readonly fields: number;
  /** Called genuine with another front, or altered although nothing was: must be 0. */
  readonly wrong: number;
}

interface Setting {
  readonly name: string;
  readonly level: ChannelLevel;
  readonly dpi: number;
  /** Of the front's text: 1 is a usual certificate, 3 one that needs finer cells. */
  readonly density: number;
  /** Trials for each one of the others: where the aim is 99 of 100. */
  readonly times?: number;
}

const setting = (name: LevelName, dpi: number, density = 1): Setting => ({ name, level: levels[name], dpi, density });
const DPIS = [200, 300, 600] as const;

/** The levels of the requirement at each resolution; a dense sheet; stains on a third of the sheet; telephones; feeders. */
const settings: readonly Setting[] = [
  ...(["mild", "typical", "hard", "worst"] as const).flatMap((name) => DPIS.map((dpi) => setting(name, dpi))),
  setting("hard", 300, 3),
  { name: "worst, 30 % stained", level: { ...levels.worst, stains: 0.3 }, dpi: 300, density: 1, times: 5 },
  setting("phone", 300),
  setting("duplex", 300),
];

/** Different documents; a trial takes one after the other, each through a channel of its own seed. */
const DOCUMENTS = 4;

interface Printed {
  readonly back: GreyPage;
  /** The sheet's other side. */
  readonly frontPage: GreyPage;
  readonly front: Bilevel;
  readonly cellPx: CellSize;
}

/** Runs `trials` scans of each setting, and more where it says so. `onRow` hears of each row when it is done. */
export async function channelTable(trials: number, onRow: (row: ChannelRow) => void): Promise<ChannelRow[]> {
  const centre = new TestCentre("channel");
  const keys = centre.inspectionKeys();
  const rows: ChannelRow[] = [];
  for (const density of [1, 3]) {
    const documents: Printed[] = [];
    for (let seed = 40; seed < 40 + Math.min(DOCUMENTS, trials); seed++) {
      const front = textLikeFront(seed, density);
      const payload = centre.payload({ front });
      const { cellPx } = payload;
      documents.push({
        back: await drawnBack(payload),
        frontPage: await withDeterrent(pageOfFront(front)),
        front,
        cellPx,
      });
    }
    for (const one of settings.filter((each) => each.density === density)) {
      const row = await tried(one, documents, trials * (one.times ?? 1), keys);
      rows.push(row);
      onRow(row);
    }
  }
  return rows;
}

async function tried(
  { name, level, dpi }: Setting,
  documents: readonly Printed[],
  trials: number,
  keys: ReturnType<TestCentre["inspectionKeys"]>,
): Promise<ChannelRow> {
  let [exact, partial, fields, wrong] = [0, 0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const document = documents[trial % documents.length];
    if (!document) throw new Error("no documents");
    const jpeg = await printAndScan(document.back, level, dpi, 1000 * dpi + trial, document.frontPage);
    const [first] = inspectPicture(await firstPicture(jpeg), keys);
    if (first.fieldsOk) fields += 1;
    const right = showsNothingElse(first, document.front);
    if (first.answer === "genuine" && right) exact += 1;
    else if (first.answer === "partial" && right) partial += 1;
    else if (first.answer === "genuine" || first.answer === "partial" || first.answer === "altered") wrong += 1;
  }
  const [{ cellPx } = { cellPx: 8 as CellSize }] = documents;
  return { level: name, dpi, cellPx, trials, exact, partial, fields, wrong };
}

/** Every strip that is said to be read is, line by line, that of the sealed front. */
function showsNothingElse({ front, strips }: Inspection, sealed: Bilevel): boolean {
  if (!front || front.bits.length !== sealed.bits.length) return false;
  const stride = Math.ceil(sealed.widthPx / 8);
  return strips.every((state, i) => {
    const [from, to] = [i, i + 1].map((each) => stripTop(sealed.heightPx, each) * stride);
    return state !== "ok" || Buffer.compare(front.bits.subarray(from, to), sealed.bits.subarray(from, to)) === 0;
  });
}
