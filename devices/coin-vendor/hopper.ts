import { type Clock, sleep } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { abortedBy } from "../contract/command-queue.ts";
import { wrongCategory } from "./acceptor.ts";
import type { CcTalkBus } from "./bus.ts";
import { type CommandName, HOPPER_ENABLE_CODE } from "./codec/commands.ts";
import {
  type HopperFlags,
  type HopperStatus,
  type PayoutLevel,
  readHopperFlags,
  readHopperStatus,
  readLittleEndian,
  readPayoutLevel,
  readText,
} from "./codec/replies.ts";
import { type HopperEvidence, type Judgement, judgePayout } from "./payout-judgement.ts";
import type { Denomination, PayoutIntent, StorageUnit } from "./port.ts";

/** Where makers differ from the specification. A bare ACK instead of a counter needs no flag: it is understood. */
export interface HopperQuirks {
  /** The event counter rises on a refused payout too (Suzo-Happ Flow). Default true: the careful reading. */
  readonly counterRisesOnNak?: boolean;
  /** Header 168 exists. Default true. */
  readonly hasDispenseCount?: boolean;
}

/** One hopper on the bus. */
export interface Hopper {
  readonly denomination: Denomination;
  /** Simple poll, category, serial number, state. */
  initialise(): Promise<Result<void>>;
  /** Asks for flags and level and updates the state. */
  check(): Promise<void>;
  /** Staff had it open: what its motor said before means nothing any more (header 1), then it is greeted again. */
  renew(): Promise<void>;
  levelSensor(): boolean;
  state(): { readonly state: StorageUnit["state"]; readonly cause?: Failure };
  /**
   * Pays `coins`. `onIntent` runs after the counter was read and before the command leaves; the command leaves once. A
   * failure means that it never left. A signal stops the motor (header 172), and what was paid until then is judged.
   */
  payOut(coins: number, onIntent: (intent: PayoutIntent) => void, signal: AbortSignal): Promise<Result<Judgement>>;
  /** Judges an earlier payout by its intent. Fails when the hopper cannot be asked or its motor does not come to rest. */
  judge(intent: PayoutIntent, signal: AbortSignal): Promise<Result<Judgement>>;
}

const CATEGORY = /payout|hopper/i;
/** Part 2, header 166, and the makers' manuals: a poll every 100 ms while coins are paid. */
const POLL_MS = 100;
/** A motor gives up after about ten seconds without a coin; a pulled plug gets the same time to come back. */
const DEADLINE_MS = 30_000;
const DEADLINE_A_COIN_MS = 1000;

