import type { Clock, Timer } from "../kernel/clock.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Running } from "../kernel/process.ts";
import { ok, type Result } from "../kernel/result.ts";
import type { Signer } from "../protocol/statement.ts";
import { createFixer } from "./health/fixups.ts";
import { type Health, watchHealth } from "./health/health.ts";
import { startStaffSocket } from "./health/staff-socket.ts";
import { createIssuance, type Issuance } from "./issuance/issuance.ts";
import { createRecovery } from "./issuance/recovery.ts";
import type { Waits } from "./issuance/waits.ts";
import { startPanelServer } from "./panel/server.ts";
import type { Binding, Journal, KioskDevices, Renderer, Uplink } from "./ports.ts";
import { createOutboxSender } from "./tunnel/outbox.ts";
import type { Words } from "./words.ts";

/** What a kiosk is made of. `main.ts` makes them from `kiosk.yaml`; a test puts its own in. */
export interface KioskParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ids: IdSource;
  readonly devices: KioskDevices;
  readonly renderer: Renderer;
  readonly binding: Binding;
  readonly uplink: Uplink;
  readonly journal: Journal;
  readonly signer: Signer;
  readonly words: Words;
  /** Somebody has chosen for this printer how its deterrent text is printed. */
  readonly deterrentCalibrated: () => boolean;
}

export interface KioskSettings {
  readonly waits: Waits;
  readonly panel: {
    readonly port: number;
    readonly origins?: readonly string[];
    readonly page?: string | undefined;
    readonly framedBy?: readonly string[];
  };
  /** Unix socket for staff; without it nobody can ask for the kiosk's health. */
  readonly staffSocket?: string | undefined;
}

/** A running kiosk. */
export interface Kiosk extends Running {
  readonly issuance: Issuance;
  /** The kiosk's health as it is now. */
  health(): Health;
}

/**
 * Starts a kiosk: what an earlier run left open is settled, the devices are watched, the panel is served. The kiosk owns
 * its parts: `stop()` closes them. `K-CONF-105` when the panel's port is taken, `K-CONF-101` when its page was not built,
 * `K-NET-101` when the staff's socket cannot be made.
 */
export async function startKiosk(settings: KioskSettings, parts: KioskParts): Promise<Result<Kiosk>> {
  const { clock, logger, journal, uplink, devices } = parts;
  const outbox = createOutboxSender({ journal, uplink, clock, logger });
  const issuance = createIssuance({
    ...parts,
    waits: settings.waits,
    directory: { current: undefined },
    kickOutbox: outbox.kick,
  });
  const recovery = createRecovery({ journal, devices, clock, logger });
  const health = watchHealth({
    devices,
    // Within a session its own intents are open, and settled by it.
    deterrentCalibrated: parts.deterrentCalibrated,
    unsettled: () => issuance.idle() && (recovery.pending() || journal.openIntents().length > 0),
    logger,
    onChange: ({ serviceable, code, exactMoneyOnly, noReceipt }) => {
      issuance.tell({ type: "health", serviceable, code, exactMoneyOnly, noReceipt });
    },
  });
  let retry: Timer | undefined;
  let stopped = false;
  const tidyUp = () => {
    retry?.cancel();
    if (stopped || !issuance.idle() || !(recovery.pending() || journal.openIntents().length > 0)) return;
    void recovery.attempt().then(() => {
      if (stopped) return;
      health.refresh();
      outbox.kick();
      if (recovery.pending()) retry = clock.setTimer(settings.waits.recoveryMs, tidyUp);
    });
  };
  const stops = [
    devices.coinVendor.onStatus(tidyUp),
    devices.certificatePrinter.onStatus(tidyUp),
    issuance.onView(({ view }) => {
      if (view.step !== "language" && view.step !== "outOfService") return;
      health.refresh();
      tidyUp();
    }),
  ];
  const closeParts = async () => {
    stopped = true;
    retry?.cancel();
    for (const stop of stops) stop();
    health.close();
    await issuance.stop();
    await outbox.close();
    await uplink.close();
    await Promise.all(Object.values(devices).map((device) => device.close()));
    journal.close();
  };
  const panel = await startPanelServer({ ...settings.panel, subject: issuance, logger });
  if (!panel.ok) {
    await closeParts();
    return panel;
  }
  const fixer = createFixer({
    devices,
    health,
    clock,
    logger,
    settleEarlier: recovery.attempt,
    idle: () => issuance.idle(),
  });
  const staff = await startStaffSocket({
    path: settings.staffSocket,
    health: () => health.current(),
    serving: () => !issuance.idle(),
    fix: fixer.run,
    logger,
  });
  if (!staff.ok) {
    await panel.value.close();
    await closeParts();
    return staff;
  }
  tidyUp();
  outbox.kick();
  return ok({
    issuance,
    health: health.current,
    addresses: { panel: panel.value.url, page: panel.value.pageUrl },
    async stop() {
      await staff.value.close();
      await panel.value.close();
      await closeParts();
    },
  });
}
