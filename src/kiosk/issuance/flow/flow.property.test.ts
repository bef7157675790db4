import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FlowWorld } from "../../../../test/flow/flow-world.ts";
import type { FlowEvent } from "./events.ts";
import { persistFlow, stepName } from "./flow.ts";

/** What happens next in the world: a sensible step, a foolish touch, an answer, a coin, or time. */
const happening = fc.oneof(
  { weight: 40, arbitrary: fc.record({ what: fc.constant("sensible" as const), pick: fc.nat(1000) }) },
  { weight: 10, arbitrary: fc.record({ what: fc.constant("answerWell" as const), pick: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("answerSomehow" as const), pick: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("foolish" as const), pick: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("time" as const), pick: fc.nat(9) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

const foolish: readonly FlowEvent[] = [
  { type: "cancel" },
  { type: "back" },
  { type: "proceed" },
  { type: "extend" },
  { type: "dismiss" },
  { type: "agree" },
  { type: "pinEnter" },
  { type: "pinClear" },
  { type: "setCopies", copies: 99 },
  { type: "setCopies", copies: 0.5 },
  { type: "selectCertificate", kind: "seal-registration" },
  { type: "selectCertificate", kind: "constructor" },
  { type: "chooseScope", scope: "members" },
  { type: "toggleMember", ref: "m0" },
  { type: "toggleMember", ref: "m7" },
  { type: "setOption", option: "myNumber", value: true },
  { type: "cardPlaced" },
  { type: "cardTaken" },
  { type: "sensors", left: ["document", "change"] },
  { type: "sensors", left: [] },
  { type: "health", serviceable: false, code: "K-KIOSK-110", exactMoneyOnly: true, noReceipt: true },
  { type: "coins", insertedYen: 0, changePayable: true, lost: true },
  { type: "chooseLanguage", language: "en", sessionId: "intruder" },
];

function happen(world: FlowWorld, h: Happening): void {
  if (h.what === "answerWell") world.answer(h.pick, "good", h.pick);
  else if (h.what === "answerSomehow") world.answer(h.pick, "any", h.pick);
  else if (h.what === "time" && world.armed) world.send({ type: h.pick === 0 ? "timeOver" : "timeWarning" });
  else if (h.what === "foolish") touchFoolishly(world, foolish[h.pick % foolish.length] ?? { type: "back" });
  else if (h.what === "sensible") goOn(world, h.pick);
}

function goOn(world: FlowWorld, pick: number): void {
  const next = world.nextGoodEvent();
  if (next === "coin") world.insertCoin(pick, pick % 7 !== 0);
  else if (next) world.send(next);
  else world.answer(pick, "good", pick);
}

function touchFoolishly(world: FlowWorld, event: FlowEvent): void {
  if (event.type !== "coins") world.send(event);
  // A lost count is a fault of the acceptor while the slot is open; elsewhere no such event can come.
  else if (world.in("session.paying.collecting")) world.send({ ...event, insertedYen: world.escrowYen });
}

/** Lets the machine come to rest by time alone, or with its answers. */
function comeToRest(world: FlowWorld, answers: boolean): number {
  let steps = 0;
  while (!world.idle && steps < 200) {
    steps += 1;
    if (answers && world.underWay.length > 0) world.answer(0, "good", 1);
    else if (world.in("session.finishing") && world.underWay.length > 0) world.answer(0, "good", 1);
    else {
      if (!world.armed) throw new Error(`dead end: no clock runs in ${stepName(world.state)}`);
      world.send({ type: "timeOver" });
    }
  }
  return steps;
}

const runs = fc.array(happening, { minLength: 30, maxLength: 200 });

describe("whatever happens in whatever order", () => {
  test("never a page is sent to the printer before the binding of the same request was verified and the fee accepted", () => {
    let printed = 0;
    fc.assert(
      fc.property(runs, (list) => {
        const world = new FlowWorld();
        for (const h of list) {
          const before = world.effects.length;
          happen(world, h);
          for (const effect of world.effects.slice(before)) {
            if (effect.effect !== "submitCopy") continue;
            printed += 1;
            expect(effect.requestId).toBe(world.verifiedFor);
            expect(world.state.context.money.acceptedYen).toBeGreaterThanOrEqual(300);
          }
        }
      }),
      { numRuns: 400, seed: 1 },
    );
    // The property means nothing when no run ever comes to the printer.
    expect(printed).toBeGreaterThan(100);
  });

  test("what was inserted is what was returned, earned, given as change, refunded and owed; and the books are the truth", () => {
    const seen = { paid: 0, owed: 0, returned: 0, refunded: 0 };
    fc.assert(
      fc.property(runs, fc.boolean(), (list, answers) => {
        const world = new FlowWorld();
        for (const h of list) happen(world, h);
        comeToRest(world, answers);
        for (const { outcome, money, truth, allGood } of world.finished) {
          const earned = (outcome.kind === "resident-record" ? 300 : 200) * outcome.copiesDone;
          expect(money.insertedYen).toBe(
            money.returnedYen + earned + money.changePaidYen + money.refundedYen + money.owedYen,
          );
          // The flow claims nothing that did not happen; what it cannot claim is owed.
          expect(money.returnedYen).toBeLessThanOrEqual(truth.returnedYen);
          expect(money.changePaidYen + money.refundedYen).toBeLessThanOrEqual(truth.paidOutYen);
          if (allGood && outcome.result === "issued") expect(money.owedYen).toBe(0);
          if (money.acceptedYen > 0) seen.paid += 1;
          if (money.owedYen > 0) seen.owed += 1;
          if (money.returnedYen > 0) seen.returned += 1;
          if (money.refundedYen > 0) seen.refunded += 1;
        }
      }),
      { numRuns: 600, seed: 2 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
  });

  test("no step is a dead end: by time alone every session comes to the first screen, finished exactly once", () => {
    fc.assert(
      fc.property(runs, fc.boolean(), (list, answers) => {
        const world = new FlowWorld();
        for (const h of list) {
          happen(world, h);
          if (!world.idle) expect(world.armed).toBe(true);
        }
        expect(comeToRest(world, answers)).toBeLessThan(200);
        expect(world.idle).toBe(true);
        expect(world.finished.map((f) => f.outcome.sessionId)).toEqual(
          world.effects.flatMap((e) => (e.effect === "beginSession" ? [e.sessionId] : [])),
        );
        const rest = world.state.context;
        expect([rest.sessionId, rest.requestId, rest.members, rest.documents, rest.pinDigits]).toEqual([
          null,
          null,
          [],
          [],
          0,
        ]);
      }),
      { numRuns: 400, seed: 3 },
    );
  });

  test("the snapshot is plain JSON, and it never holds more than ids, words of ours and numbers", () => {
    fc.assert(
      fc.property(runs, (list) => {
        const world = new FlowWorld();
        for (const h of list) {
          happen(world, h);
          const snapshot = persistFlow(world.state);
          expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
          // Words of the snapshot are ASCII: a name, an address or an offer's text would not be.
          expect(JSON.stringify(snapshot)).toMatch(/^[ -~]*$/);
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});
