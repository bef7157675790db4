import { type Clock, sleep } from "../../src/kernel/clock.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { abortedBy } from "../contract/command-queue.ts";
import { wrongCategory } from "./acceptor.ts";
import type { CcTalkBus } from "./bus.ts";
import { type MoneyOut, readChangerActivity, readMoneyOut, readText } from "./codec/replies.ts";

/** Everything that is needed to judge a changer's payout later. Flat numbers, to be journaled as they are. */
export interface ChangerIntent {
  readonly amountYen: number;
  readonly counterBefore: number;
}

/** What a changer's payout came to. `known` false: nothing is proved, and both amounts are 0. */
export interface ChangerResult {
  readonly paidYen: number;
  readonly unpaidYen: number;
  readonly known: boolean;
}

/** A changer (address 55) pays values from hoppers of its own and chooses the coins itself. */
export interface Changer {
  /** Category, and waits until it has initialised. */
  initialise(signal: AbortSignal): Promise<Result<void>>;
  /** Header 122: `K-COIN-405` with device and fault while something is wrong. */
  check(): Promise<Result<void>>;
  /**
   * Pays `amountYen`. `onIntent` runs after the event counter was read and before the command leaves; it leaves once. A
   * failure means that it never left.
   */
  payOut(
    amountYen: number,
    onIntent: (intent: ChangerIntent) => void,
    signal: AbortSignal,
  ): Promise<Result<ChangerResult>>;
  /** Judges an earlier payout by its intent, when the changer rests. */
  judge(intent: ChangerIntent, signal: AbortSignal): Promise<Result<ChangerResult>>;
}

const CATEGORY = /changer/i;
const POLL_MS = 100;
const INITIALISE_MS = 30_000;
/** A coin a second, of the smallest kind, and time for a jam to be given up. */
const DEADLINE_MS = 30_000;
const DEADLINE_A_YEN_MS = 100;
const MAX_YEN = 0xffff_ffff;
const UNKNOWN: ChangerResult = { paidYen: 0, unpaidYen: 0, known: false };

/** Where the fault is: first byte of header 122. */
const faultyParts: ReadonlyMap<number, string> = new Map([
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => [n, `hopper ${n}`] as const),
  [100, "coin acceptor"],
  [250, "cash box"],
  [255, "system"],
]);
/** What it is: second byte of header 122. */
const faults: ReadonlyMap<number, string> = new Map([
  [1, "empty"],
  [2, "jam"],
  [3, "fraud attempt"],
  [4, "fault"],
  [101, "acceptor jam"],
  [102, "acceptor fraud attempt"],
  [103, "acceptor fault"],
  [104, "acceptor to manifold opto fault"],
  [251, "cash box full"],
  [252, "cash box missing"],
]);

/**
 * Decides what came of a payout by the event counter of header 124: it rises when a payout has ended, and is 0 after a power
 * cut, which clears the amounts too. `refused`: the command was answered with NAK.
 */
export function judgeMoneyOut(intent: ChangerIntent, after: MoneyOut, refused: boolean): ChangerResult {
  const { amountYen, counterBefore } = intent;
  const next = counterBefore === 255 ? 1 : counterBefore + 1;
  if (after.counter === next) {
    return after.paidYen + after.unpaidYen === amountYen
      ? { paidYen: after.paidYen, unpaidYen: after.unpaidYen, known: true }
      : UNKNOWN;
  }
  // The counter 0 is also that of a changer without power meanwhile: it proves nothing unless the command was refused.
  const untouched = after.counter === counterBefore && (counterBefore !== 0 || refused);
  return untouched ? { paidYen: 0, unpaidYen: amountYen, known: true } : UNKNOWN;
}

/** The changer at `address`. */
export function createChanger(options: {
  readonly bus: CcTalkBus;
  readonly clock: Clock;
  readonly address: number;
}): Changer {
  const { bus, clock, address } = options;

  async function readOut(): Promise<Result<MoneyOut>> {
    const out = await bus.request(address, "verifyMoneyOut");
    return out.ok ? ok(readMoneyOut(out.value)) : out;
  }

  /** The evidence when no coin moves any more ("all money is paid when the flag clears"), over silence until the deadline. */
  async function followed(deadlineMs: number, signal?: AbortSignal): Promise<Result<MoneyOut>> {
    const endMs = clock.monotonicMs() + deadlineMs;
    for (;;) {
      if (signal?.aborted) return err(abortedBy(signal));
      const activity = await bus.request(address, "requestActivityRegister");
      if (activity.ok && !readChangerActivity(activity.value).moneyOut) return readOut();
      if (!activity.ok && activity.error.code === "K-CMD-102") return activity;
      if (clock.monotonicMs() >= endMs) return activity.ok ? fail("K-COIN-103", { address }) : activity;
      await sleep(clock, POLL_MS);
    }
  }

  const deadlineOf = (amountYen: number) => DEADLINE_MS + amountYen * DEADLINE_A_YEN_MS;

  return {
    async initialise(signal) {
      const category = await bus.request(address, "requestCategory");
      if (!category.ok) return category;
      const text = readText(category.value);
      if (!CATEGORY.test(text)) return err(wrongCategory(address, text));
      const endMs = clock.monotonicMs() + INITIALISE_MS;
      for (;;) {
        if (signal.aborted) return err(abortedBy(signal));
        const activity = await bus.request(address, "requestActivityRegister");
        if (!activity.ok) return activity;
        if (!readChangerActivity(activity.value).initialising) return ok();
        if (clock.monotonicMs() >= endMs) return fail("K-COIN-103", { address });
        await sleep(clock, POLL_MS, signal);
      }
    },
    async check() {
      const status = await bus.request(address, "requestErrorStatus");
      if (!status.ok) return status;
      const [device = 0, code = 0] = status.value;
      if (device === 0 && code === 0) return ok();
      const part = faultyParts.get(device) ?? `device ${device}`;
      return fail("K-COIN-405", { device, code, part, fault: faults.get(code) ?? `fault ${code}` });
    },
    async payOut(amountYen, onIntent, signal) {
      if (!Number.isInteger(amountYen) || amountYen <= 0 || amountYen > MAX_YEN)
        return fail("K-COIN-401", { amountYen });
      if (signal.aborted) return err(abortedBy(signal));
      const activity = await bus.request(address, "requestActivityRegister");
      if (!activity.ok) return activity;
      if (readChangerActivity(activity.value).moneyOut) return fail("K-COIN-103", { address });
      const before = await readOut();
      if (!before.ok) return before;
      const intent = { amountYen, counterBefore: before.value.counter };
      onIntent(intent);
      const answer = await bus.request(address, "payMoneyOut", u32(amountYen));
      const after = await followed(deadlineOf(amountYen));
      const refused = !answer.ok && answer.error.code === "K-COIN-102";
      return ok(after.ok ? judgeMoneyOut(intent, after.value, refused) : UNKNOWN);
    },
    async judge(intent, signal) {
      const after = await followed(deadlineOf(intent.amountYen), signal);
      return after.ok ? ok(judgeMoneyOut(intent, after.value, false)) : after;
    },
  };
}

function u32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
}
