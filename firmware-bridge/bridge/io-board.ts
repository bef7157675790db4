import { randomInt } from "node:crypto";
import type { Board } from "johnny-five";
import { type Clock, type Timer, withTimeout } from "../../src/kernel/clock.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import {
  type BridgeCommand,
  type FlashRate,
  type OutputName,
  outputNames,
  type ResetCause,
  type Sensors,
} from "../protocol.ts";
import type { PinMap } from "./config.ts";
import { type BoardLife, createExtensions, type DeadManReport } from "./extensions.ts";
import { createInputs } from "./inputs.ts";
import { ownOutputs, plainOutputs } from "./outputs.ts";

/** The board as the kiosk means it. */
export interface IoBoard {
  /** Name and version. */
  readonly firmware: string;
  readonly hasDeadMan: boolean;
  resetCause(): ResetCause;
  sensors(): Sensors;
  deadMan(): DeadManReport | undefined;
  /** Proves the board's program by a round trip. */
  heartbeat(): Promise<Result<void>>;
  obey(command: BridgeCommand): Promise<Result<void>>;
  /** Nobody answers for the outputs any more: all go off. */
  darken(): Promise<void>;
  close(): void;
}

/** What the board tells by itself. */
export interface BoardNews {
  onSensors(sensors: Sensors): void;
  onDeadMan(report: DeadManReport): void;
  /** The board started again; its outputs are already applied again. */
  onRestart(cause: ResetCause): void;
  /** Three heartbeats without an answer: the board hangs, although its port is open. */
  onSilent(): void;
}

/** The name that our firmware reports; another one has no extensions. */
const OWN_FIRMWARE = "madoguchi-io";
const HEARTBEAT_MS = 1_000;
/**
 * So many heartbeats without an answer take longer than an Uno needs from a reset through its boot loader. They are counted,
 * and no clock is asked: while this process does not run it cannot read, and that is not the board's silence.
 */
const SILENT_AFTER_HEARTBEATS = 3;
/**
 * A board without our extensions is silent while it starts: StandardFirmata blinks its version for about 2 s before it
 * greets (Firmata.cpp, blinkVersion), a boot loader takes up to another, and the last answer may be one heartbeat old.
 */
const PLAIN_SILENT_AFTER_HEARTBEATS = 6;
const ANSWER_MS = 1_000;
/** A pin without a role: asking for its state is a heartbeat that every Firmata answers. */
const HEARTBEAT_PIN = 13;
const PIN_STATE_QUERY = 0x6d;
const NONCES = 16_384;

/**
 * Sets the board up and waits until all inputs are known. `K-CMD-101` when it stops answering meanwhile. `patience`
 * multiplies how many heartbeats a board without our extensions may leave unanswered.
 */
