import type { Clock } from "../../../src/kernel/clock.ts";
import { failure } from "../../../src/kernel/errors/failure.ts";
import type { Logger } from "../../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../../src/kernel/result.ts";
import { wrongCategory } from "../acceptor.ts";
import type { CcTalkBus } from "../bus.ts";
import { BILL_IN_ESCROW, BILL_STACKED, billEvent } from "../codec/bill-events.ts";
import {
  BILL_MODE_STACKER_AND_ESCROW,
  type CommandName,
  ROUTE_ESCROW_EMPTY,
  ROUTE_EXTEND,
  ROUTE_RETURN,
  ROUTE_STACK,
} from "../codec/commands.ts";
import { readBillId, readCredits, readScalingFactor, readText } from "../codec/replies.ts";
import { applyReading } from "../credit-counter.ts";
import type { CreditStore, NoteDenomination } from "../port.ts";
import { NOTES_SOURCE, type NoteAcceptor, type NoteAcceptorParts } from "./note-acceptor.ts";
import { createNoteRecord, moveNote } from "./note-record.ts";

const CATEGORY = /bill|note/i;
const BILL_TYPES = 16;
/** Escrows give the bill back by themselves after some 30 s; header 154 with 255 begins that time anew. */
const EXTEND_EVERY_MS = 10_000;
const COUNTRY = [...Buffer.from("JP", "latin1")];

