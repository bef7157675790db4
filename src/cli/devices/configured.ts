import { existsSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DeviceName } from "../../../devices/contract/device-names.ts";
import { loadConfig } from "../../kernel/config.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { kioskConfig } from "../../kiosk/config.ts";
import type { Attached } from "./attached.ts";

/** A device of a kiosk's configuration and where it is said to be. */
export interface Configured {
  readonly device: DeviceName | "note-acceptor";
  readonly address: string;
}

/** The devices of a kiosk: `place` is its kiosk.yaml, or the folder that holds it. `K-CONF-…`. */
export function configuredDevices(place: string): Result<readonly Configured[]> {
  const file = existsSync(place) && statSync(place).isDirectory() ? join(place, "kiosk.yaml") : place;
  const config = loadConfig(file, kioskConfig);
  if (!config.ok) return config;
  const { cardReader, coinVendor, certificatePrinter, receiptPrinter, cabinet, noteAcceptor } = config.value.devices;
  return ok([
    { device: "card-reader", address: cardReader },
    { device: "coin-vendor", address: coinVendor },
    { device: "certificate-printer", address: certificatePrinter },
    { device: "receipt-printer", address: receiptPrinter },
    { device: "cabinet", address: cabinet },
    ...(noteAcceptor === undefined ? [] : [{ device: "note-acceptor", address: noteAcceptor } as const]),
  ]);
}

/** Whether a configured address leads to this thing, by whatever name the port is called. */
export function leadsTo({ address }: Configured, thing: Attached): boolean {
  if (thing.kind === "pcscReader") return address.startsWith("pcsc:") && thing.path.includes(address.slice(5));
  if (thing.kind !== "serial") return address === thing.address;
  const path = /^serial:([^?]+)/.exec(address)?.[1];
  return path !== undefined && (path === thing.path || portOf(path) === portOf(thing.path));
}

function portOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
