import { attribute, collection, type IppAttribute, integer, keyword, nameText } from "../ipp/message.ts";

/** What the simulated printer says of its trays and its toner. */

/** A tray of another size than A4, in hundredths of millimetres. */
export interface SecondTray {
  readonly media: string;
  readonly xDimension: number;
  readonly yDimension: number;
  readonly sheets: number;
}

export interface Stock {
  /** Sheets in the A4 tray, and what it holds. */
  readonly sheets: number;
  readonly capacity: number;
  readonly secondTray: SecondTray | undefined;
  readonly tonerPercent: number;
  /** Says more than which media are ready. */
  readonly describes: boolean;
}

export const A4_TRAY = "tray-1";
const SECOND_TRAY = "tray-2";
const SECOND_CAPACITY = 100;
const LOW_TONER_PERCENT = 10;

/** `media-ready`, and where it lies, how much of it there is and how much toner (PWG 5100.3 and 5100.13). */
export function stockAttributes(stock: Stock): readonly IppAttribute[] {
  const { sheets, capacity, secondTray } = stock;
  const a4 = { media: "iso_a4_210x297mm", xDimension: 21_000, yDimension: 29_700, sheets };
  const trays = [
    { ...a4, source: A4_TRAY, capacity },
    ...(secondTray ? [{ ...secondTray, source: SECOND_TRAY, capacity: SECOND_CAPACITY }] : []),
  ];
  const ready = trays.filter((tray) => tray.sheets > 0);
  const [first, ...more] = ready.map(({ media }) => keyword(media));
  const media = attribute("media-ready", ...(first ? [first, ...more] : [noValue]));
  if (!stock.describes) return [media];
  return [
    media,
    attribute("media-col-ready", ...(ready.length > 0 ? ready.map(mediaColOf) : [noValue])),
    attribute("printer-input-tray", ...trays.map(inputTrayOf)),
    attribute("marker-names", nameText("Black Toner")),
    attribute("marker-types", keyword("toner-cartridge")),
    attribute("marker-levels", integer(stock.tonerPercent)),
    attribute("marker-low-levels", integer(LOW_TONER_PERCENT)),
  ];
}

/** A reason of `printer-state-reasons` that the second tray gives; without a severity, which counts as an error. */
export function stockReasons({ secondTray }: Pick<Stock, "secondTray">): readonly string[] {
  return secondTray?.sheets === 0 ? ["media-empty"] : [];
}

const noValue = { tag: "outOfBand", reason: "no-value" } as const;

type Tray = SecondTray & { readonly source: string; readonly capacity: number };

function mediaColOf({ xDimension, yDimension, source }: Tray) {
  const size = collection(attribute("x-dimension", integer(xDimension)), attribute("y-dimension", integer(yDimension)));
  return collection(attribute("media-size", size), attribute("media-source", keyword(source)));
}

function inputTrayOf({ xDimension, yDimension, sheets, capacity, source }: Tray) {
  const measures = `mediafeed=${yDimension * 10};mediaxfeed=${xDimension * 10}`;
  const described = `type=sheetFeedAutoRemovableTray;${measures};maxcapacity=${capacity};level=${sheets};status=0;name=${source};`;
  return { tag: "octetString", value: Buffer.from(described, "utf8") } as const;
}
