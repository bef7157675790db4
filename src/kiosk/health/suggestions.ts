import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import type { FixupId, HealthPart, PartState, Suggestion } from "../../protocol/staff.ts";

/** What a suggestion depends on besides the part and the code. */
export interface Circumstances {
  readonly condition: Omit<PartState, "part">;
  /** The cabinet can switch a relay now. */
  readonly cabinetAble: boolean;
}

/** Fixups for causes that have one of their own. */
const fixupsOf: Partial<Record<ErrorCode, readonly FixupId[]>> = {
  "K-PRINT-103": ["clearQueue"],
  "K-PRINT-205": ["resumePrinter"],
  "K-RCPT-103": ["recoverReceiptPrinter"],
  "K-RCPT-105": ["recoverReceiptPrinter"],
  "K-RCPT-106": ["reopen"],
  "K-KIOSK-121": ["settleEarlier"],
};

/**
 * What can be done about an issue, in the order in which to try it: what the clerk does with hands or telephone, then what
 * the kiosk can do by itself when told to. A device that is away is connected anew; a reader may also lose its power for
 * a moment, as long as the cabinet can do that.
 */
export function suggestionsFor(
  part: HealthPart,
  code: ErrorCode,
  { condition, cabinetAble }: Circumstances,
): Suggestion[] {
  const fixups: FixupId[] = [...(fixupsOf[code] ?? [])];
  if (part !== "journal" && !condition.alive && !fixups.includes("reopen")) fixups.push("reopen");
  if (part === "cardReader" && !condition.alive && cabinetAble) fixups.push("powerCycleReader");
  return [{ sentence: `clerk.${code}` }, ...fixups.map((fixup): Suggestion => ({ sentence: `fixup.${fixup}`, fixup }))];
}
