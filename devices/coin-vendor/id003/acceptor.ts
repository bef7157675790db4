import type { Clock } from "../../../src/kernel/clock.ts";
import { type Failure, failure } from "../../../src/kernel/errors/failure.ts";
import type { Logger } from "../../../src/kernel/logger.ts";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import { createSupervisedLink } from "../../contract/link.ts";
import type { PortOpener } from "../../contract/port.ts";
import type { FrameRecorder } from "../../contract/recorder.ts";
import type { NoteAcceptor, NoteAcceptorParts } from "../notes/note-acceptor.ts";
import { createNoteRecord, moveNote } from "../notes/note-record.ts";
import { type CreditStore, type NoteDenomination, noteDenominations } from "../port.ts";
import type { Id003Frame } from "./frame.ts";
import { createId003Line } from "./line.ts";
import {
  id003Commands as command,
  FIRST_ESCROW_CODE,
  failureCodes,
  type Id003Status,
  id003Status,
  LAST_ESCROW_CODE,
  rejectReasons,
} from "./tables.ts";

/** What an installation may set. */
export interface Id003Settings {
  /** Yen of each escrow code (0x61 …), for an acceptor that does not tell its currency assignment (0x8A). */
  readonly escrowCodes?: Readonly<Record<number, NoteDenomination>>;
}

/** The acceptor holds a note for a while only; HOLD begins that time anew. */
const HOLD_EVERY_MS = 4000;
const MOVING: ReadonlySet<Id003Status> = new Set(["accepting", "stacking", "vendValid", "rejecting", "returning"]);
const POWER_UPS: ReadonlySet<Id003Status> = new Set(["powerUp", "powerUpBillInAcceptor", "powerUpBillInStacker"]);
/** No note lies in the escrow in these states. */
const RESTING: ReadonlySet<Id003Status> = new Set(["idle", "inhibited"]);

