import { describe, expect, test } from "vitest";
import { FlowWorld } from "../../../../test/flow/flow-world.ts";
import { flowDiagram } from "./diagram.ts";
import type { Effect } from "./effect.ts";
import { persistFlow, startFlow, stepFlow, stepName } from "./flow.ts";
import { flowMachine } from "./machine.ts";

/** Goes on as a sensible citizen with a sensible machine until a step is reached. */
function to(path: string): FlowWorld {
  const world = new FlowWorld();
  for (let i = 0; i < 200 && !world.in(path); i++) {
    const next = world.nextGoodEvent();
    if (next === "coin") world.insertCoin(3, true);
    else if (next) world.send(next);
    else world.answer(0, "good", 1);
  }
  if (!world.in(path)) throw new Error(`never came to ${path}: ${stepName(world.state)}`);
  return world;
}

/** Lets the session end. */
function rest(world: FlowWorld): void {
  for (let i = 0; i < 50 && !world.idle; i++) {
    if (world.underWay.length > 0) world.answer(0, "good", 1);
    else world.send({ type: "dismiss" });
  }
  expect(world.idle).toBe(true);
}

const names = (effects: readonly Effect[]) => effects.map((effect) => effect.effect);

describe("the flow", () => {
  test("begins out of service, until the devices are known to work", () => {
    const { state } = startFlow();
    expect(stepName(state)).toBe("idle.outOfService");
    const { state: next } = stepFlow(state, {
      type: "health",
      serviceable: true,
      code: null,
      exactMoneyOnly: false,
      noReceipt: false,
    });
    expect(stepName(next)).toBe("idle.welcome");
  });

  test("an event that means nothing in a step changes nothing", () => {
    const { state } = to("session.asking.choose");
    const { state: next, effects } = stepFlow(state, { type: "paidOut", purpose: "refund", paidYen: 100 });
    expect(next.value).toEqual(state.value);
    expect(next.context).toEqual(state.context);
    expect(effects).toEqual([]);
  });

  test("nothing goes on until the card is off, also when the offer has come", () => {
    const world = to("session.asking.leavingCard");
    world.answer(0, "good", 1);
    expect(world.in("session.asking.leavingCard.card.on")).toBe(true);
    world.send({ type: "cardTaken" });
    expect(world.in("session.asking.choose")).toBe(true);
  });

  test("a certificate that is not offered cannot be chosen, and options that are not free cannot be set", () => {
    const world = to("session.asking.choose");
    world.send({ type: "selectCertificate", kind: "tax" });
    world.send({ type: "proceed" });
    expect(world.in("session.asking.choose")).toBe(true);
    world.send({ type: "selectCertificate", kind: "resident-record" });
    world.send({ type: "proceed" });
    world.send({ type: "setOption", option: "myNumber", value: true });
    world.send({ type: "setOption", option: "domicile", value: true });
    expect(world.state.context.fields).toEqual(["domicile"]);
  });

  test("chosen members: at least one, and each touch turns one over", () => {
    const world = to("session.asking.options");
    world.send({ type: "chooseScope", scope: "members" });
    world.send({ type: "proceed" });
    expect(world.in("session.asking.options")).toBe(true);
    world.send({ type: "toggleMember", ref: "m0" });
    expect(world.state.context.chosenMembers).toEqual(["m0"]);
    world.send({ type: "toggleMember", ref: "m0" });
    expect(world.state.context.chosenMembers).toEqual([]);
  });

  test("back leads to the step before, with what was chosen", () => {
    const world = to("session.asking.confirm");
    world.send({ type: "back" });
    expect(world.in("session.asking.copies")).toBe(true);
    world.send({ type: "back" });
    expect(world.in("session.asking.options")).toBe(true);
    world.send({ type: "back" });
    expect(world.in("session.asking.choose")).toBe(true);
    expect(world.state.context).toMatchObject({ kind: "resident-record", copies: 2 });
  });

  test.each([
    ["of another request", "r9", 2],
    ["too few", "r1", 1],
    ["too many", "r1", 3],
  ])("verified documents %s end the session at once", (_, requestId, count) => {
    const world = to("session.asking.preparing.requesting");
    const documents = Array.from({ length: count }, (__, i) => ({ documentId: `d${i}`, copy: i + 1, pages: 1 }));
    world.send({ type: "bindingVerified", requestId, level: "L3", documents });
    expect(world.in("session.ended")).toBe(true);
    expect(world.state.context.ending).toEqual({ reason: "contradiction", code: "K-KIOSK-122" });
  });

  test("the money goes paid, accepted, job, change: in this order and no other", () => {
    const world = to("session.takeEverything");
    const order = names(world.effects).filter((name) =>
      ["openSlot", "closeSlot", "acceptEscrow", "submitCopy", "payOut", "settleCopy", "printReceipt"].includes(name),
    );
    expect(order).toEqual([
      "openSlot",
      "closeSlot",
      "acceptEscrow",
      "submitCopy",
      "settleCopy",
      "payOut",
      "submitCopy",
      "settleCopy",
      "printReceipt",
    ]);
  });

  test("a printer without progress: the copy that it may have is unknown and owed, the one it never had is refunded", () => {
    const world = to("session.printing.paper.settling");
    world.send({ type: "timeOver" });
    expect(world.state.context.documents.map((d) => d.state)).toEqual(["unknown", "notDone"]);
    rest(world);
    expect(world.effects).toContainEqual({ effect: "payOut", purpose: "refund", yen: 300 });
    const [finished] = world.finished;
    expect(finished?.outcome).toMatchObject({ result: "unknown", code: "K-KIOSK-117", refundedYen: 300, owedYen: 300 });
  });

  test("a snapshot that was restored goes on as if nothing had happened", () => {
    const world = to("session.asking.copies");
    const restored = flowMachine.resolveState(JSON.parse(JSON.stringify(persistFlow(world.state))));
    const [on, again] = [stepFlow(world.state, { type: "proceed" }), stepFlow(restored, { type: "proceed" })];
    expect(again.state.value).toEqual(on.state.value);
    expect(again.effects).toEqual(on.effects);
  });

  test("an extension is given three times in a step and not a fourth time", () => {
    const world = to("session.asking.choose");
    for (let i = 0; i < 4; i++) {
      world.send({ type: "timeWarning" });
      world.send({ type: "extend" });
    }
    expect(world.state.context).toMatchObject({ warning: true, extensions: 3 });
  });

  test("the language of one citizen is not the language of the next", () => {
    const world = new FlowWorld();
    world.send({ type: "chooseLanguage", language: "en", sessionId: "s1" });
    world.send({ type: "cancel" });
    world.send({ type: "dismiss" });
    rest(world);
    expect(world.state.context).toMatchObject({ language: "ja", sessionId: null, ending: null });
  });

  test("there is no timer, no invocation and no actor in the chart: time is an effect", () => {
    const all = [flowMachine.root];
    for (const node of all) all.push(...Object.values(node.states));
    expect(all.length).toBeGreaterThan(60);
    for (const node of all) {
      expect(node.invoke).toEqual([]);
      expect(node.after).toEqual([]);
    }
  });
});

describe("the diagram", () => {
  test("names every state and every guard of the chart, each arrow from and to a node that is drawn", () => {
    const diagram = flowDiagram();
    const drawn = new Set([...diagram.matchAll(/^\s*(?:subgraph )?(s_\w+)[[(]/gm)].map((m) => m[1]));
    const arrows = [...diagram.matchAll(/^\s*(s_\w+) -->(?:\|"[^"]*"\|)? (s_\w+)$/gm)];
    expect(arrows.length).toBeGreaterThan(100);
    for (const [, from, to_] of arrows) expect([drawn.has(from), drawn.has(to_)]).toEqual([true, true]);
    for (const step of ["pin", "noChange", "moneyUnknown", "finishing"]) expect(diagram).toContain(`"${step}"`);
    expect(diagram).toContain("escrowUnknown");
    expect(diagram).toContain("(no change for it)");
  });
});
