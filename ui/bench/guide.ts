import type { BenchState } from "../../src/town/bench/protocol.ts";
import type { BenchView } from "./connection.ts";

/**
 * What a person could do next, as a key of the words: from the step that the kiosk logged last and from what lies at the
 * machine.
 */
export function guideKey({ entries, state }: BenchView): string {
  if (!state) return "guide.wait";
  const kiosk = state.processes.find((process) => process.name === "kiosk");
  if (kiosk && kiosk.state !== "running") return "guide.kioskAway";
  let step = "";
  for (let i = entries.length - 1; i >= 0 && step === ""; i--) {
    const entry = entries[i];
    if (entry?.source !== "kiosk" || entry.kind !== "event") continue;
    if (entry.name === "session.step") step = String(entry.detail.step);
    else if (entry.name === "session.wiped" || entry.name === "process.started") step = "idle.welcome";
  }
  return forStep(step, state);
}

function forStep(step: string, state: BenchState): string {
  if (state.printer.fault !== "none" && step.includes("printing")) return "guide.mendPrinter";
  if (step.includes("takeEverything")) return forTaking(state, "guide.wait");
  if (step.includes("ended")) return forTaking(state, "guide.ended");
  const card = state.card !== undefined;
  if (step.includes("leavingCard") || step.includes("takeOff")) return card ? "guide.takeCard" : "guide.wait";
  if (step.includes("asking.card")) return card ? "guide.wait" : "guide.putCard";
  const onPanel = ["notice", "municipality", "pin", "choose", "options", "copies", "confirm"].find((one) =>
    step.includes(`asking.${one}`),
  );
  if (onPanel) return `guide.${onPanel}`;
  if (step.includes("paying")) return state.coins.slotOpen ? "guide.pay" : "guide.wait";
  return step === "" || step.includes("idle") ? "guide.language" : "guide.wait";
}

/** What lies there to be taken; `empty` when nothing does. */
function forTaking(state: BenchState, empty: string): string {
  if (state.card) return "guide.takeCard";
  if (state.sheetsInTray > 0) return "guide.takePaper";
  if (Object.values(state.coins.tray).some((count) => count > 0)) return "guide.takeCoins";
  return state.receiptInTray ? "guide.takeReceipt" : empty;
}
