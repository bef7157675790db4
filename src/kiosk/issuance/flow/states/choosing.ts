import { optionalFields } from "../../../../protocol/certificates.ts";
import { again, begin, chart, extend, given, on, set, told } from "../chart.ts";
import { chosenOffer, type FlowContext, optionsComplete } from "../context.ts";

const chosen = given("a certificate is chosen", (c) => chosenOffer(c) !== undefined);
const hasOptions = given("it has options", (c) => c.kind === "resident-record");

/** The options of a certificate as they stand before the citizen touches them: least is shown. */
const unset = { scope: "self", fields: [], chosenMembers: [], copies: 1 } as const satisfies Partial<FlowContext>;

export const choose = chart.createStateConfig({
  entry: [...begin("choose")],
  on: {
    ...extend("choose"),
    selectCertificate: {
      guard: told("it is offered", "selectCertificate", (c, e) => c.offers.some((o) => o.kind === e.kind)),
      actions: [
        on("selectCertificate", (c, e) => ({ kind: c.offers.find((o) => o.kind === e.kind)?.kind ?? null, ...unset })),
        ...again("choose"),
      ],
    },
    proceed: [
      { guard: hasOptions, target: "options" },
      { guard: chosen, target: "copies" },
    ],
  },
});

/** Whom the copy names and which fields it shows; only what the municipality lets the citizen choose. */
export const options = chart.createStateConfig({
  entry: [...begin("options")],
  on: {
    ...extend("options"),
    back: { target: "choose" },
    chooseScope: {
      guard: told("scope is free", "chooseScope", (c) => chosenOffer(c)?.scope === true),
      actions: [on("chooseScope", (_, e) => ({ scope: e.scope, chosenMembers: [] })), ...again("options")],
    },
    toggleMember: {
      guard: told(
        "a member of the offer",
        "toggleMember",
        (c, e) => c.scope === "members" && c.members.some((m) => m.ref === e.ref),
      ),
      actions: [
        on("toggleMember", (c, e) => ({
          // In the order of the offer, so that the same choice is the same statement.
          chosenMembers: c.members
            .map((m) => m.ref)
            .filter((ref) => (ref === e.ref ? !c.chosenMembers.includes(ref) : c.chosenMembers.includes(ref))),
        })),
        ...again("options"),
      ],
    },
    setOption: {
      guard: told("option is free", "setOption", (c, e) => chosenOffer(c)?.fields.includes(e.option) === true),
      actions: [
        on("setOption", (c, e) => ({
          fields: optionalFields.filter((f) => (f === e.option ? e.value : c.fields.includes(f))),
        })),
        ...again("options"),
      ],
    },
    proceed: { guard: given("options are complete", optionsComplete), target: "copies" },
  },
});

export const copies = chart.createStateConfig({
  entry: [...begin("copies")],
  on: {
    ...extend("copies"),
    back: [{ guard: hasOptions, target: "options" }, { target: "choose" }],
    setCopies: {
      guard: told(
        "within the limit",
        "setCopies",
        (c, e) => Number.isInteger(e.copies) && e.copies >= 1 && e.copies <= (chosenOffer(c)?.maxCopies ?? 0),
      ),
      actions: [on("setCopies", (_, e) => ({ copies: e.copies })), ...again("copies")],
    },
    proceed: { guard: chosen, target: "confirm" },
  },
});

export const confirm = chart.createStateConfig({
  entry: [...begin("confirm"), set({ attempts: 0 })],
  on: { ...extend("confirm"), back: { target: "copies" }, proceed: { target: "preparing" } },
});
