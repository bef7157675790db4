import { canGiveAllChange } from "../../../devices/coin-vendor/denominate.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { HealthIssue, HealthPart, PartState } from "../../protocol/staff.ts";
import type { KioskDevices } from "../ports.ts";
import { healthIssues } from "./checks.ts";
import { conditionOf } from "./condition.ts";

/** Whether a citizen could be served now, and everything that is wrong. */
export interface Health {
  readonly serviceable: boolean;
  /** Why not: the code of the fault itself. */
  readonly code: ErrorCode | null;
  /** Which part; empty when all is well. */
  readonly device: HealthPart | "";
  readonly exactMoneyOnly: boolean;
  readonly noReceipt: boolean;
  /** Every device: connected, alive and able are three things. */
  readonly parts: readonly PartState[];
  /** The worst first. */
  readonly issues: readonly HealthIssue[];
}

/** Watches what an issuance needs; see `Health`. */
export interface HealthWatch {
  current(): Health;
  /** Looks again; tells only what changed. */
  refresh(): void;
  close(): void;
}

/**
 * Watches the devices' status, and whether an earlier session is still unsettled: nobody is asked for a card or a coin while
 * something that their issuance needs could not do its part.
 */
export function watchHealth(options: {
  readonly devices: KioskDevices;
  readonly unsettled: () => boolean;
  readonly deterrentCalibrated: () => boolean;
  readonly logger: Logger;
  readonly onChange: (health: Health) => void;
}): HealthWatch {
  const { devices, logger } = options;
  const look = (): Health => {
    const statuses = {
      cardReader: devices.cardReader.status(),
      coinVendor: devices.coinVendor.status(),
      certificatePrinter: devices.certificatePrinter.status(),
      receiptPrinter: devices.receiptPrinter.status(),
      cabinet: devices.cabinet.status(),
    };
    const journal = { part: "journal", connected: true, alive: true, able: !options.unsettled() } as const;
    const parts = (Object.keys(statuses) as (keyof KioskDevices)[]).map((part) => ({
      part,
      ...conditionOf(statuses[part]),
    }));
    const issues = healthIssues({
      devices: statuses,
      sensors: devices.cabinet.sensors(),
      changePayable: canGiveAllChange(devices.coinVendor.storageUnits()),
      unsettled: !journal.able,
      deterrentCalibrated: options.deterrentCalibrated(),
    });
    const closing = issues.find((issue) => issue.consequence === "outOfService");
    return {
      serviceable: closing === undefined,
      code: closing?.code ?? null,
      device: closing?.part ?? "",
      exactMoneyOnly: issues.some((issue) => issue.consequence === "exactMoneyOnly"),
      noReceipt: issues.some((issue) => issue.consequence === "noReceipt"),
      parts: [...parts, journal],
      issues,
    };
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
  const stops = [
    ...Object.values(devices).map((device) => device.onStatus(refresh)),
    devices.coinVendor.onStorageUnits(refresh),
    devices.cabinet.onSensors(refresh),
  ];
  refresh();
  return {
    current: () => current ?? look(),
    refresh,
    close() {
      for (const stop of stops) stop();
    },
  };
}
