import type { DeviceName } from "../../../../devices/contract/device-names.ts";
import type { PortOpener } from "../../../../devices/contract/port.ts";
import { ok, type Result } from "../../../kernel/result.ts";
import { type LinkNews, tapOpener } from "../recording/link-news.ts";
import type { Question } from "../recording/player.ts";
import { driveCabinet } from "./cabinet.ts";
import { driveCardReader } from "./card-reader.ts";
import { driveCertificatePrinter } from "./certificate-printer.ts";
import { driveCoinVendor } from "./coin-vendor.ts";
import type { Driven, DrivenContext } from "./driven.ts";
import { driveReceiptPrinter } from "./receipt-printer.ts";

/** Devices on a link of bytes; the other two are asked and answer. */
const linked = {
  "coin-vendor": driveCoinVendor,
  "receipt-printer": driveReceiptPrinter,
  cabinet: driveCabinet,
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
export function openDriven(device: DeviceName, reach: Reach): Result<Driven> {
  const { clock, logger } = reach;
  if (isLinked(device)) return ok(linked[device]({ clock, logger, opener: tapOpener(reach.opener, reach.tap) }));
  return device === "card-reader" ? driveCardReader(reach) : driveCertificatePrinter(reach);
}
