import { type Clock, sleep, withTimeout } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { createCommandQueue, queueOptions } from "../contract/command-queue.ts";
import type { CommandOptions } from "../contract/device.ts";
import { createSupervisedLink } from "../contract/link.ts";
import { createListeners } from "../contract/listeners.ts";
import type { PortOpener } from "../contract/port.ts";
import type { FrameRecorder } from "../contract/recorder.ts";
import { reopenLink } from "../contract/reopen.ts";
import { createAcceptor } from "./acceptor.ts";
import { createAcceptors } from "./acceptors.ts";
import { createCcTalkBus } from "./bus.ts";
import { createCashIn } from "./cash-in.ts";
import { acceptorError } from "./codec/acceptor-errors.ts";
import { createCondition } from "./condition.ts";
import { denominate } from "./denominate.ts";
import { dispenseCoins } from "./dispense.ts";
import { createEscrow } from "./escrow.ts";
import { createExchange } from "./exchange.ts";
import { createHopper, type Hopper } from "./hopper.ts";
import { createId003Acceptor } from "./id003/acceptor.ts";
import { createBillValidator } from "./notes/bill-validator.ts";
import { NOTES_SOURCE, type NoteAcceptor, type NoteAcceptorParts } from "./notes/note-acceptor.ts";
import { type CoinEvents, type CoinVendor, type CreditStore, denominations, type ExchangeStore } from "./port.ts";
import { type CoinVendorOptions, defaultAddresses, delays } from "./settings.ts";
import { storageUnits } from "./storage-units.ts";

/** Silent polls in a row after which the acceptor counts as gone and everything starts up again. */
const SILENT_POLLS = 2;

/**
 * The coin vendor: acceptors, escrow and four hoppers on one ccTalk bus, with a note acceptor on the bus or beside it.
 *
 * It starts at once and for ever: whenever the link is there it greets every device, closes the slot, takes the first
 * reading and polls. Money rules live below: credits are recorded before anybody hears of them (`acceptor.ts`), a payout
 * leaves once and is judged by counters (`hopper.ts`, `payout-judgement.ts`).
 */
