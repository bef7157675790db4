import { begin, chart, effect, effectOf, extend, on, set } from "../chart.ts";
import { endingOf } from "../context.ts";
import { authenticating, card, leavingCard, municipality, pin } from "./card.ts";
import { choose, confirm, copies, options } from "./choosing.ts";
import { giveUp } from "./give-up.ts";
import { preparing, withoutReceipt } from "./preparing.ts";

const notice = chart.createStateConfig({
  entry: [
    ...begin("notice"),
    effectOf((c) => ({ effect: "beginSession", sessionId: c.sessionId ?? "", language: c.language })),
    effect({ effect: "loadDirectory" }),
  ],
  on: { ...extend("notice"), agree: { target: "card" } },
});

/** The citizen's steps before any money: all end by cancel, by time, and by a directory that does not come. */
export const asking = chart.createStateConfig({
  initial: "notice",
  states: {
    notice,
    card,
    municipality,
    pin,
    authenticating,
    leavingCard,
    choose,
    options,
    copies,
    confirm,
    preparing,
    withoutReceipt,
  },
  on: {
    cancel: { target: "ended", actions: [set({ ending: endingOf("K-KIOSK-101") }), ...giveUp] },
    timeOver: { target: "ended", actions: [set({ ending: endingOf("K-KIOSK-102") }), ...giveUp] },
    timeWarning: { actions: set({ warning: true }) },
    directoryLoaded: { actions: set({ directoryReady: true }) },
    directoryFailed: {
      target: "ended",
      actions: [on("directoryFailed", (_, e) => ({ ending: endingOf(e.code) })), ...giveUp],
    },
  },
});
