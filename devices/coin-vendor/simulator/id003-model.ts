import type { Clock } from "../../../src/kernel/clock.ts";
import { createListeners } from "../../contract/listeners.ts";
import type { BytePort } from "../../contract/port.ts";
import { createId003Parser, encodeId003, type Id003Frame } from "../id003/frame.ts";
import {
  id003Commands as command,
  FIRST_ESCROW_CODE,
  type Id003Status,
  id003Statuses as statuses,
} from "../id003/tables.ts";
import { type NoteDenomination, noteDenominations } from "../port.ts";
import { createMovement } from "./mechanics.ts";
import type { NoteState } from "./note-model.ts";

/** A simulated JCM note acceptor: what hands and accidents do to it, and its line. */
export interface Id003Simulator {
  /** Serves one connection; the notes survive it. A later connection takes the place of an earlier one. */
  attach(port: BytePort): void;
  insertNote(note: NoteDenomination | "foreign"): "accepted" | "rejected";
  state(): NoteState & { readonly status: Id003Status };
  onChange(listener: () => void): () => void;
  /** A fault until `undefined` ends it, with its data byte. */
  fault(status: Id003Status | undefined, data?: number): void;
  /** Current away and back. A note in the way shows as 0x41, one on its last way into the box as 0x42. */
  powerCycle(): void;
  /** The stacker gives the next note back instead of taking it. */
  refuseNextStack(): void;
  /** It works and hears, but nothing comes back from it. */
  silence(on: boolean): void;
  /** The next answers to this command are lost. */
  loseReplies(code: number, times?: number): void;
  /** It does not hear the next of these commands. */
  ignoreNext(code: number, times?: number): void;
  noise(bytes: Uint8Array): void;
  connected(): boolean;
  /** How often VEND VALID was sent. */
  vendValids(): number;
}

const MOVE_PACES = 4;
const HOLD_MS = 10_000;
/** 0x8A: escrow code, country, value, exponent of ten. The country's number is not ours to know. */
const COUNTRY = 0;