export function createCoinVendor(deps: {
  readonly name: string;
  readonly opener: PortOpener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly credits: CreditStore;
  readonly exchanges: ExchangeStore;
  readonly options?: CoinVendorOptions;
  /** The link of an ID-003 note acceptor (9600 8E1); a note validator on the bus is an address of the options. */
  readonly noteOpener?: PortOpener;
  readonly recorder?: FrameRecorder;
}): CoinVendor {
  const { name, clock, logger, options = {} } = deps;
  const addresses = options.addresses ?? defaultAddresses;
  const { opener, recorder } = deps;
  const link = createSupervisedLink({ name, opener, clock, logger, ...(recorder ? { recorder } : {}) });
  const bus = createCcTalkBus({
    name,
    link,
    clock,
    logger,
    ...(options.check ? { check: options.check } : {}),
    ...(options.echo !== undefined ? { echo: options.echo } : {}),
  });
  const { credits, exchanges } = deps;
  const sorter = options.sorterPaths ? { sorterPaths: options.sorterPaths } : {};
  const first = createAcceptor({ name, bus, address: addresses.acceptor, credits, logger, ...sorter });
  const further = (addresses.furtherAcceptors ?? []).map((address) =>
    createAcceptor({ name, bus, address, credits, logger, source: `acceptor-${address}`, ...sorter }),
  );
  const acceptor = createAcceptors([first, ...further]);
  const escrow = createEscrow({ bus, clock, address: addresses.escrow });
  const hoppers = denominations.map((denomination) =>
    createHopper({
      bus,
      clock,
      address: addresses.hoppers[denomination],
      denomination,
      ...(options.quirks?.[denomination] ? { quirks: options.quirks[denomination] } : {}),
      onState: tellHopper,
      onFraud: suspect,
    }),
  );
  const queue = createCommandQueue(clock);
  const condition = createCondition(clock);
  const exchange = createExchange({
    name,
    store: exchanges,
    condition,
    hoppers,
    slotOpen: acceptor.slotOpen,
    logger,
  });
  const coins = createListeners<CoinEvents>();
  const unitNews = createListeners<void>();
  const closing = new AbortController();
  let lastEventMs = Number.NEGATIVE_INFINITY;
  let lastFraudMs = Number.NEGATIVE_INFINITY;
  let nextFaultCheckMs = 0;
  let nextHopperCheckMs = 0;
  let hopperTurn = 0;
  let outages = 0;

  const noteParts: NoteAcceptorParts = {
    onEvents: take,
    onState: () => {},
    onFraud: suspect,
  };
  const notes = createNotes();

  function createNotes(): NoteAcceptor | undefined {
    const common = { ...noteParts, name, clock, credits, logger };
    if (deps.noteOpener) {
      return createId003Acceptor({
        ...common,
        opener: deps.noteOpener,
        ...(recorder ? { recorder } : {}),
        ...options.id003,
      });
    }
    return addresses.notes === undefined
      ? undefined
      : createBillValidator({ ...common, bus, address: addresses.notes });
  }

  function suspect(cause: Failure): void {
    lastFraudMs = clock.monotonicMs();
    condition.set("fraud", cause);
  }

  function tellHopper(hopper: Hopper): void {
    const { state, cause } = hopper.state();
    const { denomination } = hopper;
    logger.event("coin.hopper", { device: name, denomination, state, code: cause?.code ?? "" });
    unitNews.emit();
  }

  /** What the acceptor told is already recorded here. */
  function take(events: CoinEvents): void {
    lastEventMs = clock.monotonicMs();
    // A note acceptor's codes are its own; what they mean it has said already.
    for (const code of events.source === NOTES_SOURCE ? [] : events.errors) {
      const { meaning, name: error } = acceptorError(code);
      if (meaning === "fault") condition.set("acceptor", failure("K-COIN-202", { code, error }));
      if (meaning === "fraud") suspect(failure("K-COIN-203", { code, error }));
    }
    if (hasNews(events)) coins.emit(events);
  }

  const poll = (): Promise<Result<void>> => acceptor.poll(take);

  async function checkAcceptor(): Promise<void> {
    nextFaultCheckMs = clock.monotonicMs() + delays.faultCheckMs;
    const checked = await acceptor.selfCheck();
    // A link that breaks meanwhile says nothing about the acceptor.
    if (checked.ok) condition.set("acceptor", undefined);
    else if (checked.error.code === "K-COIN-202") condition.set("acceptor", checked.error);
  }

  async function startUp(): Promise<Result<void>> {
    const outagesBefore = outages;
    const greeted = await acceptor.initialise();
    if (!greeted.ok) return greeted;
    for (const events of greeted.value) take(events);
    const waiting = await escrow.initialise();
    if (!waiting.ok) return waiting;
    condition.set("escrow", undefined);
    for (const hopper of hoppers) await hopper.initialise();
    await checkAcceptor();
    // Behind a link that was down meanwhile may be another machine: greet it from the beginning.
    if (outages !== outagesBefore) return fail("K-LINK-102");
    condition.arrive();
    logger.event("coin.ready", { device: name, echo: bus.echo() });
    return ok();
  }

  async function idleWork(): Promise<void> {
    const nowMs = clock.monotonicMs();
    if (condition.acceptorFault() && nowMs >= nextFaultCheckMs) await checkAcceptor();
    if (nowMs - lastFraudMs >= delays.fraudMs) condition.set("fraud", undefined);
    // A silent hopper holds the bus for a while: never while coins may come in or go out.
    if (nowMs < nextHopperCheckMs || queue.busy() || acceptor.slotOpen()) return;
    nextHopperCheckMs = nowMs + delays.hopperCheckMs;
    const hopper = hoppers[hopperTurn % hoppers.length];
    hopperTurn += 1;
    if (hopper?.state().state === "inoperative") await hopper.initialise();
    else await hopper?.check();
  }

  async function serve(): Promise<Failure> {
    for (let silent = 0; ; ) {
      if (closing.signal.aborted) return failure("K-CMD-102");
      // The link was down meanwhile, maybe too short for a poll to notice: behind it may be another machine.
      if (!condition.ready()) return condition.away();
      const polled = await poll();
      silent = polled.ok ? 0 : silent + 1;
      if (!polled.ok && (!link.connected() || silent >= SILENT_POLLS)) return polled.error;
      if (polled.ok) await idleWork();
      await sleep(clock, delays.pollMs, closing.signal);
    }
  }

  async function live(): Promise<void> {
    while (!closing.signal.aborted) {
      if (!link.connected()) {
        await linkUp();
        continue;
      }
      const started = await startUp();
      if (started.ok) {
        condition.leave(await serve());
        continue;
      }
      if (condition.away().code !== started.error.code)
        logger.event("coin.notReady", { device: name, code: started.error.code });
      condition.leave(started.error);
      await sleep(clock, delays.startAgainMs, closing.signal);
    }
  }

  /** Notes have a life of their own: a note acceptor that is silent must not hold up the polls of the coins. */
  async function liveNotes(): Promise<void> {
    for (let turn = 0; notes && !closing.signal.aborted; turn++) {
      const resting = !acceptor.slotOpen() && notes.held() === undefined && !notes.moving();
      if (condition.ready() && (!resting || turn % delays.noteRestTurns === 0)) await notes.step();
      await sleep(clock, delays.pollMs, closing.signal);
    }
  }

  function linkUp(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop();
        closing.signal.removeEventListener("abort", done);
        resolve();
      };
      const stop = link.onUp(done);
      closing.signal.addEventListener("abort", done);
    });
  }

  const cashIn = createCashIn({
    name,
    clock,
    logger,
    link,
    acceptor,
    escrow,
    notes,
    condition,
    travelMs: options.coinTravelMs ?? delays.coinTravelMs,
    poll,
    lastEventMs: () => lastEventMs,
  });

  const units = () => storageUnits({ hoppers, escrowFault: condition.escrowFault, notes, store: exchanges });
  const policy = options.change ? { policy: options.change } : {};

  /** Commands that leave something behind: each says itself what came of it after a cancel. */
  function command<T>(
    what: string,
    timeoutMs: number,
    given: CommandOptions | undefined,
    work: (signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    return queue.run(what, { ...queueOptions(given, timeoutMs), completion: "whenWorkEnds" }, work);
  }

  link.onDown((cause) => {
    outages += 1;
    condition.leave(cause);
  });
  const life = Promise.all([live(), liveNotes()]);

  return {
    name,
    status: condition.status,
    onStatus: condition.onStatus,
    onCoins: coins.add,
    storageUnits: units,
    onStorageUnits: unitNews.add,
    denominate: (amount, { certain = false } = {}) => denominate(amount, units(), { certain, ...policy }),
    cashInStart: (given) =>
      command("cashInStart", delays.cashInStartMs, given, (signal) => cashIn.openSlot(signal, given?.accept)),
    cashInStop: (given) => command("cashInStop", delays.cashInStopMs, given, cashIn.closeSlot),
    cashInEnd: (given) => command("cashInEnd", delays.escrowMs, given, (s) => cashIn.emptyEscrow("cashBox", s)),
    cashInRollback: (given) => command("cashInRollback", delays.escrowMs, given, (s) => cashIn.emptyEscrow("tray", s)),
    dispense: (counts, hooks, given) =>
      command("dispense", delays.dispenseMs, given, async (signal) => {
        const fit = condition.usable();
        return fit.ok ? dispenseCoins({ name, hoppers, logger }, counts, hooks, signal) : fit;
      }),
    judgeDispense: (intent, given) =>
      queue.run("judgeDispense", queueOptions(given, delays.judgeMs), async (signal) => {
        const fit = condition.usable();
        if (!fit.ok) return fit;
        const hopper = hoppers.find((h) => h.denomination === intent.denomination);
        if (!hopper) return fail("K-COIN-401", { denomination: intent.denomination });
        const judged = await hopper.judge(intent, signal);
        if (!judged.ok) return judged;
        const { denomination } = intent;
        logger.event("coin.dispensed", { device: name, denomination, ...judged.value });
        return ok({ denomination, ...judged.value });
      }),
    startExchange: (opened, given) => command("startExchange", delays.exchangeMs, given, () => exchange.start(opened)),
    endExchange: (entries, given) => command("endExchange", delays.exchangeMs, given, () => exchange.end(entries)),
    reopen: (given) => reopenLink(condition, link, clock, given),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      if (link.connected() && acceptor.slotOpen()) {
        await withTimeout(clock, { timeoutMs: delays.farewellMs }, () => acceptor.setSlot([]));
      }
      // Its slot is closed, and its line ends, whatever the coin bus does.
      if (notes) await withTimeout(clock, { timeoutMs: delays.farewellMs }, async () => ok(await notes.close()));
      queue.close();
      bus.close();
      await link.close();
      await life;
      condition.leave(failure("K-CMD-102"));
    },
  };
}

/** The first reading of an unknown counter is recorded and has nothing to tell. */
function hasNews({
  credits,
  stacked = [],
  returned = [],
  unproved = [],
  errors,
  lostEvents,
  reset,
}: CoinEvents): boolean {
  const told = credits.length + stacked.length + returned.length + unproved.length + errors.length;
  return told + lostEvents > 0 || reset;
}
