import type { DeviceStatus } from "../../../devices/contract/device.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import type { PartState } from "../../protocol/staff.ts";

/** A device that is busy works. */
const WORKING: ReadonlySet<string> = new Set(["online", "deviceBusy"]);
/** Words of a device that speaks to nobody. */
const AWAY: ReadonlySet<string> = new Set(["offline", "powerOff", "noDevice"]);

/** Causes of `offline` that mean: there is no connection at all, so that nobody could have answered. */
const NO_CONNECTION: ReadonlySet<ErrorCode> = new Set([
  "K-LINK-101",
  "K-LINK-102",
  "K-LINK-106",
  "K-CMD-102",
  "K-CARD-105",
  "K-CARD-109",
  "K-PRINT-101",
]);

/** Connected, alive and able, from what a device says of itself; a device that is away without a cause has not been met yet. */
export function conditionOf({ word, cause }: Pick<DeviceStatus, "word" | "cause">): Omit<PartState, "part"> {
  const alive = !AWAY.has(word);
  const connected = alive || (cause !== undefined && !NO_CONNECTION.has(cause.code));
  return { connected, alive, able: WORKING.has(word) };
}
