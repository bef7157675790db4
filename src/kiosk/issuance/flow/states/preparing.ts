import { begin, chart, effect, effectOf, extend, given, on, set, told } from "../chart.ts";
import { choiceOf, chosenOffer, endingOf, feeYen, MAX_ATTEMPTS } from "../context.ts";
import { giveUp } from "./give-up.ts";

/** Faults of the way to the centre: the same request may be asked again. */
const NETWORK_CODES: ReadonlySet<string> = new Set(["K-NET-101", "K-NET-102", "K-TUNNEL-101", "K-TUNNEL-102"]);

const nothingToPay = given("nothing to pay", (c) => feeYen(c) === 0);

/**
 * Request, checks of the binding, pages for the engine, devices: everything that can fail fails before a yen is taken.
 * A lost connection interrupts `requesting`, which then resumes with the same signed choice.
 */
export const preparing = chart.createStateConfig({
  initial: "requesting",
  entry: [...begin("preparing")],
  on: {
    timeOver: {
      target: "#flow.session.ended",
      actions: [set({ ending: endingOf("K-KIOSK-119") }), ...giveUp],
    },
  },
  states: {
    requesting: {
      entry: effectOf((c) => ({
        effect: "prepare",
        requestId: c.requestId ?? "",
        choice: choiceOf(c),
        members: c.kind === "resident-record" && c.scope === "members" ? c.chosenMembers : [],
        copies: c.copies,
        feePerCopyYen: chosenOffer(c)?.feePerCopyYen ?? 0,
      })),
      on: {
        bindingVerified: [
          {
            guard: told(
              "another request",
              "bindingVerified",
              (c, e) => e.requestId !== c.requestId || e.documents.length !== c.copies,
            ),
            target: "#flow.session.ended",
            actions: [set({ ending: endingOf("K-KIOSK-122") }), ...giveUp],
          },
          {
            target: "composing",
            actions: on("bindingVerified", (_, e) => ({
              bindingVerifiedFor: e.requestId,
              bindingLevel: e.level,
              documents: e.documents.map((d) => ({ ...d, state: "pending", impressions: 0 })),
            })),
          },
        ],
        prepareFailed: [
          {
            guard: told(
              "connection lost",
              "prepareFailed",
              (c, e) => NETWORK_CODES.has(e.code) && c.attempts < MAX_ATTEMPTS,
            ),
            target: "interrupted",
            actions: set((c) => ({ attempts: c.attempts + 1 })),
          },
          {
            target: "#flow.session.ended",
            actions: [on("prepareFailed", (_, e) => ({ ending: endingOf(e.code) })), ...giveUp],
          },
        ],
      },
    },
    interrupted: { entry: effect({ effect: "pause" }), on: { resumed: "requesting" } },
    composing: {
      entry: effectOf((c) => ({ effect: "compose", requestId: c.requestId ?? "" })),
      on: {
        composed: {
          guard: told("this request", "composed", (c, e) => e.requestId === c.bindingVerifiedFor),
          target: "checking",
        },
        composeFailed: {
          target: "#flow.session.ended",
          actions: [on("composeFailed", (_, e) => ({ ending: endingOf(e.code) })), ...giveUp],
        },
      },
    },
    checking: {
      entry: effectOf((c) => ({ effect: "checkDevices", feeYen: feeYen(c) })),
      on: {
        ready: {
          target: "ready",
          actions: [
            on("ready", (_, e) => ({ exactMoneyOnly: e.exactMoneyOnly, noReceipt: e.noReceipt })),
            set({ attempts: 0 }),
          ],
        },
        notReady: {
          target: "#flow.session.ended",
          actions: [on("notReady", (_, e) => ({ ending: endingOf(e.code) })), ...giveUp],
        },
      },
    },
    ready: {
      always: [
        {
          guard: given("no receipt can be printed", (c) => c.noReceipt),
          target: "#flow.session.asking.withoutReceipt",
        },
        { guard: nothingToPay, target: "#flow.session.printing" },
        { target: "#flow.session.paying" },
      ],
    },
  },
});

/** The receipt printer cannot print: the citizen goes on without a receipt, or ends before anything is paid. */
export const withoutReceipt = chart.createStateConfig({
  entry: [...begin("confirm")],
  on: {
    ...extend("confirm"),
    proceed: [{ guard: nothingToPay, target: "#flow.session.printing" }, { target: "#flow.session.paying" }],
  },
});