/** A note validator on the ccTalk bus (address 40 of the specification). */
export function createBillValidator(
  options: NoteAcceptorParts & {
    readonly name: string;
    readonly bus: CcTalkBus;
    readonly clock: Clock;
    readonly address: number;
    readonly credits: CreditStore;
    readonly logger: Logger;
  },
): NoteAcceptor {
  const { bus, clock, address, credits, logger, name } = options;
  const record = createNoteRecord(options);
  const types = new Map<number, NoteDenomination>();
  let last = credits.lastCounter(NOTES_SOURCE);
  let greeted = false;
  let accept: readonly NoteDenomination[] = [];
  /** What the validator was told last; undefined when it may have forgotten. */
  let told: string | undefined;
  let extendedMs = Number.NEGATIVE_INFINITY;
  let tail: Promise<unknown> = Promise.resolve();

  const ask = (command: CommandName, data: readonly number[] = []) =>
    bus.request(address, command, data, { retries: 1 });
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work);
    tail = result.catch(() => {});
    return result;
  };

  async function greet(): Promise<Result<void>> {
    const category = await ask("requestCategory");
    if (!category.ok) return category;
    if (!CATEGORY.test(readText(category.value))) return err(wrongCategory(address, readText(category.value)));
    const scaling = await ask("requestCountryScalingFactor", COUNTRY);
    const factor = scaling.ok ? (readScalingFactor(scaling.value) ?? 1) : 1;
    types.clear();
    for (let type = 1; type <= BILL_TYPES; type++) {
      const id = await ask("requestBillId", [type]);
      if (!id.ok && id.error.code === "K-COIN-102") continue;
      if (!id.ok) return id;
      const note = readBillId(id.value, factor);
      if (note !== undefined) types.set(type, note);
    }
    if (types.size === 0) return fail("K-COIN-606", { address });
    const mode = await ask("modifyBillOperatingMode", [BILL_MODE_STACKER_AND_ESCROW]);
    if (!mode.ok) return mode;
    told = undefined;
    greeted = true;
    if (record.state().state === "inoperative") record.become("ok");
    return ok();
  }

  /** Master inhibit and mask; a held note closes the slot, because the escrow has no room for a second one. */
  async function sendSlot(): Promise<Result<void>> {
    const wanted = record.held() === undefined ? accept : [];
    let bits = 0;
    for (const [type, note] of types) if (wanted.includes(note)) bits |= 1 << (type - 1);
    const open = bits !== 0;
    const wish = String(bits);
    if (told === wish) return ok();
    const master = () => ask("modifyMasterInhibit", [open ? 1 : 0]);
    const mask = () => ask("modifyInhibitStatus", [bits & 0xff, bits >> 8]);
    for (const send of open ? [mask, master] : [master, mask]) {
      const sent = await send();
      if (!sent.ok) return sent;
    }
    told = wish;
    return ok();
  }

  function note(
    results: readonly { readonly a: number; readonly b: number }[],
    counter: number,
    lost: number,
    reset: boolean,
  ) {
    const credited: NoteDenomination[] = [];
    const stacked: NoteDenomination[] = [];
    const returned: NoteDenomination[] = [];
    const errors: number[] = [];
    let lostEvents = lost;
    let held = record.held();
    for (const { a, b } of results) {
      const type = types.get(a);
      if (a === 0) {
        const { name: error, meaning } = billEvent(b);
        errors.push(b);
        logger.event("note.error", { device: name, errorCode: b, error, meaning });
        if (meaning === "returned" && held !== undefined) {
          returned.push(held);
          held = undefined;
        }
        judge(b);
      } else if (type !== undefined && b === BILL_IN_ESCROW && held === undefined) {
        credited.push(type);
        held = type;
      } else if (type !== undefined && b === BILL_STACKED) {
        // One that was never in the escrow is credited where it is.
        if (held !== type) credited.push(type);
        stacked.push(type);
        held = undefined;
      } else lostEvents += 1;
    }
    record.write({ counter, credits: credited, stacked, returned, errors, lostEvents, reset });
  }

  function judge(code: number): void {
    const { name: event, meaning } = billEvent(code);
    const detail = { event, code };
    if (meaning === "fraud") options.onFraud(failure("K-COIN-605", detail));
    if (meaning === "boxFull") record.become("full", failure("K-COIN-601", detail));
    if (meaning === "boxOpen") record.become("inoperative", failure("K-COIN-602", detail));
    if (meaning === "jam") record.become("inoperative", failure("K-COIN-603", detail));
    if (meaning === "fault") record.become("inoperative", failure("K-COIN-604", detail));
    if (meaning === "boxOk") record.become("ok");
  }

  async function poll(): Promise<Result<void>> {
    const reading = await bus.request(address, "readBufferedBillEvents", [], { retries: 0 });
    if (!reading.ok) return reading;
    const { counter, results, lostEvents, reset } = applyReading(last, readCredits(reading.value));
    const first = last === undefined;
    last = counter;
    if (reset) {
      greeted = false;
      // Without power it gives the note back or keeps it, and tells neither.
      const held = record.held();
      record.write({ counter: 0, reset, lostEvents: 0, ...(held === undefined ? {} : { unproved: [held] }) });
    }
    if (results.length > 0 || lostEvents > 0 || first) note(results, counter, lostEvents, false);
    return ok();
  }

  async function step(): Promise<void> {
    const done = await attempt();
    if (done.ok || done.error.code === "K-CMD-102") return;
    greeted = false;
    record.become("inoperative", done.error);
  }

  async function attempt(): Promise<Result<void>> {
    if (!greeted) {
      const welcome = await greet();
      if (!welcome.ok) return welcome;
    }
    const polled = await poll();
    if (!polled.ok) return polled;
    const sent = greeted ? await sendSlot() : ok();
    if (!sent.ok || record.held() === undefined) return sent;
    if (clock.monotonicMs() - extendedMs < EXTEND_EVERY_MS) return ok();
    extendedMs = clock.monotonicMs();
    const extended = await ask("routeBill", [ROUTE_EXTEND]);
    return extended.ok ? ok() : extended;
  }

  const move = (want: "stacked" | "returned", signal: AbortSignal) =>
    moveNote({
      record,
      clock,
      want,
      signal,
      step: () => alone(step),
      async send() {
        const answer = await ask("routeBill", [want === "stacked" ? ROUTE_STACK : ROUTE_RETURN]);
        return answer.ok && (answer.value.length === 0 || answer.value[0] === ROUTE_ESCROW_EMPTY);
      },
    });

  return {
    state: record.state,
    held: record.held,
    // Header 159 tells of a bill when it has arrived; until then the 200 ms of two polls are the way of it.
    moving: () => false,
    setSlot(wanted) {
      accept = wanted;
      return alone(step);
    },
    step: () => alone(step),
    stack: (signal) => move("stacked", signal),
    giveBack: (signal) => move("returned", signal),
    async close() {
      if (told !== undefined && told !== "0") await bus.request(address, "modifyMasterInhibit", [0], { retries: 0 });
    },
  };
}
