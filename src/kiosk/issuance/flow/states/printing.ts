import { begin, chart, effect, effectOf, given, on, set, told, wait } from "../chart.ts";
import {
  type CopyState,
  changeDueYen,
  copiesIn,
  copyUnderWay,
  type FlowContext,
  nextCopy,
  owedYen,
  paperEnding,
  refundDueYen,
} from "../context.ts";

const mark = (c: FlowContext, copy: number, change: Partial<CopyState>) => ({
  documents: c.documents.map((d) => (d.copy === copy ? { ...d, ...change } : d)),
});

/** What will not be printed any more: a copy that was never sent is proved not printed, one under way is not known. */
const stopPaper = (c: FlowContext) => ({
  changeMayGo: true,
  documents: c.documents.map((d) => ({
    ...d,
    state: d.state === "pending" ? ("notDone" as const) : d.state === "sent" ? ("unknown" as const) : d.state,
  })),
});

const copySettled = on("copySettled", (c, e) => mark(c, e.copy, { state: e.state, impressions: e.impressions }));

/** What was not settled in time stays unknown; the journal keeps whatever evidence still comes. */
const outOfTime = { timeOver: { target: "finished" } } as const;

/** One copy after the other: sent, then settled on impressions. A printer that needs hands (paper, door, jam) interrupts, or holds it. */
const paper = chart.createStateConfig({
  initial: "submitting",
  states: {
    submitting: {
      entry: effectOf((c) => {
        const next = nextCopy(c);
        return {
          effect: "submitCopy",
          requestId: c.bindingVerifiedFor ?? "",
          documentId: next?.documentId ?? "",
          copy: next?.copy ?? 0,
        };
      }),
      on: {
        ...outOfTime,
        copySubmitted: {
          target: "settling",
          actions: on("copySubmitted", (c, e) => ({
            ...mark(c, e.copy, { state: "sent" }),
            changeMayGo: true,
            attempts: 0,
            paperCode: null,
          })),
        },
        copyRefused: [
          {
            guard: told("hands can help, first time", "copyRefused", (c, e) => e.mayHelp && c.attempts === 0),
            target: "interrupted",
            actions: [on("copyRefused", (_, e) => ({ paperCode: e.code, attempts: 1 })), wait("attention")],
          },
          {
            guard: told("hands can help", "copyRefused", (_, e) => e.mayHelp),
            target: "interrupted",
            actions: on("copyRefused", (_, e) => ({ paperCode: e.code })),
          },
          { target: "finished", actions: on("copyRefused", (_, e) => ({ paperCode: e.code })) },
        ],
        copyUnknown: {
          target: "finished",
          actions: on("copyUnknown", (c, e) => ({ ...mark(c, e.copy, { state: "unknown" }), paperCode: e.code })),
        },
      },
    },
    /** The copy was not taken, for certain: it is sent again until it is, the time is over, or the citizen will not wait. */
    interrupted: {
      entry: effect({ effect: "pause" }),
      on: { ...outOfTime, resumed: "submitting", cancel: "finished" },
    },
    settling: {
      // The printer took a copy: that is progress, so the step's clock starts anew.
      entry: [
        wait("printing"),
        effectOf((c) => {
          const sent = copyUnderWay(c);
          return {
            effect: "settleCopy",
            requestId: c.bindingVerifiedFor ?? "",
            documentId: sent?.documentId ?? "",
            copy: sent?.copy ?? 0,
          };
        }),
      ],
      on: {
        ...outOfTime,
        impressions: {
          actions: [on("impressions", (c, e) => mark(c, e.copy, { impressions: e.impressions })), wait("printing")],
        },
        copyHeld: { actions: on("copyHeld", (_, e) => ({ paperCode: e.code })) },
        copySettled: [
          {
            guard: told(
              "printed, and another copy",
              "copySettled",
              (c, e) => e.state === "done" && nextCopy(c) !== undefined,
            ),
            target: "submitting",
            actions: copySettled,
          },
          { target: "finished", actions: copySettled },
        ],
      },
    },
    finished: { type: "final", entry: [set(stopPaper), wait("money")] },
  },
});

const changeGiven = on("paidOut", (c, e) => ({
  money: { ...c.money, changePaidYen: Math.min(e.paidYen, changeDueYen(c)) },
}));