/** A JCM note acceptor on a line of its own (9600 8E1). */
export function createId003Acceptor(
  options: NoteAcceptorParts &
    Id003Settings & {
      readonly name: string;
      readonly opener: PortOpener;
      readonly clock: Clock;
      readonly credits: CreditStore;
      readonly logger: Logger;
      readonly recorder?: FrameRecorder;
    },
): NoteAcceptor {
  const { clock, logger, opener, recorder } = options;
  const name = `${options.name}-notes`;
  const link = createSupervisedLink({ name, opener, clock, logger, ...(recorder ? { recorder } : {}) });
  const line = createId003Line({ name, link, clock, logger });
  const record = createNoteRecord(options);
  const notes = new Map<number, NoteDenomination>();
  let accept: readonly NoteDenomination[] = [];
  let ready = false;
  /** Whether the acceptor was told to be inhibited; undefined when it may have forgotten. */
  let told: boolean | undefined;
  let status: Id003Status | undefined;
  let heldMs = Number.NEGATIVE_INFINITY;
  let tail: Promise<unknown> = Promise.resolve();

  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work);
    tail = result.catch(() => {});
    return result;
  };
  /** A setting is answered by its own code and data. */
  async function set(code: number, data: readonly number[]): Promise<Result<void>> {
    const answer = await line.request(code, data);
    if (!answer.ok) return answer;
    return answer.value.code === code ? ok() : fail("K-COIN-104", { command: code, answer: answer.value.code });
  }

  async function readNotes(): Promise<Result<void>> {
    notes.clear();
    const assigned = await line.request(command.requestCurrencyAssignment);
    if (!assigned.ok) return assigned;
    if (assigned.value.code === command.requestCurrencyAssignment) {
      for (const [code, note] of readCurrencyAssignment(assigned.value.data)) notes.set(code, note);
    }
    for (const [code, note] of Object.entries(options.escrowCodes ?? {})) notes.set(Number(code), note);
    return notes.size > 0 ? ok() : fail("K-COIN-606");
  }

  /**
   * Settings are taken in INITIALIZE, and a reset leads there: from power-up, where a note in the way comes back by it, and
   * from the rest in which a kiosk that was started again finds the acceptor.
   */
  async function greet(found: Id003Status): Promise<Result<void>> {
    if (POWER_UPS.has(found)) reconcile(found);
    if (found !== "initialising") {
      const reset = await line.request(command.reset);
      return reset.ok ? ok() : reset;
    }
    const known = await readNotes();
    if (!known.ok) return known;
    let disabled = 0xff;
    for (const code of notes.keys()) disabled &= ~(1 << (code - FIRST_ESCROW_CODE));
    const settings: readonly (readonly [number, readonly number[]])[] = [
      [command.setDenominations, [disabled, 0]],
      [command.setSecurity, [0, 0]],
      [command.setDirection, [0]],
      [command.setOptions, [0, 0]],
    ];
    for (const [code, data] of settings) {
      const done = await set(code, data);
      if (!done.ok) return done;
    }
    told = undefined;
    const slot = await sendSlot();
    if (!slot.ok) return slot;
    ready = true;
    record.become("ok");
    return ok();
  }

  /** What power-up proves about the note that the journal holds in the escrow. */
  function reconcile(found: Id003Status): void {
    const held = record.held();
    if (found === "powerUpBillInStacker") {
      // A note that nobody recorded lies in the box: a discrepancy, never a guess.
      record.write(held === undefined ? { lostEvents: 1, reset: true } : { stacked: [held], reset: true });
    } else if (held !== undefined) {
      record.write(
        found === "powerUpBillInAcceptor" ? { returned: [held], reset: true } : { unproved: [held], reset: true },
      );
    }
  }

  /** Open or closed; a note that is not wanted while it is open comes back from the escrow. */
  async function sendSlot(): Promise<Result<void>> {
    const inhibit = record.held() !== undefined || accept.length === 0;
    if (told === inhibit) return ok();
    const sent = await set(command.setInhibit, [inhibit ? 1 : 0]);
    if (sent.ok) told = inhibit;
    return sent;
  }

  async function attempt(): Promise<Result<void>> {
    const answer = await line.request(command.statusRequest);
    if (!answer.ok) return answer;
    const found = id003Status(answer.value.code);
    if (!found) return fail("K-COIN-104", { status: answer.value.code });
    const before = status;
    status = found;
    const wrong = faultOf(found, answer.value);
    if (wrong) {
      if (found === "cheated") options.onFraud(wrong);
      ready = false;
      record.become(found === "stackerFull" ? "full" : "inoperative", wrong);
      return ok();
    }
    const followed = await followNote(found, before, answer.value);
    if (!followed.ok) return followed;
    const fresh = !ready && (POWER_UPS.has(found) || found === "initialising" || RESTING.has(found));
    const lost = ready && (POWER_UPS.has(found) || found === "initialising");
    if (fresh || lost) {
      ready = false;
      return greet(found);
    }
    return ready && RESTING.has(found) ? sendSlot() : ok();
  }

  /** What this status proves about a note. */
  async function followNote(
    found: Id003Status,
    before: Id003Status | undefined,
    frame: Id003Frame,
  ): Promise<Result<void>> {
    const held = record.held();
    if (found === "escrow") return escrow(frame, held);
    if (found === "vendValid") {
      // Repeated until it is acknowledged: credited by the record and not by the message, and recorded before the answer.
      if (held !== undefined) record.write({ stacked: [held] });
      return line.send(command.ack);
    }
    if (found === "stacked" && held !== undefined) record.write({ stacked: [held] });
    if (found === "rejecting" && before !== "rejecting") {
      const [reason = 0] = frame.data;
      const error = rejectReasons.get(reason) ?? `reason ${reason}`;
      logger.event("note.error", { device: options.name, errorCode: reason, error, meaning: "rejected" });
    }
    // VEND VALID waits for its acknowledgement, so an acceptor that rests without it has given the note back.
    if (RESTING.has(found) && held !== undefined) record.write({ returned: [held] });
    if (found !== "holding" || held === undefined || clock.monotonicMs() - heldMs < HOLD_EVERY_MS) return ok();
    return hold();
  }

  async function escrow(frame: Id003Frame, held: NoteDenomination | undefined): Promise<Result<void>> {
    const note = notes.get(frame.data[0] ?? 0);
    if (held === undefined) {
      const wanted = ready && note !== undefined && accept.includes(note);
      if (!wanted) {
        const back = await line.request(command.return);
        return back.ok ? ok() : back;
      }
      record.write({ credits: [note] });
    }
    return hold();
  }

  async function hold(): Promise<Result<void>> {
    heldMs = clock.monotonicMs();
    const answer = await line.request(command.hold);
    return answer.ok ? ok() : answer;
  }

  async function step(): Promise<void> {
    const done = await attempt();
    if (done.ok || done.error.code === "K-CMD-102") return;
    ready = false;
    status = undefined;
    record.become("inoperative", done.error);
  }

  const move = (want: "stacked" | "returned", signal: AbortSignal) =>
    moveNote({
      record,
      clock,
      want,
      signal,
      step: () => alone(step),
      send: () =>
        alone(async () => {
          const answer = await line.request(want === "stacked" ? command.stack1 : command.return);
          return answer.ok && answer.value.code === command.ack;
        }),
    });

  return {
    state: record.state,
    held: record.held,
    moving: () => status !== undefined && MOVING.has(status),
    setSlot(wanted) {
      accept = wanted;
      return alone(step);
    },
    step: () => alone(step),
    stack: (signal) => move("stacked", signal),
    giveBack: (signal) => move("returned", signal),
    async close() {
      if (link.connected() && ready) await line.request(command.setInhibit, [1]);
      line.close();
      await link.close();
    },
  };
}

/** Data of 0x8A: four bytes a denomination: escrow code, country, value, exponent of ten. Whose is no note of ours is left out. */
export function readCurrencyAssignment(data: Uint8Array): ReadonlyMap<number, NoteDenomination> {
  const found = new Map<number, NoteDenomination>();
  for (let at = 0; at + 4 <= data.length; at += 4) {
    const [code = 0, , value = 0, exponent = 0] = data.subarray(at, at + 4);
    const note = noteDenominations.find((one) => one === value * 10 ** Math.min(exponent, 6));
    if (note !== undefined && code >= FIRST_ESCROW_CODE && code <= LAST_ESCROW_CODE) found.set(code, note);
  }
  return found;
}

function faultOf(found: Id003Status, { data }: Id003Frame): Failure | undefined {
  const [code = 0] = data;
  switch (found) {
    case "stackerFull":
      return failure("K-COIN-601");
    case "stackerOpen":
      return failure("K-COIN-602");
    case "jamInAcceptor":
    case "jamInStacker":
      return failure("K-COIN-603", { status: found });
    case "cheated":
      return failure("K-COIN-605", { status: found });
    case "failure":
      return failure("K-COIN-604", { code, part: failureCodes.get(code) ?? `code ${code}` });
    case "commError":
    case "invalidCommand":
      return failure("K-COIN-604", { status: found });
    default:
      return undefined;
  }
}
