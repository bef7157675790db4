import type { CabinetSensors } from "../../../devices/cabinet/port.ts";
import type { DeviceStatus } from "../../../devices/contract/device.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { type HealthConsequence, type HealthIssue, type HealthPart, healthConsequences } from "../../protocol/staff.ts";
import type { KioskDevices } from "../ports.ts";
import { conditionOf } from "./condition.ts";
import { suggestionsFor } from "./suggestions.ts";

/** What the checks look at. */
export interface HealthFacts {
  readonly devices: Readonly<Record<keyof KioskDevices, Pick<DeviceStatus, "word" | "cause">>>;
  /** What the cabinet's sensors see; undefined while it is away. */
  readonly sensors: Pick<CabinetSensors, "serviceDoorOpen" | "cashBoxOpen" | "upsLow"> | undefined;
  /** Every change that can become due could be given now. */
  readonly changePayable: boolean;
  /** Somebody has chosen for this printer how its deterrent text is printed. */
  readonly deterrentCalibrated: boolean;
  /** An earlier session's money or paper is not settled yet. */
  readonly unsettled: boolean;
}

/** What follows when a device does not work: only a receipt can be done without, if the citizen agrees. */
const withoutIt: Readonly<Record<keyof KioskDevices, HealthConsequence>> = {
  cardReader: "outOfService",
  coinVendor: "outOfService",
  certificatePrinter: "outOfService",
  receiptPrinter: "noReceipt",
  cabinet: "outOfService",
};

/** What nobody may be served beside: an open machine, money that lies bare, a power that is about to fail. */
const closingSensors = [
  ["serviceDoorOpen", "K-CAB-106"],
  ["cashBoxOpen", "K-CAB-107"],
  ["upsLow", "K-CAB-108"],
] as const;

/** Every check of the kiosk's health, in the order in which they are told: what closes the kiosk comes first. */
export function healthIssues(facts: HealthFacts): HealthIssue[] {
  const issues: HealthIssue[] = [];
  const cabinetAble = conditionOf(facts.devices.cabinet).able;
  const tell = (part: HealthPart, code: ErrorCode, consequence: HealthConsequence) => {
    const condition =
      part === "journal" ? { connected: true, alive: true, able: false } : conditionOf(facts.devices[part]);
    issues.push({ part, code, consequence, suggestions: suggestionsFor(part, code, { condition, cabinetAble }) });
  };
  for (const part of Object.keys(withoutIt) as (keyof KioskDevices)[]) {
    const { cause } = facts.devices[part];
    const { able } = conditionOf(facts.devices[part]);
    if (!able) tell(part, cause?.code ?? "K-KIOSK-110", withoutIt[part]);
    // It works and has something to say: paper or toner is nearly at its end.
    else if (cause) tell(part, cause.code, "watch");
  }
  for (const [sensor, code] of closingSensors)
    if (cabinetAble && facts.sensors?.[sensor]) tell("cabinet", code, "outOfService");
  if (conditionOf(facts.devices.certificatePrinter).able && !facts.deterrentCalibrated)
    tell("certificatePrinter", "K-PRINT-210", "watch");
  if (facts.unsettled) tell("journal", "K-KIOSK-121", "outOfService");
  if (conditionOf(facts.devices.coinVendor).able && !facts.changePayable)
    tell("coinVendor", "K-KIOSK-111", "exactMoneyOnly");
  return issues.sort((a, b) => healthConsequences.indexOf(a.consequence) - healthConsequences.indexOf(b.consequence));
}
