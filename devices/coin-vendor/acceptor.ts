import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import type { CcTalkBus } from "./bus.ts";
import { acceptorError } from "./codec/acceptor-errors.ts";
import type { CommandName } from "./codec/commands.ts";
import { readCoinId, readCredits, readText } from "./codec/replies.ts";
import { applyReading, type CounterVerdict } from "./credit-counter.ts";
import { type CashDenomination, type CoinEvents, type CreditStore, type Denomination, denominations } from "./port.ts";

/** The coin acceptor on the bus: what it takes, whether its slot is open, and what fell into it. */
export interface Acceptor {
  /**
   * Simple poll, category, coin ids, inhibits as they should be (closed, unless the slot was open before the link was
   * lost), first reading.
   */
  initialise(): Promise<Result<CoinEvents | undefined>>;
  /**
   * One reading of header 229. What it proves is recorded before it is returned; undefined when nothing happened. After a
   * reset of the acceptor the inhibits are sent again.
   */
  poll(): Promise<Result<CoinEvents | undefined>>;
  /**
   * Master inhibit, and the inhibit mask for these coins alone (none: closed). What was asked last is also sent after a
   * reset.
   */
  setSlot(accept: readonly CashDenomination[]): Promise<Result<void>>;
  slotOpen(): boolean;
  /** Header 232. `K-COIN-202` with the fault code. */
  selfCheck(): Promise<Result<void>>;
}

const POSITIONS = 16;
const READ_ATTEMPTS = 4;
const CATEGORY = /coin acceptor/i;

/** Where each coin is sent behind the credit sensor (headers 210 and 209): 1 to 8, as the machine is built. */
export type SorterPaths = Readonly<Partial<Record<Denomination, number>>>;

/**
 * An acceptor at `address` whose credits go to `credits` first of all. `source` names a further acceptor in the journal;
 * only the first one has to know all coins of the kiosk.
 */
