import type { DeviceStatus } from "../../../devices/contract/device.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import type { KioskDevices } from "../ports.ts";

/** What of the kiosk can be ill. */
export type HealthPart = keyof KioskDevices | "journal";

/** What an issue means for a citizen; from the worst to none. */
export type HealthConsequence = "outOfService" | "exactMoneyOnly" | "noReceipt" | "watch";

/** One thing that is wrong: where, why (the code has a cause and a clerk's sentence), and what follows for citizens. */
export interface HealthIssue {
  readonly part: HealthPart;
  readonly code: ErrorCode;
  readonly consequence: HealthConsequence;
}

/** What the checks look at. */
export interface HealthFacts {
  readonly devices: Readonly<Record<keyof KioskDevices, Pick<DeviceStatus, "word" | "cause">>>;
  /** Every change that can become due could be given now. */
  readonly changePayable: boolean;
  /** An earlier session's money or paper is not settled yet. */
  readonly unsettled: boolean;
}

/** A device that is busy works. */
const WORKING: ReadonlySet<string> = new Set(["online", "deviceBusy"]);

/** What follows when a device does not work: only a receipt can be done without, if the citizen agrees. */
const withoutIt: Readonly<Record<keyof KioskDevices, HealthConsequence>> = {
  cardReader: "outOfService",
  coinVendor: "outOfService",
  certificatePrinter: "outOfService",
  receiptPrinter: "noReceipt",
  cabinet: "outOfService",
};

/** Every check of the kiosk's health, in the order in which they are told: what closes the kiosk comes first. */
export function healthIssues(facts: HealthFacts): HealthIssue[] {
  const issues: HealthIssue[] = [];
  for (const part of Object.keys(withoutIt) as (keyof KioskDevices)[]) {
    const { word, cause } = facts.devices[part];
    if (!WORKING.has(word)) issues.push({ part, code: cause?.code ?? "K-KIOSK-110", consequence: withoutIt[part] });
    // It works and has something to say: paper or toner is nearly at its end.
    else if (cause) issues.push({ part, code: cause.code, consequence: "watch" });
  }
  if (facts.unsettled) issues.push({ part: "journal", code: "K-KIOSK-121", consequence: "outOfService" });
  if (WORKING.has(facts.devices.coinVendor.word) && !facts.changePayable)
    issues.push({ part: "coinVendor", code: "K-KIOSK-111", consequence: "exactMoneyOnly" });
  const rank: readonly HealthConsequence[] = ["outOfService", "exactMoneyOnly", "noReceipt", "watch"];
  return issues.sort((a, b) => rank.indexOf(a.consequence) - rank.indexOf(b.consequence));
}
