import { cabinetWorld } from "./rigs/cabinet.ts";
import { certificatePrinterOverTcp } from "./rigs/certificate-printer.ts";
import { coinVendorWorld } from "./rigs/coin-vendor.ts";
import { receiptPrinterWorld } from "./rigs/receipt-printer.ts";
import { onPty, onUnixSocket } from "./support/carrier.ts";
import { deviceContract, type Rig } from "./support/contract.ts";

/**
 * What the system itself carries takes real time: a few places of each session, and what a link in memory cannot show.
 * Every byte is tried in stepped time. The card reader's own contract runs over its real socket.
 */
const common = {
  outageMs: 200,
  sideBySide: 6,
  concurrent: true,
  stepped: false,
  losesBytes: false,
  only: ["session", "unplugged", "cancelled", "closed"],
} as const satisfies Partial<Rig>;

deviceContract("the coin vendor on a serial port", {
  ...common,
  only: [...common.only, "noise"],
  make: () => coinVendorWorld(onPty()),
  stride: 331,
  frameStride: 41,
  commandTimeoutMs: 30_000,
});
deviceContract("the receipt printer on a serial port", {
  ...common,
  make: () => receiptPrinterWorld(onPty()),
  stride: 61,
  frameStride: 4,
  commandTimeoutMs: 15_000,
});
deviceContract("the cabinet on the bridge's socket", {
  ...common,
  make: () => cabinetWorld(onUnixSocket()),
  stride: 331,
  frameStride: 5,
  commandTimeoutMs: 1_000,
});
deviceContract("the certificate printer over TCP", {
  ...common,
  make: certificatePrinterOverTcp,
  stride: 1_301,
  frameStride: 4,
  commandTimeoutMs: 30_000,
});