/** An ID-003 note acceptor, true to the byte. `mechanicsMs` is a fourth of a note's way. */
export function createId003Simulator(options: {
  readonly clock: Clock;
  readonly mechanicsMs?: number;
  /** 0x8A is not known. */
  readonly noCurrencyAssignment?: boolean;
}): Id003Simulator {
  const { clock } = options;
  const wayMs = MOVE_PACES * (options.mechanicsMs ?? 150);
  const changes = createListeners<void>();
  const motor = createMovement(clock);
  const patience = createMovement(clock);
  const box: NoteDenomination[] = [];
  const back: NoteDenomination[] = [];
  const lost: number[] = [];
  const unheard: number[] = [];
  let port: BytePort | undefined;
  let status: Id003Status = "powerUp";
  let broken: { readonly status: Id003Status; readonly data: number } | undefined;
  let note: NoteDenomination | undefined;
  let reason = 0;
  let disabled = 0xff;
  let inhibited = true;
  let refuseStack = false;
  let silent = false;
  let vendValids = 0;

  const codeOf = (one: NoteDenomination) => FIRST_ESCROW_CODE + noteDenominations.indexOf(one);

  function become(next: Id003Status): void {
    status = next;
    changes.emit();
  }

  function rest(): void {
    become(inhibited ? "inhibited" : "idle");
  }

  function giveBack(as: "returning" | "rejecting"): void {
    patience.stop();
    become(as);
    motor.start(wayMs, () => {
      if (note !== undefined) back.push(note);
      note = undefined;
      rest();
    });
  }

  function stack(): void {
    patience.stop();
    become("stacking");
    motor.start(wayMs, () => {
      if (!refuseStack) return become("vendValid");
      refuseStack = false;
      reason = 0x7c;
      giveBack("rejecting");
    });
  }

  /** The kiosk has heard of the note. */
  function acknowledged(): void {
    if (status !== "vendValid") return;
    if (note !== undefined) box.push(note);
    note = undefined;
    become("stacked");
    motor.start(wayMs, rest);
  }

  function statusFrame(): Id003Frame {
    if (broken) return { code: statuses[broken.status], data: Uint8Array.from(broken.data === 0 ? [] : [broken.data]) };
    if (status === "vendValid") vendValids += 1;
    const data = status === "escrow" && note !== undefined ? [codeOf(note)] : status === "rejecting" ? [reason] : [];
    return { code: statuses[status], data: Uint8Array.from(data) };
  }

  const ack: Id003Frame = { code: command.ack, data: new Uint8Array() };
  const invalid: Id003Frame = { code: statuses.invalidCommand, data: new Uint8Array() };
  const inEscrow = () => status === "escrow" || status === "holding";

  function hold(): Id003Frame {
    if (!inEscrow()) return invalid;
    become("holding");
    patience.start(HOLD_MS, () => giveBack("returning"));
    return ack;
  }

  function reset(): Id003Frame {
    motor.stop();
    patience.stop();
    if (status === "powerUpBillInStacker" && note !== undefined) box.push(note);
    else if (note !== undefined) back.push(note);
    note = undefined;
    become("initialising");
    return ack;
  }

  function currencies(): Id003Frame {
    const data = noteDenominations.flatMap((one) => {
      const exponent = String(one).length - 1;
      return [codeOf(one), COUNTRY, one / 10 ** exponent, exponent];
    });
    return { code: command.requestCurrencyAssignment, data: Uint8Array.from(data) };
  }

  function setting(frame: Id003Frame): Id003Frame {
    const [value = 0] = frame.data;
    if (frame.code === command.setInhibit) {
      inhibited = value === 1;
      if (status === "initialising" || status === "idle" || status === "inhibited") rest();
      return frame;
    }
    // All other settings are taken in INITIALIZE only.
    if (status !== "initialising") return invalid;
    if (frame.code === command.setDenominations) disabled = value;
    return frame;
  }

  function answer(frame: Id003Frame): Id003Frame | undefined {
    switch (frame.code) {
      case command.statusRequest:
        return statusFrame();
      case command.ack:
        acknowledged();
        return undefined;
      case command.reset:
        return reset();
      case command.stack1:
      case command.stack2:
        if (!inEscrow()) return invalid;
        stack();
        return ack;
      case command.return:
        if (!inEscrow()) return invalid;
        giveBack("returning");
        return ack;
      case command.hold:
        return hold();
      case command.requestCurrencyAssignment:
        return options.noCurrencyAssignment ? invalid : currencies();
      case command.setDenominations:
      case command.setSecurity:
      case command.setInhibit:
      case command.setDirection:
      case command.setOptions:
        return setting(frame);
      default:
        return invalid;
    }
  }

  return {
    attach(next) {
      port?.close();
      port = next;
      const parser = createId003Parser();
      next.onData((bytes) => {
        if (port !== next) return;
        for (const item of parser.push(bytes)) {
          if (item.kind !== "frame") continue;
          if (strike(unheard, item.frame.code)) continue;
          const reply = answer(item.frame);
          if (strike(lost, item.frame.code)) continue;
          if (reply && !silent) void next.write(encodeId003(reply));
        }
      });
      next.onClose(() => {
        if (port === next) port = undefined;
      });
    },
    insertNote(one) {
      const taken = one !== "foreign" && !broken && status === "idle";
      const enabled = one !== "foreign" && (disabled & (1 << (codeOf(one) - FIRST_ESCROW_CODE))) === 0;
      if (!taken || !enabled) {
        if (one !== "foreign") back.push(one);
        return "rejected";
      }
      note = one;
      become("accepting");
      motor.start(wayMs, () => {
        become("escrow");
        patience.start(HOLD_MS, () => giveBack("returning"));
      });
      return "accepted";
    },
    state: () => ({ status, escrow: inEscrow() ? note : undefined, box: [...box], back: [...back] }),
    onChange: changes.add,
    fault(next, data = 0) {
      broken = next === undefined ? undefined : { status: next, data };
      changes.emit();
    },
    powerCycle() {
      motor.stop();
      patience.stop();
      inhibited = true;
      disabled = 0xff;
      if (note === undefined) return become("powerUp");
      become(status === "stacking" || status === "vendValid" ? "powerUpBillInStacker" : "powerUpBillInAcceptor");
    },
    refuseNextStack() {
      refuseStack = true;
    },
    silence(on) {
      silent = on;
    },
    loseReplies(code, times = 1) {
      for (let n = 0; n < times; n++) lost.push(code);
    },
    ignoreNext(code, times = 1) {
      for (let n = 0; n < times; n++) unheard.push(code);
    },
    noise(bytes) {
      void port?.write(bytes);
    },
    connected: () => port !== undefined,
    vendValids: () => vendValids,
  };
}

/** Takes one entry off the list; whether there was one. */
function strike(list: number[], code: number): boolean {
  const at = list.indexOf(code);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