export async function createIoBoard(
  board: Board,
  pins: PinMap,
  clock: Clock,
  news: BoardNews,
  patience = 1,
): Promise<Result<IoBoard>> {
  const { io } = board;
  const { name = "", version } = io.firmware;
  const own = name === OWN_FIRMWARE;
  const wishes = new Map<OutputName, FlashRate>(outputNames.map((output) => [output, "off"]));
  let cause: ResetCause = "unknown";
  let life: BoardLife | undefined;
  let patch = 0;
  let deadMan: DeadManReport | undefined;
  let nonce = randomInt(NONCES);
  let ready = false;
  let beat: Timer | undefined;
  let unansweredHeartbeats = 0;

  const pinQuestions = new Set<() => void>();
  io.on(`pin-state-${HEARTBEAT_PIN}`, () => {
    const [oldest] = pinQuestions;
    if (!oldest) return;
    pinQuestions.delete(oldest);
    oldest();
  });

  const extensions = createExtensions(board, clock, {
    onStatus(status) {
      const known = life;
      life = status;
      cause = status.resetCause;
      patch = status.patch;
      if (known && isReborn(known, status)) restart();
    },
    onDeadMan(report) {
      deadMan = report;
      if (ready) news.onDeadMan(report);
    },
  });
  const inputs = createInputs(board, pins, {
    clock,
    settles: own,
    onSensors(sensors) {
      if (ready) news.onSensors(sensors);
    },
  });
  const outputs = own ? ownOutputs(extensions, pins) : plainOutputs(board, pins, clock, askPin);

  /** Whether `next` is of a later life than `known`. */
  function isReborn(known: BoardLife, next: BoardLife): boolean {
    return known.boots !== next.boots || next.uptimeS < known.uptimeS;
  }

  /** Answers carry no number, so each belongs to the oldest question: what was written before that one has arrived. */
  async function askPin(): Promise<Result<void>> {
    let answered = () => {};
    const result = await withTimeout(clock, { timeoutMs: patience * ANSWER_MS, what: "pin state" }, () => {
      return new Promise<Result<void>>((resolve) => {
        answered = () => resolve(ok());
        pinQuestions.add(answered);
        board.sysexCommand([PIN_STATE_QUERY, HEARTBEAT_PIN]);
      });
    });
    pinQuestions.delete(answered);
    return result;
  }

  async function heartbeat(): Promise<Result<void>> {
    if (!own) {
      const answered = await askPin();
      if (answered.ok) unansweredHeartbeats = 0;
      return answered;
    }
    const answered = await extensions.echo();
    if (!answered.ok) return answered;
    unansweredHeartbeats = 0;
    // The report of a start was lost on the way; the status brings the cause, and with it the restart.
    if (life && isReborn(life, answered.value)) void extensions.status();
    else life = answered.value;
    return ok();
  }

  async function begin(): Promise<Result<void>> {
    // StandardFirmata greets before it is done starting, and its buffer of 64 bytes runs over: wait until it answers.
    const listening = own ? ok() : await askPin();
    if (!listening.ok) return listening;
    // Inputs first, see there; a round trip between, for the same buffer.
    inputs.setUp();
    const heard = own ? ok() : await askPin();
    if (!heard.ok) return heard;
    outputs.setUp();
    if (own) {
      extensions.askDeadMan();
      if (!life) {
        const status = await extensions.status();
        if (!status.ok) return status;
      }
    }
    // Everything is answered in order: after this round trip the ports have reported.
    return heartbeat();
  }

  function restart(): void {
    if (!ready) return;
    void begin().then(async (begun) => {
      // Half set up, it would answer heartbeats with its lights off for ever: a new process begins anew.
      if (!begun.ok) return news.onSilent();
      for (const [output, flash] of wishes) await outputs.show(output, flash);
      news.onRestart(cause);
    });
  }

  function onBeat(): void {
    beat = clock.setTimer(HEARTBEAT_MS, onBeat);
    if (unansweredHeartbeats >= (own ? SILENT_AFTER_HEARTBEATS : patience * PLAIN_SILENT_AFTER_HEARTBEATS)) {
      beat.cancel();
      news.onSilent();
      return;
    }
    unansweredHeartbeats += 1;
    void heartbeat();
  }

  function obey(command: BridgeCommand): Promise<Result<void>> {
    switch (command.type) {
      case "setOutput":
        wishes.set(command.output, command.flash);
        return outputs.show(command.output, command.flash);
      case "powerCycle":
        return outputs.powerCycle(command);
      case "feed":
        nonce = (nonce + 1) % NONCES;
        return own ? extensions.feed(nonce, command.periodMs, command.busy) : withoutDeadMan();
      case "configureDeadMan":
        return own ? extensions.configure(command.settings) : withoutDeadMan();
    }
  }

  const begun = await begin();
  if (!begun.ok) return begun;
  ready = true;
  // A greeting that nobody asked for: a board without our extensions started again.
  if (!own) io.on("queryfirmware", restart);
  beat = clock.setTimer(HEARTBEAT_MS, onBeat);
  return ok({
    firmware: `${name} ${version?.major ?? 0}.${version?.minor ?? 0}${own ? `.${patch}` : ""}`.slice(0, 100),
    hasDeadMan: own,
    resetCause: () => cause,
    sensors: inputs.sensors,
    deadMan: () => deadMan,
    heartbeat,
    obey,
    async darken() {
      const lit = outputNames.filter((output) => wishes.get(output) !== "off");
      for (const output of lit) wishes.set(output, "off");
      await Promise.all(lit.map((output) => outputs.show(output, "off")));
    },
    close() {
      beat?.cancel();
      inputs.close();
      outputs.close();
    },
  });
}

async function withoutDeadMan(): Promise<Result<void>> {
  return fail("K-CAB-103", { why: "this firmware has no dead man" });
}
