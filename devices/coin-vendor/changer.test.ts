import { describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { createSupervisedLink } from "../contract/link.ts";
import { memoryOpener } from "../contract/memory-port.ts";
import { createCcTalkBus } from "./bus.ts";
import { type ChangerIntent, createChanger, judgeMoneyOut } from "./changer.ts";
import { createChangerModel } from "./simulator/changer-model.ts";
import { heap } from "./simulator/coins.ts";
import { createWire } from "./simulator/wire.ts";

const ADDRESS = 55;
const NEVER = new AbortController().signal;

async function changer(coins = { 10: 20, 50: 20, 100: 20, 500: 20 }) {
  const clock = createFakeClock();
  const tray = heap();
  const stock = heap(coins);
  const mechanics = { clock, paceMs: 150, powered: () => true, changed: () => {} };
  const model = createChangerModel(mechanics, { address: ADDRESS, stock, tray });
  const wire = createWire({ clock, devices: [model], powered: () => true, checkOf: () => "checksum", echo: true });
  const logger = { event: () => {} };
  const link = createSupervisedLink({ name: "changer", opener: memoryOpener(wire.attach), clock, logger });
  const bus = createCcTalkBus({ name: "changer", link, clock, logger });
  await clock.advance(10);
  async function settle<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const marked = promise.finally(() => {
      done = true;
    });
    for (let ms = 0; !done && ms < 600_000; ms += 50) await clock.advance(50);
    return marked;
  }
  const driver = createChanger({ bus, clock, address: ADDRESS });
  const intents: ChangerIntent[] = [];
  const pay = (amountYen: number) => settle(driver.payOut(amountYen, (intent) => intents.push(intent), NEVER));
  return { driver, model, wire, tray, stock, settle, pay, intents, clock };
}

describe("a changer", () => {
  it("is greeted, and pays a value with its own choice of coins", async () => {
    const { driver, settle, pay, tray, intents } = await changer();
    unwrap(await settle(driver.initialise(NEVER)));
    unwrap(await settle(driver.check()));
    expect(unwrap(await pay(880))).toEqual({ paidYen: 880, unpaidYen: 0, known: true });
    expect(tray).toEqual({ 10: 3, 50: 1, 100: 3, 500: 1 });
    expect(unwrap(await pay(10))).toEqual({ paidYen: 10, unpaidYen: 0, known: true });
    expect(intents).toEqual([
      { amountYen: 880, counterBefore: 0 },
      { amountYen: 10, counterBefore: 1 },
    ]);
  });

  it("tells what it could not pay, and why", async () => {
    const { driver, settle, pay } = await changer({ 10: 2, 50: 0, 100: 1, 500: 0 });
    expect(unwrap(await pay(150))).toEqual({ paidYen: 120, unpaidYen: 30, known: true });
    expect(await settle(driver.check())).toMatchObject({
      ok: false,
      error: { code: "K-COIN-405", detail: { part: "hopper 1", fault: "empty" } },
    });
  });

  it("is never told to pay twice when its answer is lost", async () => {
    const { pay, wire, tray } = await changer();
    wire.fail(125, "loseReply");
    expect(unwrap(await pay(500))).toEqual({ paidYen: 500, unpaidYen: 0, known: true });
    expect(tray[500]).toBe(1);
  });

  it("proves that a lost command was not carried out, except right after its power-up", async () => {
    const { pay, wire, tray } = await changer();
    wire.fail(125, "loseRequest");
    expect(unwrap(await pay(500))).toEqual({ paidYen: 0, unpaidYen: 0, known: false });
    unwrap(await pay(10));
    wire.fail(125, "loseRequest");
    expect(unwrap(await pay(500))).toEqual({ paidYen: 0, unpaidYen: 500, known: true });
    expect(tray[500]).toBe(0);
  });

  it("knows a refusal, also right after its power-up", async () => {
    const { pay, wire } = await changer();
    wire.fail(125, "nak");
    expect(unwrap(await pay(500))).toEqual({ paidYen: 0, unpaidYen: 500, known: true });
  });

  it("is judged by a kiosk that was started again, while it still pays", async () => {
    const { driver, settle, clock, tray } = await changer();
    const paying = driver.payOut(1000, () => {}, NEVER);
    await clock.advance(60);
    const judged = settle(driver.judge({ amountYen: 1000, counterBefore: 0 }, NEVER));
    expect(unwrap(await judged)).toEqual({ paidYen: 1000, unpaidYen: 0, known: true });
    await settle(paying);
    expect(tray[500]).toBe(2);
  });

  it("pays nothing that is no amount", async () => {
    const { pay } = await changer();
    for (const amount of [0, -10, 0.5, 2 ** 32])
      expect(await pay(amount)).toMatchObject({ error: { code: "K-COIN-401" } });
  });
});

describe("a changer's payout", () => {
  const intent = { amountYen: 100, counterBefore: 7 };

  it.each([
    ["has ended", { counter: 8, paidYen: 60, unpaidYen: 40 }, { paidYen: 60, unpaidYen: 40, known: true }],
    ["was never taken", { counter: 7, paidYen: 9, unpaidYen: 0 }, { paidYen: 0, unpaidYen: 100, known: true }],
    ["met a power cut", { counter: 0, paidYen: 0, unpaidYen: 0 }, { paidYen: 0, unpaidYen: 0, known: false }],
    ["was not the last one", { counter: 9, paidYen: 100, unpaidYen: 0 }, { paidYen: 0, unpaidYen: 0, known: false }],
    ["tells of another amount", { counter: 8, paidYen: 50, unpaidYen: 0 }, { paidYen: 0, unpaidYen: 0, known: false }],
  ] as const)("that %s", (_what, after, expected) => {
    expect(judgeMoneyOut(intent, after, false)).toEqual(expected);
  });

  it("goes from 255 to 1", () => {
    const after = { counter: 1, paidYen: 100, unpaidYen: 0 };
    expect(judgeMoneyOut({ amountYen: 100, counterBefore: 255 }, after, false).known).toBe(true);
  });
});
