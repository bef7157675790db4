import type { Logger } from "../kernel/logger.ts";
import { type DeterrentFile, defaultChoice, readChoice } from "../security-print/deterrent/choice.ts";
import type { DeterrentChoice } from "../security-print/deterrent/steps.ts";

/** How this kiosk's printer gets its deterrent text. The file is read anew each time: a choice needs no restart. */
export interface DeterrentSetting {
  /** What was chosen for this printer, else the default: a certificate never goes without. */
  choice(): DeterrentChoice;
  calibrated(): boolean;
}

/**
 * The setting from the file in the kiosk's data folder. A choice that was made for another printer (`printer-uuid`) does not
 * count; which printer it is, is not known before it has answered, and then the choice is believed.
 */
export function createDeterrentSetting(options: {
  readonly folder: string;
  readonly printerUuid: () => string | undefined;
  readonly logger: Logger;
}): DeterrentSetting {
  const chosen = (): DeterrentFile | undefined => {
    const file = readChoice(options.folder);
    if (!file.ok) options.logger.event("printer.deterrentUnreadable", { code: file.error.code });
    if (!file.ok || !file.value) return undefined;
    const uuid = options.printerUuid();
    return uuid === undefined || file.value.printer === null || file.value.printer === uuid ? file.value : undefined;
  };
  return {
    choice() {
      const { front, back } = chosen() ?? defaultChoice;
      return { front, back };
    },
    calibrated: () => chosen() !== undefined,
  };
}
