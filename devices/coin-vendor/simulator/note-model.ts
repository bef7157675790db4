import type { NoteDenomination } from "../port.ts";
import { noteDenominations } from "../port.ts";
import { nextEvent } from "./coins.ts";
import { type Answer, createMovement, identity, type Mechanics, type SimulatedDevice } from "./mechanics.ts";

/** Where the notes are: in the escrow, in the box, given back. */
export interface NoteState {
  readonly escrow: NoteDenomination | undefined;
  readonly box: readonly NoteDenomination[];
  readonly back: readonly NoteDenomination[];
}

export interface NoteModel extends SimulatedDevice {
  /** A note goes in. Anything that is not taken comes back at once. */
  insert(note: NoteDenomination | "foreign"): "accepted" | "rejected";
  state(): NoteState;
  /** An event with A = 0, e.g. 17 opto fraud, 14 stacker full. */
  event(code: number): void;
  /** The stacker gives the next note back instead of taking it. */
  refuseNextStack(): void;
}

const BUFFER_SIZE = 5;
/** Part 3: a validator that is not polled for five seconds takes no notes. */
const SELF_INHIBIT_MS = 5000;
const ESCROW_TIMEOUT_MS = 30_000;
const MOVE_PACES = 4;
const RETURNED = 1;
const INVALID = 2;
const INHIBITED = 4;
const STACKED = 0;
const IN_ESCROW = 1;
const ESCROW_EMPTY = 254;
/** Bill ids have four digits; with this factor and no decimals 10,000 yen fit. */
const SCALING = 1000;

/** A note validator with an escrow for one note, on the ccTalk bus. */
export function createNoteModel(mechanics: Mechanics, options: { readonly address: number }): NoteModel {
  const { clock, paceMs, powered, changed } = mechanics;
  const core = identity("Bill Acceptor", "SIM-BV", 100_040);
  const motor = createMovement(clock);
  const patience = createMovement(clock);
  const box: NoteDenomination[] = [];
  const back: NoteDenomination[] = [];
  let escrow: NoteDenomination | undefined;
  let coming: NoteDenomination | undefined;
  let master = 0;
  let mask = 0;
  let mode = 0;
  let counter = 0;
  let buffer: { a: number; b: number }[] = [];
  let lastPollMs = Number.NEGATIVE_INFINITY;
  let refuseStack = false;

  const typeOf = (note: NoteDenomination) => noteDenominations.indexOf(note) + 1;

  function event(a: number, b: number): void {
    if (!powered()) return;
    counter = nextEvent(counter);
    buffer = [{ a, b }, ...buffer].slice(0, BUFFER_SIZE);
  }

  function giveBack(): void {
    if (escrow !== undefined) back.push(escrow);
    escrow = undefined;
    event(0, RETURNED);
    changed();
  }

  function arrive(): void {
    escrow = coming;
    coming = undefined;
    if (escrow !== undefined) event(typeOf(escrow), IN_ESCROW);
    patience.start(ESCROW_TIMEOUT_MS, giveBack);
    changed();
  }

  function route(code: number): Answer {
    if (escrow === undefined) return { data: [ESCROW_EMPTY] };
    if (motor.active()) return "busy";
    patience.stop();
    if (code === 255) {
      patience.start(ESCROW_TIMEOUT_MS, giveBack);
      return "ack";
    }
    motor.start(MOVE_PACES * paceMs, () => {
      if (code !== 1 || refuseStack) {
        refuseStack = false;
        return giveBack();
      }
      if (escrow === undefined) return;
      box.push(escrow);
      event(typeOf(escrow), STACKED);
      escrow = undefined;
      changed();
    });
    return "ack";
  }

  function refusal(note: NoteDenomination | "foreign"): number | undefined {
    if (note === "foreign") return INVALID;
    const watched = clock.monotonicMs() - lastPollMs <= SELF_INHIBIT_MS;
    const enabled = master === 1 && (mask & (1 << (typeOf(note) - 1))) !== 0 && mode === 3;
    return enabled && watched && escrow === undefined && coming === undefined ? undefined : INHIBITED;
  }

  function powerUp(): void {
    master = 0;
    mask = 0;
    mode = 0;
    counter = 0;
    buffer = [];
    // A note that was in its way is given back when its program starts, and nothing is told of it.
    for (const note of [escrow, coming]) if (note !== undefined) back.push(note);
    escrow = undefined;
    coming = undefined;
  }

  return {
    address: options.address,
    insert(note) {
      const why = powered() ? refusal(note) : INVALID;
      if (note === "foreign" || why !== undefined) {
        if (note !== "foreign") back.push(note);
        event(0, why ?? INVALID);
        return "rejected";
      }
      coming = note;
      motor.start(MOVE_PACES * paceMs, arrive);
      return "accepted";
    },
    state: () => ({ escrow, box: [...box], back: [...back] }),
    event: (code) => event(0, code),
    refuseNextStack() {
      refuseStack = true;
    },
    answer(header, data) {
      if (header === 159) {
        lastPollMs = clock.monotonicMs();
        const results = Array.from({ length: BUFFER_SIZE }, (_, n) => buffer[n] ?? { a: 0, b: 0 });
        return { data: [counter, ...results.flatMap(({ a, b }) => [a, b])] };
      }
      if (header === 154) return route(data[0] ?? 0);
      if (header === 153) {
        mode = data[0] ?? 0;
        return "ack";
      }
      if (header === 157) {
        const note = noteDenominations[(data[0] ?? 0) - 1];
        const id = note === undefined ? "......." : `JP${String(note / SCALING).padStart(4, "0")}A`;
        return { data: [...Buffer.from(id, "latin1")] };
      }
      if (header === 156) return { data: isJapan(data) ? [SCALING & 0xff, SCALING >> 8, 0] : [0, 0, 0] };
      if (header === 155) return { data: isJapan(data) ? [0x0f, 0] : [0, 0] };
      if (header === 231) {
        mask = (data[0] ?? 0) | ((data[1] ?? 0) << 8);
        return "ack";
      }
      if (header === 230) return { data: [mask & 0xff, mask >> 8] };
      if (header === 228) {
        master = (data[0] ?? 0) & 1;
        return "ack";
      }
      if (header === 227) return { data: [master] };
      if (header === 232) return { data: [0] };
      if (header === 1) {
        powerUp();
        return "ack";
      }
      return core.get(header);
    },
    powerOff() {
      motor.stop();
      patience.stop();
    },
    powerOn: powerUp,
  };
}

function isJapan(data: Uint8Array): boolean {
  return Buffer.from(data).toString("latin1") === "JP";
}
