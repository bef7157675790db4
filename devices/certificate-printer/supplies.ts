import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import { type IppGroup, textsOf, valuesOf } from "./ipp/message.ts";
import type { PrinterSupply } from "./port.ts";
import { keyValues, numberIn, paperOf } from "./trays.ts";

/**
 * What is used up: toner by the marker attributes that CUPS introduced, or by `printer-supply` (PWG 5100.13) where those
 * are missing; paper by the trays. Levels are percent; -1, -2 and -3 (RFC 3805: other, unknown, some) are no number.
 */

/** What is asked of the printer about its supplies. */
export const supplyAttributes = [
  "marker-names",
  "marker-types",
  "marker-levels",
  "marker-low-levels",
  "printer-supply",
  "printer-supply-description",
] as const;

/** A printer has a handful; what comes after is not looked at. */
const MAX_SUPPLIES = 32;
const MAX_NAME_LENGTH = 80;
/** What is low when the printer does not say from where on it is. */
const LOW_PERCENT = 10;

/** All supplies that the printer tells of; paper last. */
export function suppliesOf(printer: IppGroup | undefined): readonly PrinterSupply[] {
  const markers = markersOf(printer);
  const toner = markers.length > 0 ? markers : describedSupplies(printer);
  const paper = paperOf(printer);
  const low = paper.percent === undefined ? saysLow(printer, "media-low") : paper.percent <= LOW_PERCENT;
  const named: PrinterSupply = { kind: "paper", name: "A4", percent: paper.percent, low };
  return [
    ...noticed(printer, toner),
    ...(paper.a4 === "unknown" && paper.percent === undefined && !low ? [] : [named]),
  ];
}

/** The warning for supplies that are low: the printer still prints. */
export function supplyWarning(supplies: readonly PrinterSupply[]): Failure | undefined {
  const low = (kind: PrinterSupply["kind"]) => supplies.find((supply) => supply.kind === kind && supply.low);
  const [paper, toner] = [low("paper"), low("toner")];
  if (paper) return failure("K-PRINT-209", detailOf(paper));
  return toner ? failure("K-PRINT-208", detailOf(toner)) : undefined;
}

function detailOf({ name, percent }: PrinterSupply) {
  return percent === undefined ? { supply: name } : { supply: name, percent };
}

/** A printer that says in its state reasons that toner is low, and not of which supply, means what it has of it. */
function noticed(printer: IppGroup | undefined, toner: readonly PrinterSupply[]): readonly PrinterSupply[] {
  if (!saysLow(printer, "toner-low") && !saysLow(printer, "marker-supply-low")) return toner;
  if (toner.some(({ kind, low }) => kind === "toner" && low)) return toner;
  return [...toner, { kind: "toner", name: "", percent: undefined, low: true }];
}

function saysLow(printer: IppGroup | undefined, reason: string): boolean {
  return textsOf(printer, "printer-state-reasons").some(
    (said) => said.replace(/-(report|warning|error)$/, "") === reason,
  );
}

function markersOf(printer: IppGroup | undefined): readonly PrinterSupply[] {
  const numbers = (name: string) =>
    valuesOf(printer, name).map((value) => (value.tag === "integer" ? value.value : undefined));
  const [names, types] = [textsOf(printer, "marker-names"), textsOf(printer, "marker-types")];
  const thresholds = numbers("marker-low-levels");
  return numbers("marker-levels")
    .slice(0, MAX_SUPPLIES)
    .map((level, index) => supplyOf(types[index], names[index], level, thresholds[index]));
}

/** `printer-supply`: `type=toner;class=supplyThatIsConsumed;unit=percent;maxcapacity=100;level=75;…`. */
function describedSupplies(printer: IppGroup | undefined): readonly PrinterSupply[] {
  const names = textsOf(printer, "printer-supply-description");
  return valuesOf(printer, "printer-supply")
    .slice(0, MAX_SUPPLIES)
    .flatMap((value, index) => {
      if (value.tag !== "octetString") return [];
      const said = keyValues(value.value);
      const [level, capacity] = [numberIn(said.get("level")), numberIn(said.get("maxcapacity"))];
      const share = capacity > 0 && level >= 0 ? (100 * level) / capacity : undefined;
      const percent = said.get("unit") === "percent" ? level : share;
      const type = said.get("class") === "receptacleThatIsFilled" ? "waste" : said.get("type");
      return [supplyOf(type, names[index] ?? said.get("colorantname"), percent, undefined)];
    });
}

function supplyOf(
  type: string | undefined,
  name: string | undefined,
  level: number | undefined,
  threshold: number | undefined,
): PrinterSupply {
  const kind = type !== undefined && /^(toner|ink)/i.test(type) && !/waste/i.test(type) ? "toner" : "other";
  const percent = level !== undefined && level >= 0 && level <= 100 ? Math.round(level) : undefined;
  const lowFrom = threshold !== undefined && threshold >= 0 && threshold < 100 ? threshold : LOW_PERCENT;
  return {
    kind,
    name: (name ?? "").replace(/[^\p{L}\p{N}\p{P}\p{Zs}]/gu, "").slice(0, MAX_NAME_LENGTH),
    percent,
    low: kind === "toner" && percent !== undefined && percent <= lowFrom,
  };
}
