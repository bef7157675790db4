import type { LeftThing } from "../../../../protocol/panel.ts";
import { begin, chart, effect, effectOf, extend, given, on, set } from "../chart.ts";
import { chosenOffer, copiesIn, type FlowContext, feeYen } from "../context.ts";
import type { ReceiptFacts, SessionOutcome, WaitName } from "../effect.ts";

const receiptFacts = (c: FlowContext): ReceiptFacts => ({
  language: c.language,
  requestId: c.requestId ?? "",
  kind: c.kind ?? "",
  copiesDone: copiesIn(c, "done"),
  copies: c.copies,
  feeYen: (chosenOffer(c)?.feePerCopyYen ?? 0) * copiesIn(c, "done"),
  insertedYen: c.money.insertedYen,
  changeYen: c.money.changePaidYen,
  refundedYen: c.money.refundedYen,
  owedYen: c.money.owedYen,
});

/** The receipt, or the slip that says what is owed, unless it is known that none can be printed. Its failure changes nothing about money and paper. */
export const receipt = chart.createStateConfig({
  initial: "deciding",
  states: {
    deciding: {
      always: [
        { guard: given("no receipt can be printed", (c) => c.noReceipt), target: "out" },
        { target: "printing" },
      ],
    },
    printing: {
      entry: [...begin("receipt"), effectOf((c) => ({ effect: "printReceipt", receipt: receiptFacts(c) }))],
      on: {
        receiptPrinted: { target: "out", actions: set({ receipt: "printed" }) },
        receiptFailed: { target: "out", actions: set({ receipt: "failed" }) },
        timeOver: { target: "out", actions: set({ receipt: "failed" }) },
      },
    },
    out: {
      always: [
        { guard: given("it ended badly", (c) => c.ending !== null), target: "#flow.session.ended" },
        { target: "#flow.session.takeEverything" },
      ],
    },
  },
});

const lit: Readonly<Record<LeftThing, "card" | "document" | "change" | "receipt">> = {
  card: "card",
  document: "document",
  change: "change",
  receipt: "receipt",
};

const somethingLies = given("something lies there", (c) => c.left.length > 0);

/** Nothing lies there: the words stay for a moment. */
function clear(name: WaitName) {
  return chart.createStateConfig({
    entry: [...begin(name), effect({ effect: "buzzer", on: false }), effect({ effect: "lights", on: [] })],
    on: {
      ...extend(name),
      timeWarning: { actions: set({ warning: true }) },
      timeOver: { target: "#flow.session.finishing" },
      dismiss: { target: "#flow.session.finishing" },
    },
  });
}

/**
 * Waits until everything was taken, calls after what was not, and lets a moment pass for the words. `atFirst`: how long
 * it waits for what the sensors do not see yet (a sheet falls after its impressions were counted).
 */
function untilTaken(atFirst: WaitName, afterwards: WaitName) {
  return chart.createStateConfig({
    initial: "looking",
    exit: [effect({ effect: "buzzer", on: false }), effect({ effect: "lights", on: [] })],
    on: { sensors: { target: ".changed", actions: on("sensors", (_, e) => ({ left: e.left })) } },
    states: {
      looking: {
        always: [{ guard: somethingLies, target: "left" }, { target: "nothingYet" }],
      },
      nothingYet: clear(atFirst),
      changed: {
        always: [{ guard: somethingLies, target: "left" }, { target: "clear" }],
      },
      left: {
        entry: [
          ...begin("takeEverything"),
          effect({ effect: "buzzer", on: false }),
          effectOf((c) => ({ effect: "lights", on: c.left.map((thing) => lit[thing]) })),
        ],
        on: {
          ...extend("takeEverything"),
          timeWarning: { actions: [set({ warning: true }), effect({ effect: "buzzer", on: true })] },
          timeOver: {
            target: "#flow.session.finishing",
            actions: effectOf((c) => ({ effect: "recordLeft", left: c.left })),
          },
        },
      },
      clear: clear(afterwards),
    },
  });
}

/** All copies are there. */
export const takeEverything = untilTaken("expectPaper", "goodbye");

/** A refusal or a fault: what happened, where the money is, what to do, whom to ask. */
export const ended = untilTaken("ended", "ended");

const resultOf = (c: FlowContext): SessionOutcome["result"] => {
  if (copiesIn(c, "unknown", "sent") > 0) return "unknown";
  const done = copiesIn(c, "done");
  if (done === 0) return "notIssued";
  return done === c.copies ? "issued" : "partial";
};

const outcomeOf = (c: FlowContext): SessionOutcome => ({
  sessionId: c.sessionId ?? "",
  requestId: c.requestId,
  result: resultOf(c),
  code: c.ending?.code ?? null,
  bindingLevel: c.bindingLevel,
  municipality: c.municipality,
  kind: c.kind,
  copies: c.copies,
  copiesDone: copiesIn(c, "done"),
  pages: c.documents.reduce((sum, d) => sum + d.pages, 0),
  impressions: c.documents.reduce((sum, d) => sum + d.impressions, 0),
  feeYen: c.money.acceptedYen > 0 ? feeYen(c) : 0,
  insertedYen: c.money.insertedYen,
  changeYen: c.money.changePaidYen,
  refundedYen: c.money.refundedYen + c.money.returnedYen,
  owedYen: c.money.owedYen,
});

/** Summary, outbox and wipe. A wipe that is not proved takes the kiosk out of service. */
export const finishing = chart.createStateConfig({
  entry: [
    ...begin("finishing"),
    effect({ effect: "abort", scope: "all" }),
    effectOf((c) => ({ effect: "finish", outcome: outcomeOf(c) })),
    set((c) => ({ cardLeftBehind: c.cardPresent })),
  ],
  on: {
    wiped: {
      target: "#flow.idle",
      actions: on("wiped", (_, e) => (e.clean ? {} : { notWiped: true, outOfServiceCode: "K-KIOSK-120" })),
    },
    timeOver: { target: "#flow.idle", actions: set({ notWiped: true, outOfServiceCode: "K-KIOSK-120" }) },
  },
});