/** The hopper for one denomination at `address`. */
export function createHopper(options: {
  readonly bus: CcTalkBus;
  readonly clock: Clock;
  readonly address: number;
  readonly denomination: Denomination;
  readonly quirks?: HopperQuirks;
  readonly onState?: (hopper: Hopper) => void;
  /** Its exit sensor was tampered with. */
  readonly onFraud?: (cause: Failure) => void;
}): Hopper {
  const { bus, clock, address, denomination, quirks = {} } = options;
  const counterRisesOnNak = quirks.counterRisesOnNak ?? true;
  let serial: Uint8Array | undefined;
  let state: { state: StorageUnit["state"]; cause?: Failure } = { state: "inoperative" };
  /** Coins were seen above the low mark after the motor had run dry: the flag of that time means nothing any more. */
  let refilled = false;

  let levelSensor = false;
  let fraudTold = false;

  const ask = (command: CommandName, data: readonly number[] = []) => bus.request(address, command, data);

  function become(word: StorageUnit["state"], cause?: Failure): void {
    const changed = state.state !== word || state.cause?.code !== cause?.code;
    state = cause ? { state: word, cause } : { state: word };
    if (changed) options.onState?.(hopper);
  }

  async function readStatus(): Promise<Result<HopperStatus>> {
    const status = await ask("requestHopperStatus");
    return status.ok ? ok(readHopperStatus(status.value)) : status;
  }

  async function readEvidence(): Promise<Result<HopperEvidence>> {
    const status = await readStatus();
    if (!status.ok) return status;
    if (quirks.hasDispenseCount === false) return ok({ status: status.value, dispensed: undefined });
    const count = await ask("requestDispenseCount");
    return count.ok ? ok({ status: status.value, dispensed: readLittleEndian(count.value) }) : count;
  }

  async function check(): Promise<void> {
    const tested = await bus.request(address, "testHopper", [], { retries: 1 });
    if (!tested.ok) return become("inoperative", tested.error);
    const flags = readHopperFlags(tested.value);
    // Told once: the flag stays until the hopper's power is switched.
    if (flags.optoFraud && !fraudTold)
      options.onFraud?.(failure("K-COIN-203", { hopper: denomination, flags: hex(tested.value) }));
    fraudTold = flags.optoFraud;
    if (blocked(flags)) return become("inoperative", failure("K-COIN-404", { denomination, flags: hex(tested.value) }));
    const level = await bus.request(address, "requestPayoutLevel", [], { retries: 0 });
    const unseen: PayoutLevel = { lowSensor: false, low: false, high: false };
    const { lowSensor, low, high } = level.ok ? readPayoutLevel(level.value) : unseen;
    levelSensor = lowSensor;
    if (flags.payoutTimeout && !refilled) {
      // Coins above the mark that do not fall are a jam; if the hopper was empty before, they are a refill.
      refilled = lowSensor && !low && state.state === "empty";
      if (!refilled)
        return become(lowSensor && !low ? "inoperative" : "empty", failure("K-COIN-402", { denomination }));
    }
    become(low ? "low" : high ? "full" : "ok");
  }

  /** Follows a payout until the motor rests, over silence and a broken link, and gives the evidence of its end. */
  async function follow(coins: number, stop: AbortSignal): Promise<Result<HopperEvidence>> {
    const endMs = clock.monotonicMs() + DEADLINE_MS + coins * DEADLINE_A_COIN_MS;
    let stopped = false;
    for (;;) {
      if (stop.aborted && !stopped) {
        const answer = await ask("emergencyStop");
        stopped = answer.ok || answer.error.code === "K-COIN-102";
      }
      const evidence = await readEvidence();
      if (evidence.ok && evidence.value.status.remaining === 0) return evidence;
      if (!evidence.ok && evidence.error.code === "K-CMD-102") return evidence;
      if (clock.monotonicMs() >= endMs) return evidence;
      await sleep(clock, POLL_MS);
    }
  }

  const hopper: Hopper = {
    denomination,
    async initialise() {
      const category = await bus.request(address, "requestCategory", [], { retries: 1 });
      if (!category.ok) {
        become("inoperative", category.error);
        return category;
      }
      const text = readText(category.value);
      if (!CATEGORY.test(text)) {
        become("inoperative", wrongCategory(address, text));
        return err(wrongCategory(address, text));
      }
      const number = await ask("requestSerialNumber");
      if (!number.ok) {
        become("inoperative", number.error);
        return number;
      }
      serial = number.value;
      await check();
      return ok();
    },
    check,
    async renew() {
      await bus.request(address, "resetDevice", [], { retries: 1 });
      refilled = false;
      await hopper.initialise();
    },
    levelSensor: () => levelSensor,
    state: () => state,
    async payOut(coins, onIntent, signal) {
      if (signal.aborted) return err(abortedBy(signal));
      if (!serial) return fail("K-COIN-204", { denomination }, state.cause);
      const before = await readEvidence();
      if (!before.ok) return before;
      if (before.value.status.remaining > 0) return fail("K-COIN-103", { address });
      const enabled = await ask("enableHopper", [HOPPER_ENABLE_CODE]);
      if (!enabled.ok) return enabled;
      refilled = false;
      onIntent(intentOf(denomination, coins, before.value));
      const answer = await ask("dispenseCoins", [...serial, coins]);
      const after = await follow(coins, signal);
      const refused = !answer.ok && answer.error.code === "K-COIN-102";
      const judgement = after.ok
        ? judgePayout(coins, before.value, after.value, { refused, counterRisesOnNak })
        : { paid: 0, unpaid: 0, known: false };
      await ask("enableHopper", [0]);
      await check();
      if (!judgement.known) become("inoperative", failure("K-COIN-403", { denomination }));
      return ok(judgement);
    },
    async judge(intent, signal) {
      const status = {
        counter: intent.counterBefore,
        remaining: 0,
        paid: intent.paidBefore,
        unpaid: intent.unpaidBefore,
      };
      for (;;) {
        if (signal.aborted) return err(abortedBy(signal));
        const after = await readEvidence();
        if (!after.ok) return after;
        if (after.value.status.remaining === 0) {
          const before = { status, dispensed: intent.dispensedBefore };
          return ok(judgePayout(intent.coins, before, after.value, { refused: false, counterRisesOnNak }));
        }
        await sleep(clock, POLL_MS, signal);
      }
    },
  };
  return hopper;
}

function intentOf(denomination: Denomination, coins: number, { status, dispensed }: HopperEvidence): PayoutIntent {
  const { counter: counterBefore, paid: paidBefore, unpaid: unpaidBefore } = status;
  const intent = { denomination, coins, counterBefore, paidBefore, unpaidBefore };
  return dispensed === undefined ? intent : { ...intent, dispensedBefore: dispensed };
}

function blocked(flags: HopperFlags): boolean {
  return flags.maxCurrentExceeded || flags.optoFraud || flags.optoBlocked || flags.memoryError;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
