import { canGiveAllChange } from "../../../devices/coin-vendor/denominate.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import type { Logger } from "../../kernel/logger.ts";

import type { KioskDevices } from "../ports.ts";

/** Whether a citizen could be served now. */
export interface Health {
  readonly serviceable: boolean;
  /** Why not: the code of the fault itself. */
  readonly code: ErrorCode | null;
  /** Which device, or `journal`; empty when all is well. */
  readonly device: string;
  readonly exactMoneyOnly: boolean;
}

/** Watches what an issuance needs; see `Health`. */
export interface HealthWatch {
  current(): Health;
  /** Looks again; tells only what changed. */
  refresh(): void;
  close(): void;
}

/** Every device is needed: nobody is asked for a card or a coin while one of them could not do its part. */
const NEEDED = ["cardReader", "coinVendor", "certificatePrinter", "receiptPrinter", "cabinet"] as const;
/** A device that is busy works. */
const WORKING: ReadonlySet<string> = new Set(["online", "deviceBusy"]);

/** Watches the devices' status, and whether an earlier session is still unsettled. */
export function watchHealth(options: {
  readonly devices: KioskDevices;
  readonly unsettled: () => boolean;
  readonly logger: Logger;
  readonly onChange: (health: Health) => void;
}): HealthWatch {
  const { devices, logger } = options;
  const look = (): Health => {
    const exactMoneyOnly = !canGiveAllChange(devices.coinVendor.storageUnits());
    for (const device of NEEDED) {
      const { word, cause } = devices[device].status();
      if (!WORKING.has(word)) return { serviceable: false, code: cause?.code ?? "K-KIOSK-110", device, exactMoneyOnly };
    }
    if (options.unsettled()) return { serviceable: false, code: "K-KIOSK-121", device: "journal", exactMoneyOnly };
    return { serviceable: true, code: null, device: "", exactMoneyOnly };
  };
  let current: Health | undefined;
  const refresh = () => {
    const next = look();
    const same = current && JSON.stringify(current) === JSON.stringify(next);
    if (same) return;
    const changed = current?.serviceable !== next.serviceable || current.code !== next.code;
    current = next;
    if (changed) {
      const { serviceable, code, device } = next;
      logger.event("kiosk.serviceable", { serviceable, code: code ?? "", device });
    }
    options.onChange(next);
  };
  const stops = NEEDED.map((device) => devices[device].onStatus(refresh));
  refresh();
  return {
    current: () => current ?? look(),
    refresh,
    close() {
      for (const stop of stops) stop();
    },
  };
}
