import type { DeviceName } from "../../../../devices/contract/device-names.ts";
import type { PortOpener } from "../../../../devices/contract/port.ts";
import { ok, type Result } from "../../../kernel/result.ts";
import { type LinkNews, tapOpener } from "../recording/link-news.ts";
import type { Question } from "../recording/player.ts";
import type { Driven, DrivenContext } from "./driven.ts";

/** Devices on a link of bytes; the other two are asked and answer. Only the driver that is wanted is loaded. */
const linked = {
  "coin-vendor": async () => (await import("./coin-vendor.ts")).driveCoinVendor,
  "receipt-printer": async () => (await import("./receipt-printer.ts")).driveReceiptPrinter,
  cabinet: async () => (await import("./cabinet.ts")).driveCabinet,
} as const;
export type LinkedDevice = keyof typeof linked;

/** Whether the device sits on a link of bytes (`serial:`, `unix:`, `tcp:`). */
export function isLinked(device: DeviceName): device is LinkedDevice {
  return Object.hasOwn(linked, device);
}

/** How the device is reached, and who listens. */
export interface Reach extends DrivenContext {
  readonly tap: (news: LinkNews) => void;
  /** For the devices that are asked and answer. */
  readonly address: string;
  /** For the devices on a link of bytes. */
  readonly opener: PortOpener;
  /** Instead of the address of the certificate printer: for a replay. */
  readonly exchange?: (question: Question) => Promise<Result<Uint8Array>>;
}

/** The real driver of a device, to be driven by hand. `K-LINK-103` when the address is none for it. */
export async function openDriven(device: DeviceName, reach: Reach): Promise<Result<Driven>> {
  const { clock, logger } = reach;
  if (isLinked(device)) {
    const drive = await linked[device]();
    return ok(drive({ clock, logger, opener: tapOpener(reach.opener, reach.tap) }));
  }
  if (device === "card-reader") return (await import("./card-reader.ts")).driveCardReader(reach);
  return (await import("./certificate-printer.ts")).driveCertificatePrinter(reach);
}