export function createAcceptor(options: {
  readonly name: string;
  readonly bus: CcTalkBus;
  readonly address: number;
  readonly credits: CreditStore;
  readonly logger: Logger;
  readonly source?: string;
  readonly sorterPaths?: SorterPaths;
}): Acceptor {
  const { name, bus, address, credits, logger, source, sorterPaths = {} } = options;
  const positions = new Map<number, Denomination>();
  let last = credits.lastCounter(source);
  /** What is accepted while the slot is open. A closed slot keeps the whole mask: an empty one would hide a power cut. */
  let accepted: readonly CashDenomination[] = denominations;
  let mask: readonly number[] = [0, 0];
  let open = false;
  /** A power-up was seen that no record tells of yet. */
  let restartSeen = false;
  /** The acceptor does not have the inhibits that it should have. */
  let inhibitsOwed = false;
  /** Header 230 is answered. An acceptor that does not know it stays silent; then the counter alone must tell. */
  let tellsInhibits = false;
  let tail: Promise<unknown> = Promise.resolve();

  const ask = (command: CommandName, data: readonly number[] = []) => bus.request(address, command, data);

  async function readPositions(): Promise<Result<void>> {
    positions.clear();
    for (let position = 1; position <= POSITIONS; position++) {
      const id = await ask("requestCoinId", [position]);
      // Acceptors with fewer positions refuse the higher ones.
      if (!id.ok && id.error.code === "K-COIN-102") continue;
      if (!id.ok) return id;
      const denomination = readCoinId(id.value);
      if (denomination === undefined) continue;
      positions.set(position, denomination);
    }
    const known = new Set(positions.values());
    const missing = denominations.filter((denomination) => !known.has(denomination));
    if (missing.length > 0 && (source === undefined || known.size === 0)) {
      return fail("K-COIN-201", { address, missing: missing.join(" ") });
    }
    mask = maskOf(accepted);
    return ok();
  }

  function maskOf(coins: readonly CashDenomination[]): readonly number[] {
    let bits = 0;
    for (const [position, coin] of positions) if (coins.includes(coin)) bits |= 1 << (position - 1);
    return [bits & 0xff, bits >> 8];
  }

  /** Sent, and read back: a coin on a wrong path is money in a wrong box. */
  async function sendSorterPaths(): Promise<Result<void>> {
    for (const [position, denomination] of positions) {
      const path = sorterPaths[denomination];
      if (path === undefined) continue;
      const sent = await ask("modifySorterPaths", [position, path]);
      if (!sent.ok) return fail("K-COIN-205", { address, denomination, path }, sent.error);
      const read = await ask("requestSorterPaths", [position]);
      if (!read.ok || read.value[0] !== path) {
        return fail("K-COIN-205", { address, denomination, path }, read.ok ? undefined : read.error);
      }
    }
    return ok();
  }

  async function sendInhibits(): Promise<Result<void>> {
    inhibitsOwed = true;
    const master = () => ask("modifyMasterInhibit", [open ? 1 : 0]);
    const coins = () => ask("modifyInhibitStatus", mask);
    // Closing comes first and opening last: between the two commands no coin may enter that nobody asked for.
    for (const send of open ? [coins, master] : [master, coins]) {
      const sent = await send();
      if (!sent.ok) return sent;
    }
    inhibitsOwed = false;
    return ok();
  }

  /**
   * A power-up shows in the mask too: it is all zeros then. Asked before every reading of the counter, because the counter
   * alone hides a power-up when it was 0 anyway or when later events have moved it on; and before, so that a counter of
   * the time before the power-up is never taken for one after it. Fails when the acceptor does not answer now.
   */
  async function lookForRestart(): Promise<Result<void>> {
    if (inhibitsOwed || !tellsInhibits) return ok();
    const now = await bus.request(address, "requestInhibitStatus", [], { retries: 0 });
    if (!now.ok) return now;
    if (now.value[0] === mask[0] && now.value[1] === mask[1]) return ok();
    restartSeen = true;
    inhibitsOwed = true;
    return ok();
  }

  /** One reading. The bus may not repeat header 229 by itself: the acceptor may be without power between two attempts. */
  async function readOnce(): Promise<Result<CounterVerdict>> {
    const looked = await lookForRestart();
    if (!looked.ok) return looked;
    const reading = await bus.request(address, "readBufferedCredit", [], { retries: 0 });
    return reading.ok ? ok(applyReading(last, readCredits(reading.value), restartSeen)) : reading;
  }

  async function readVerdict(): Promise<Result<CounterVerdict>> {
    for (let attempt = 1; ; attempt++) {
      const verdict = await readOnce();
      if (verdict.ok || attempt >= READ_ATTEMPTS || !verdict.error.code.startsWith("K-COIN")) return verdict;
    }
  }

  async function read(): Promise<Result<CoinEvents | undefined>> {
    let verdict = await readVerdict();
    if (verdict.ok && verdict.value.lostEvents > 0 && !verdict.value.reset) {
      // So many events may also be one reply that came too late for its poll: the second look decides.
      verdict = await readVerdict();
    }
    if (!verdict.ok) return verdict;
    const events = record(verdict.value);
    // The events are recorded whatever comes of the inhibits; what fails is sent again by the next poll.
    if (verdict.value.reset) {
      inhibitsOwed = true;
      await sendSorterPaths();
    }
    if (inhibitsOwed) await sendInhibits();
    return ok(events);
  }

  function record(verdict: CounterVerdict): CoinEvents | undefined {
    const moved = verdict.counter !== last || verdict.reset;
    if (!moved) return undefined;
    const found: Denomination[] = [];
    const errors: number[] = [];
    let unvalued = 0;
    for (const { a, b } of verdict.results) {
      const denomination = positions.get(a);
      if (denomination !== undefined) {
        found.push(denomination);
        const path = sorterPaths[denomination];
        if (path !== undefined && b !== path)
          logger.event("coin.missorted", { device: name, yen: denomination, path: b });
      } else if (a !== 0) unvalued += 1;
      else if (b !== 0) errors.push(b);
    }
    // A credit of a position that has no value is a coin nobody can count: lost, not guessed.
    const lostEvents = verdict.lostEvents + unvalued;
    const { counter, reset } = verdict;
    const told = { counter, credits: found, errors, lostEvents, reset };
    const events: CoinEvents = source === undefined ? told : { source, ...told };
    credits.recordCoins(events);
    last = verdict.counter;
    restartSeen = false;
    tell(events);
    return events;
  }

  function tell(events: CoinEvents): void {
    const { counter } = events;
    for (const yen of events.credits) logger.event("coin.credited", { device: name, counter, yen });
    for (const errorCode of events.errors) {
      const { name: error, meaning } = acceptorError(errorCode);
      logger.event("coin.acceptorError", { device: name, errorCode, error, meaning });
    }
    if (events.lostEvents > 0) logger.event("coin.eventsLost", { device: name, counter, lost: events.lostEvents });
    if (events.reset) logger.event("coin.acceptorReset", { device: name, counter });
  }

  /** Readings build on each other: never two at a time. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const result = tail.then(work);
    tail = result.catch(() => {});
    return result;
  }

  return {
    initialise: () =>
      alone(async () => {
        const alive = await ask("simplePoll");
        if (!alive.ok) return alive;
        const category = await ask("requestCategory");
        if (!category.ok) return category;
        if (!CATEGORY.test(readText(category.value))) return err(wrongCategory(address, readText(category.value)));
        const known = await readPositions();
        if (!known.ok) return known;
        const inhibits = await ask("requestInhibitStatus");
        tellsInhibits = inhibits.ok;
        const looked = await lookForRestart();
        if (!looked.ok) return looked;
        const inhibited = await sendInhibits();
        if (!inhibited.ok) return inhibited;
        const sorted = await sendSorterPaths();
        if (!sorted.ok) return sorted;
        return read();
      }),
    poll: () => alone(read),
    setSlot: (accept) =>
      alone(async () => {
        const wanted = maskOf(accept);
        open = wanted.some((bits) => bits !== 0);
        accepted = open ? accept : denominations;
        mask = maskOf(accepted);
        const sent = await sendInhibits();
        if (sent.ok) logger.event("coin.slot", { device: name, open });
        return sent;
      }),
    slotOpen: () => open,
    async selfCheck() {
      const fault = await ask("performSelfCheck");
      if (!fault.ok) return fault;
      const [code = 0, extra = 0] = fault.value;
      return code === 0 ? ok() : fail("K-COIN-202", { fault: code, extra });
    },
  };
}

/** The failure for a device that is not what the configuration says. */
export function wrongCategory(address: number, category: string): Failure {
  // The category is a stranger's text: only its printable beginning goes into a log.
  return failure("K-COIN-106", { address, category: category.replace(/[^ -~]/g, "?").slice(0, 40) });
}