/** The change goes while the first copy prints, or when it is certain that none will. */
const change = chart.createStateConfig({
  initial: "waiting",
  states: {
    waiting: {
      always: [
        { guard: given("no change due", (c) => changeDueYen(c) === 0), target: "given" },
        { guard: given("paper is on its way", (c) => c.changeMayGo), target: "giving" },
      ],
    },
    giving: {
      entry: effectOf((c) => ({ effect: "payOut", purpose: "change", yen: changeDueYen(c) })),
      on: {
        paidOut: {
          guard: told("change", "paidOut", (_, e) => e.purpose === "change"),
          target: "given",
          actions: changeGiven,
        },
      },
    },
    given: { type: "final" },
  },
});

export const printing = chart.createStateConfig({
  type: "parallel",
  entry: [...begin("printing"), effect({ effect: "lights", on: ["document"] })],
  states: { paper, change },
  onDone: { target: "refunding" },
  // The paper is finished, and the change did not come to an end.
  on: { timeOver: { target: "refunding" } },
});

/** The fee of every copy that is proved not to be printed goes back from the hoppers. */
export const refunding = chart.createStateConfig({
  entry: [...begin("money")],
  initial: "deciding",
  on: {
    timeOver: { target: "balancing" },
    // A change that outlasted the printing is still evidence.
    paidOut: {
      guard: told("change", "paidOut", (_, e) => e.purpose === "change"),
      actions: changeGiven,
    },
  },
  states: {
    deciding: {
      always: [
        { guard: given("nothing to refund", (c) => refundDueYen(c) === 0), target: "#flow.session.balancing" },
        { guard: given("nothing was paid", (c) => c.money.acceptedYen === 0), target: "#flow.session.balancing" },
        { target: "giving" },
      ],
    },
    giving: {
      entry: effectOf((c) => ({ effect: "payOut", purpose: "refund", yen: refundDueYen(c) })),
      on: {
        paidOut: {
          guard: told("refund", "paidOut", (_, e) => e.purpose === "refund"),
          target: "#flow.session.balancing",
          actions: on("paidOut", (c, e) => ({
            money: { ...c.money, refundedYen: Math.min(e.paidYen, refundDueYen(c)) },
          })),
        },
      },
    },
  },
});

const balanced = set((c) => ({ money: { ...c.money, owedYen: owedYen(c) } }));
const concluded = set((c) => ({ ending: paperEnding(c) }));

/** What is neither earned nor proved to be given back is owed, and staff are told. */
export const balancing = chart.createStateConfig({
  entry: [balanced, concluded],
  always: [
    {
      guard: given("something is owed", (c) => c.money.owedYen > 0),
      target: "receipt",
      actions: effectOf((c) => ({
        effect: "recordOwed",
        requestId: c.requestId ?? "",
        yen: c.money.owedYen,
        code: c.ending?.code ?? "K-KIOSK-115",
      })),
    },
    {
      guard: given("nothing was paid", (c) => c.money.acceptedYen === 0 && copiesIn(c, "done") === 0),
      target: "ended",
    },
    { target: "receipt" },
  ],
});

const recordOwed = effectOf((c) => ({
  effect: "recordOwed",
  requestId: c.requestId ?? "",
  yen: c.money.owedYen,
  code: c.ending?.code ?? "K-KIOSK-113",
}));

/** It is not known whether the cash box has the coins: nothing is printed, everything is owed. */
export const moneyUnknown = chart.createStateConfig({
  entry: [
    effect({ effect: "abort", scope: "all" }),
    set((c) => ({
      ending: { reason: "fault", code: "K-KIOSK-114" },
      money: { ...c.money, acceptedYen: c.money.insertedYen, owedYen: c.money.insertedYen },
    })),
    recordOwed,
  ],
  always: { target: "receipt" },
});

/** It is not proved that the escrow gave the coins back. */
export const moneyNotReturned = chart.createStateConfig({
  entry: [effect({ effect: "abort", scope: "all" })],
  always: [
    { guard: given("nothing was inserted", (c) => c.money.insertedYen === 0), target: "ended" },
    {
      target: "receipt",
      actions: [
        set((c) => ({
          ending: { reason: "fault", code: "K-KIOSK-113" },
          money: { ...c.money, owedYen: c.money.insertedYen },
        })),
        recordOwed,
      ],
    },
  ],
});
