import {
  attribute,
  collection,
  type IppAttribute,
  type IppGroup,
  integer,
  keyword,
  textsOf,
  valuesOf,
} from "./ipp/message.ts";

/**
 * Where the paper is: `media-ready` and `media-col-ready` (RFC 8011, section 5.2.11, and PWG 5100.3) say what is loaded,
 * `printer-input-tray` (PWG 5100.13) how much. Certificates are A4; paper of another size is none.
 */

/** What is asked of the printer about its trays. */
export const trayAttributes = ["media-ready", "media-col-ready", "media-col-supported", "printer-input-tray"] as const;

/** The paper for certificates, as far as the printer tells. */
export interface PaperSupply {
  /** `none`: it says what is loaded, and no A4 is among it. */
  readonly a4: "loaded" | "none" | "unknown";
  /** Percent of what the trays with A4 hold at most; undefined when it does not say. */
  readonly percent: number | undefined;
  /** Sheets are counted in a tray with A4: it has some, whatever another tray lacks. */
  readonly counted: boolean;
  /** The only tray with A4 among trays of several sizes; it is named in the job. */
  readonly source: string | undefined;
}

/** 210 × 297 mm as printers write it: hundredths of millimetres, micrometres, ten-thousandths of an inch. */
const A4_MEASURES: readonly (readonly [short: number, long: number])[] = [
  [21_000, 29_700],
  [210_000, 297_000],
  [82_677, 116_929],
];
const TOLERANCE = 0.01;
/** More than a printer has; what comes after is not looked at. */
const MAX_TRAYS = 32;
/** `prtInputCurrentLevel` (RFC 3805): at least one sheet is left. */
const SOME_LEFT = -3;

/** Reads everything that the printer says of its trays. What contradicts itself or is out of bounds is not said. */
export function paperOf(printer: IppGroup | undefined): PaperSupply {
  const ready = readyMedia(printer);
  const trays = inputTrays(printer).filter((tray) => isA4Tray(tray, ready));
  const counted = trays.some(({ level }) => level > 0 || level === SOME_LEFT);
  return {
    a4: loadedA4(printer, ready) ?? "unknown",
    percent: percentOf(trays),
    counted,
    source: singleSource(printer, ready),
  };
}

/** `media-col` of a job that is to be printed from one tray. */
export function mediaFrom(source: string): IppAttribute {
  const [x, y] = [integer(21_000), integer(29_700)];
  const size = collection(attribute("x-dimension", x), attribute("y-dimension", y));
  return attribute("media-col", collection(attribute("media-size", size), attribute("media-source", keyword(source))));
}

interface ReadyMedia {
  readonly a4: boolean;
  readonly source: string | undefined;
}

function readyMedia(printer: IppGroup | undefined): readonly ReadyMedia[] {
  return valuesOf(printer, "media-col-ready")
    .slice(0, MAX_TRAYS)
    .flatMap((value) => {
      if (value.tag !== "collection") return [];
      const media: IppGroup = { tag: "printer", attributes: value.members };
      const [size] = valuesOf(media, "media-size");
      if (size?.tag !== "collection") return [];
      const side = (name: string) => {
        const found = size.members.find((member) => member.name === name)?.values[0];
        return found?.tag === "integer" ? found.value : 0;
      };
      const [source] = textsOf(media, "media-source");
      return [{ a4: isA4(side("x-dimension"), side("y-dimension")), source }];
    });
}

function loadedA4(printer: IppGroup | undefined, ready: readonly ReadyMedia[]): "loaded" | "none" | undefined {
  const names = textsOf(printer, "media-ready");
  if (ready.some(({ a4 }) => a4) || names.some((name) => /^iso_a4[._]|_210x297mm$/.test(name))) return "loaded";
  const [first] = valuesOf(printer, "media-ready");
  const nothing = first?.tag === "outOfBand" && first.reason === "no-value";
  return nothing || names.length > 0 || ready.length > 0 ? "none" : undefined;
}

/** The tray to name: only when it is the one with A4 and the printer might take another. */
function singleSource(printer: IppGroup | undefined, ready: readonly ReadyMedia[]): string | undefined {
  const supported = textsOf(printer, "media-col-supported");
  if (!supported.includes("media-source") || !supported.includes("media-size")) return undefined;
  const [only, ...more] = ready.filter(({ a4 }) => a4);
  return more.length === 0 && ready.length > 1 ? only?.source : undefined;
}

interface InputTray {
  readonly name: string;
  readonly a4: boolean | undefined;
  readonly level: number;
  readonly capacity: number;
}

/** `printer-input-tray`: octet strings of `key=value;`. A tray without its two measures has an unknown size. */
function inputTrays(printer: IppGroup | undefined): readonly InputTray[] {
  return valuesOf(printer, "printer-input-tray")
    .slice(0, MAX_TRAYS)
    .flatMap((value) => {
      if (value.tag !== "octetString") return [];
      const said = keyValues(value.value);
      const [feed, across] = [numberIn(said.get("mediafeed")), numberIn(said.get("mediaxfeed"))];
      const a4 = feed > 0 && across > 0 ? isA4(across, feed) : undefined;
      const [level, capacity] = [numberIn(said.get("level")), numberIn(said.get("maxcapacity"))];
      return [{ name: said.get("name") ?? "", a4, level, capacity }];
    });
}

/** A tray is one for A4 by its own measures, or by what lies ready in it. */
function isA4Tray(tray: InputTray, ready: readonly ReadyMedia[]): boolean {
  return tray.a4 ?? ready.some(({ a4, source }) => a4 && source === tray.name);
}

function percentOf(trays: readonly InputTray[]): number | undefined {
  const known = trays.filter(({ level, capacity }) => level >= 0 && capacity > 0 && level <= capacity);
  const capacity = known.reduce((sum, tray) => sum + tray.capacity, 0);
  if (known.length < trays.length || capacity === 0) return undefined;
  return Math.round((100 * known.reduce((sum, tray) => sum + tray.level, 0)) / capacity);
}

function isA4(x: number, y: number): boolean {
  const [short, long] = [Math.min(x, y), Math.max(x, y)];
  return A4_MEASURES.some(([s, l]) => Math.abs(short - s) <= s * TOLERANCE && Math.abs(long - l) <= l * TOLERANCE);
}

/** The most of one description that is looked at; those seen have some two hundred octets. */
const MAX_DESCRIPTION_BYTES = 1_024;

/** The `key=value;` pairs of PWG 5100.13; the first of a key counts. */
export function keyValues(bytes: Uint8Array): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of Buffer.from(bytes.subarray(0, MAX_DESCRIPTION_BYTES)).toString("utf8").split(";")) {
    const equals = pair.indexOf("=");
    const key = pair.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (key !== "" && !pairs.has(key)) pairs.set(key, pair.slice(equals + 1).trim());
  }
  return pairs;
}

/** A whole number; -2, which means unknown in RFC 3805, for everything else. */
export function numberIn(text: string | undefined): number {
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : -2;
}
