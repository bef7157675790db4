import { begin, chart, effect, effectOf, given, on, set, told } from "../chart.ts";
import { choiceOf, chosenOffer, endingOf, feeYen, MAX_ATTEMPTS } from "../context.ts";
import { giveUp } from "./give-up.ts";

/** Faults of the way to the centre: the same request may be asked again. */
const NETWORK_CODES: ReadonlySet<string> = new Set(["K-NET-101", "K-NET-102", "K-TUNNEL-101", "K-TUNNEL-102"]);

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
        ready: [
          {
            guard: given("nothing to pay", (c) => feeYen(c) === 0),
            target: "#flow.session.printing",
            actions: [on("ready", (_, e) => ({ exactMoneyOnly: e.exactMoneyOnly })), set({ attempts: 0 })],
          },
          {
            target: "#flow.session.paying",
            actions: [on("ready", (_, e) => ({ exactMoneyOnly: e.exactMoneyOnly })), set({ attempts: 0 })],
          },
        ],
        notReady: {
          target: "#flow.session.ended",
          actions: [on("notReady", (_, e) => ({ ending: endingOf(e.code) })), ...giveUp],
        },
      },
    },
  },
});
