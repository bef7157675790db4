import type { Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "../contract/device.ts";

/** A receipt as lines; words come from `ui/locales` through the caller. No personal data. */
export interface Receipt {
  readonly title: string;
  readonly lines: readonly ReceiptLine[];
}

export type ReceiptLine =
  /** Text from the left, or label left and value right. */
  | {
      readonly kind: "text";
      readonly text: string;
      readonly align?: "left" | "center" | "right";
      readonly bold?: boolean;
    }
  | { readonly kind: "pair"; readonly label: string; readonly value: string; readonly bold?: boolean }
  | { readonly kind: "rule" }
  | { readonly kind: "feed"; readonly lines: number };

/** A receipt printer that speaks ESC/POS. */
export interface ReceiptPrinter extends Device {
  /** Real-time status now: paper, cover, cutter. */
  check(options?: CommandOptions): Promise<Result<void>>;
  /**
   * Lets the printer go on after what blocked its cutter was taken out, and looks whether it does. What it held back is
   * dropped: it belonged to somebody else.
   */
  recover(options?: CommandOptions): Promise<Result<void>>;
  /** Prints and cuts; completes when the printer reports that it is idle again and has paper. */
  print(receipt: Receipt, options?: CommandOptions): Promise<Result<void>>;
}
