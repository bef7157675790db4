import type { Effect } from "../flow/effect.ts";
import type { CompletionEvent } from "../flow/events.ts";

/**
 * What an effect that met a bug counts as: the flow must be told exactly one thing, and nothing is claimed that is not
 * proved. Undefined for effects without a completion.
 */
export function crashed(effect: Effect): CompletionEvent | undefined {
  const code = "K-KIOSK-131";
  switch (effect.effect) {
    case "loadDirectory":
      return { type: "directoryFailed", code };
    case "identifyCard":
      return { type: "cardFailed", code };
    case "authenticate":
      return { type: "authenticationFailed", code };
    case "apply":
      return { type: "applyFailed", code };
    case "prepare":
      return { type: "prepareFailed", code };
    case "compose":
      return { type: "composeFailed", code };
    case "checkDevices":
      return { type: "notReady", code };
    case "openSlot":
      return { type: "slotFailed", code };
    case "closeSlot":
      return { type: "slotNotClosed", code };
    case "returnEscrow":
      return { type: "escrowNotReturned", code, certain: false };
    case "acceptEscrow":
      return { type: "escrowUnknown", code };
    case "submitCopy":
      return { type: "copyUnknown", copy: effect.copy, code };
    case "settleCopy":
      return { type: "copySettled", copy: effect.copy, state: "unknown", impressions: 0 };
    case "payOut":
      return { type: "paidOut", purpose: effect.purpose, paidYen: 0 };
    case "printReceipt":
      return { type: "receiptFailed", code };
    case "pause":
      return { type: "resumed" };
    case "finish":
      return { type: "wiped", clean: false };
    default:
      return undefined;
  }
}
