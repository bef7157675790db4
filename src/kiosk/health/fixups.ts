import { type Clock, withTimeout } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { FixupId, HealthPart } from "../../protocol/staff.ts";
import type { KioskDevices } from "../ports.ts";
import type { HealthWatch } from "./health.ts";

/** How long the reader's power is off: longer than its capacitors last, shorter than patience. */
const READER_OFF_MS = 3_000;
/** A fixup that takes longer than its device's own time-outs has hung. */
const FIXUP_TIMEOUT_MS = 60_000;

/** Mends what it is told to; see `createFixer`. */
export interface Fixer {
  /** `true` when what it was suggested for is gone afterwards. */
  run(part: HealthPart, fixup: FixupId): Promise<Result<boolean>>;
}

/**
 * Carries out a fixup that health suggests now. `K-KIOSK-132` while a citizen is served or another fixup is under way,
 * `K-KIOSK-133` when nothing that is wrong calls for it; otherwise what the device answered.
 */
export function createFixer(deps: {
  readonly devices: KioskDevices;
  readonly health: HealthWatch;
  /** Tries to settle what an earlier session left open. */
  readonly settleEarlier: () => Promise<void>;
  /** Nobody is served. */
  readonly idle: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}): Fixer {
  const { devices, health, clock, logger } = deps;
  let underWay = false;

  const fixups: Readonly<Record<FixupId, (part: HealthPart) => Promise<Result<void>>>> = {
    reopen: async (part) => (part === "journal" ? fail("K-KIOSK-133", { part }) : devices[part].reopen()),
    powerCycleReader: async () => {
      const off = await devices.cabinet.powerCycle("cardReader", READER_OFF_MS);
      // The reader comes back by itself; opening it anew shows whether it did.
      return off.ok ? devices.cardReader.reopen() : off;
    },
    clearQueue: () => devices.certificatePrinter.clearQueue(),
    resumePrinter: () => devices.certificatePrinter.resume(),
    recoverReceiptPrinter: () => devices.receiptPrinter.recover(),
    settleEarlier: async () => ok(await deps.settleEarlier()),
  };

  const wrong = (part: HealthPart, fixup: FixupId) =>
    health
      .current()
      .issues.filter((issue) => issue.part === part && issue.suggestions.some((one) => one.fixup === fixup))
      .map(({ code }) => code);

  return {
    async run(part, fixup) {
      if (underWay || !deps.idle()) return fail("K-KIOSK-132", { part, fixup });
      const before = wrong(part, fixup);
      if (before.length === 0) return fail("K-KIOSK-133", { part, fixup });
      underWay = true;
      const what = `fixup ${fixup}`;
      const done = await withTimeout(clock, { timeoutMs: FIXUP_TIMEOUT_MS, what }, () => fixups[fixup](part));
      underWay = false;
      health.refresh();
      const still = health.current().issues.filter((issue) => issue.part === part && before.includes(issue.code));
      const mended = done.ok && still.length === 0;
      logger.event("health.fixup", { part, fixup, mended, code: done.ok ? "" : done.error.code });
      return done.ok ? ok(mended) : done;
    },
  };
}
