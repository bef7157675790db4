import { chart, on, set } from "./chart.ts";
import { freshContext } from "./context.ts";
import { asking } from "./states/asking.ts";
import { ended, finishing, receipt, takeEverything } from "./states/ending.ts";
import { idle } from "./states/idle.ts";
import { paying, returning } from "./states/paying.ts";
import { balancing, moneyNotReturned, moneyUnknown, printing, refunding } from "./states/printing.ts";

const health = on("health", (c, e) => ({
  serviceable: e.serviceable,
  outOfServiceCode: c.notWiped ? c.outOfServiceCode : e.code,
  // Within a session the answer given before the payment holds.
  exactMoneyOnly: c.sessionId === null ? e.exactMoneyOnly : c.exactMoneyOnly,
  noReceipt: c.sessionId === null ? e.noReceipt : c.noReceipt,
}));

/** The whole issuance as one statechart. */
export const flowMachine = chart.createMachine({
  id: "flow",
  context: freshContext(),
  initial: "idle",
  states: {
    idle,
    session: {
      initial: "asking",
      states: {
        asking,
        paying,
        returning,
        moneyNotReturned,
        moneyUnknown,
        printing,
        refunding,
        balancing,
        receipt,
        takeEverything,
        ended,
        finishing,
      },
    },
  },
  on: {
    health: { actions: health },
    cardPlaced: {
      actions: on("cardPlaced", (_, e) => ({ cardPresent: true, cardLeftBehind: e.leftBehind === true })),
    },
    cardTaken: { actions: set({ cardPresent: false, cardLeftBehind: false }) },
    sensors: { actions: on("sensors", (_, e) => ({ left: e.left })) },
  },
});
