import { again, begin, chart, effect, effectOf, extend, given, on, set, told } from "../chart.ts";
import { changeDueYen, type Ending, endingOf, type FlowContext, feeYen, MAX_RETURN_ATTEMPTS } from "../context.ts";

const inserted = on("coins", (c, e) => ({ money: { ...c.money, insertedYen: e.insertedYen } }));
const insertedAtClose = on("slotClosed", (c, e) => ({ money: { ...c.money, insertedYen: e.insertedYen } }));
const give = (ending: Ending) => [set({ ending, attempts: 0 })];

/** Coins gather in the escrow. Until the acceptance everything that goes wrong gives them back. */
const collecting = chart.createStateConfig({
  entry: [...begin("pay"), effect({ effect: "lights", on: ["coin"] })],
  exit: [effect({ effect: "lights", on: [] })],
  always: {
    guard: given("a device failed", (c) => !c.serviceable),
    target: "#flow.session.returning",
    actions: set((c) => ({ ending: endingOf(c.outOfServiceCode ?? "K-KIOSK-110"), attempts: 0 })),
  },
  on: {
    ...extend("pay"),
    timeWarning: { actions: set({ warning: true }) },
    cancel: { target: "#flow.session.returning", actions: give(endingOf("K-KIOSK-101")) },
    timeOver: { target: "#flow.session.returning", actions: give(endingOf("K-KIOSK-102")) },
    coins: [
      {
        guard: told("counts were lost", "coins", (_, e) => e.lost),
        target: "#flow.session.returning",
        actions: [inserted, ...give(endingOf("K-KIOSK-112"))],
      },
      {
        guard: told("enough", "coins", (c, e) => e.insertedYen >= feeYen(c)),
        target: "closing",
        actions: inserted,
      },
      { actions: [inserted, ...again("pay")] },
    ],
  },
});

/** Coins → escrow → `paid` in the journal → cash box. */
export const paying = chart.createStateConfig({
  initial: "opening",
  states: {
    opening: {
      entry: [
        ...begin("money"),
        set((c) => ({ money: { ...c.money, insertedYen: 0 } })),
        effectOf((c) => ({ effect: "openSlot", requestId: c.requestId ?? "", feeYen: feeYen(c) })),
      ],
      on: {
        coins: { actions: inserted },
        slotOpened: { target: "collecting" },
        slotFailed: {
          target: "#flow.session.returning",
          actions: [on("slotFailed", (_, e) => ({ ending: endingOf(e.code), attempts: 0 }))],
        },
        timeOver: { target: "#flow.session.returning", actions: give(endingOf("K-KIOSK-119")) },
      },
    },
    collecting,
    closing: {
      entry: [...begin("money"), effectOf((c) => ({ effect: "closeSlot", feeYen: feeYen(c) }))],
      on: {
        coins: { actions: inserted },
        slotClosed: [
          {
            guard: told("less than before", "slotClosed", (c, e) => e.insertedYen < feeYen(c)),
            target: "#flow.session.returning",
            actions: [insertedAtClose, ...give(endingOf("K-KIOSK-112"))],
          },
          {
            guard: told(
              "no change for it again",
              "slotClosed",
              (c, e) => c.noChange && e.insertedYen > feeYen(c) && !e.changePayable,
            ),
            target: "#flow.session.returning",
            actions: [insertedAtClose, ...give(endingOf("K-KIOSK-111"))],
          },
          {
            guard: told("no change for it", "slotClosed", (c, e) => e.insertedYen > feeYen(c) && !e.changePayable),
            target: "noChange",
            actions: [insertedAtClose, set({ noChange: true, exactMoneyOnly: true })],
          },
          { target: "accepting", actions: insertedAtClose },
        ],
        slotNotClosed: {
          target: "#flow.session.returning",
          actions: [on("slotNotClosed", (_, e) => ({ ending: endingOf(e.code), attempts: 0 }))],
        },
        timeOver: { target: "#flow.session.returning", actions: give(endingOf("K-KIOSK-119")) },
      },
    },
    /** The coins go back and the citizen is asked for the exact amount; the second time the session ends. */
    noChange: {
      entry: [...begin("money"), effect({ effect: "returnEscrow" })],
      on: {
        escrowReturned: { target: "opening" },
        escrowNotReturned: { target: "#flow.session.returning", actions: give(endingOf("K-KIOSK-111")) },
        timeOver: { target: "#flow.session.returning", actions: give(endingOf("K-KIOSK-111")) },
      },
    },
    accepting: {
      entry: [
        ...begin("money"),
        effectOf((c) => ({
          effect: "acceptEscrow",
          requestId: c.requestId ?? "",
          insertedYen: c.money.insertedYen,
          feeYen: feeYen(c),
          changeYen: changeDueYen(c),
          copies: c.copies,
        })),
      ],
      on: {
        escrowAccepted: {
          target: "#flow.session.printing",
          actions: set((c) => ({ attempts: 0, money: { ...c.money, acceptedYen: c.money.insertedYen } })),
        },
        escrowRefused: {
          target: "#flow.session.returning",
          actions: [on("escrowRefused", (_, e) => ({ ending: endingOf(e.code), attempts: 0 }))],
        },
        escrowUnknown: { target: "#flow.session.moneyUnknown" },
        timeOver: { target: "#flow.session.moneyUnknown" },
      },
    },
  },
});

const backInTray = (c: FlowContext) => ({ money: { ...c.money, returnedYen: c.money.insertedYen } });

/** The escrow goes back to the citizen. A vendor that is away interrupts; the return resumes when it may be repeated. */
export const returning = chart.createStateConfig({
  initial: "working",
  entry: [effect({ effect: "lights", on: ["change"] })],
  on: {
    coins: { actions: inserted },
    timeOver: { target: "#flow.session.moneyNotReturned" },
  },
  states: {
    working: {
      entry: [...begin("money"), effect({ effect: "returnEscrow" })],
      on: {
        escrowReturned: { target: "#flow.session.ended", actions: set(backInTray) },
        escrowNotReturned: [
          {
            guard: told(
              "may be repeated",
              "escrowNotReturned",
              (c, e) => e.certain && c.attempts < MAX_RETURN_ATTEMPTS,
            ),
            target: "interrupted",
            actions: set((c) => ({ attempts: c.attempts + 1 })),
          },
          { target: "#flow.session.moneyNotReturned" },
        ],
      },
    },
    interrupted: { entry: effect({ effect: "pause" }), on: { resumed: "working" } },
  },
});
