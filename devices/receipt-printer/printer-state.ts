import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { DeviceStatusWord } from "../contract/device.ts";
import type { StatusFlag } from "./escpos/status.ts";

/** What keeps a printer from printing, the gravest first. `word`: who can mend it, hands or a technician. */
const faults = [
  { flag: "unrecoverableError", code: "K-RCPT-105", word: "hardwareError" },
  { flag: "cutterError", code: "K-RCPT-103", word: "hardwareError" },
  { flag: "mechanicalError", code: "K-RCPT-105", word: "hardwareError" },
  { flag: "coverOpen", code: "K-RCPT-102", word: "userError" },
  { flag: "paperEnd", code: "K-RCPT-101", word: "userError" },
  { flag: "overheated", code: "K-RCPT-104", word: "hardwareError" },
  { flag: "error", code: "K-RCPT-105", word: "hardwareError" },
  { flag: "offline", code: "K-RCPT-106", word: "userError" },
  { flag: "feeding", code: "K-RCPT-106", word: "userError" },
] as const satisfies readonly { flag: StatusFlag; code: `K-RCPT-${number}`; word: DeviceStatusWord }[];

/** The device status for what the printer says. A roll that is nearly at its end keeps `online` and is its cause. */
export function statusOf(flags: ReadonlySet<StatusFlag>): {
  readonly word: DeviceStatusWord;
  readonly cause?: Failure;
} {
  const fault = faults.find(({ flag }) => flags.has(flag));
  if (fault) return { word: fault.word, cause: failure(fault.code) };
  return flags.has("paperNearEnd") ? { word: "online", cause: failure("K-RCPT-109") } : { word: "online" };
}

/** The failure that keeps it from printing now; undefined when it can print. */
export function faultOf(flags: ReadonlySet<StatusFlag>): Failure | undefined {
  const { word, cause } = statusOf(flags);
  return word === "online" ? undefined : cause;
}
