import {
  type BridgeCommand,
  createLineReader,
  encodeLine,
  type FlashRate,
  type OutputName,
  outputNames,
  PROTOCOL_VERSION,
  type ToBridge,
  type ToKiosk,
  toBridge,
  toKiosk,
} from "../../firmware-bridge/protocol.ts";
import { type Clock, type Timer, withTimeout } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import type { CommandOptions } from "../contract/device.ts";
import { createSupervisedLink } from "../contract/link.ts";
import { createListeners } from "../contract/listeners.ts";
import type { PortOpener } from "../contract/port.ts";
import type { FrameRecorder } from "../contract/recorder.ts";
import { reopenLink } from "../contract/reopen.ts";
import { createStatusHolder } from "../contract/status-holder.ts";
import type { BoardIdentity, Cabinet, CabinetSensors, DeadManSettings, DeadManStatus } from "./port.ts";

/** All waits of the cabinet. */
export const delays = {
  heartbeatMs: 1000,
  /**
   * So many heartbeats without an answer: the board or the bridge hangs, although the socket is open. They are counted, and
   * no clock is asked: while the kiosk itself does not run it cannot read, and that is not the board's silence.
   */
  silentAfterHeartbeats: 3,
  /** A connection that does not get the board online for so long is opened again: its greeting may be lost for ever. */
  reopenAfterMs: 10_000,
  commandMs: 1000,
} as const;

type Unnumbered<C> = C extends { id: number } ? Omit<C, "id"> : never;

function rateOf(on: boolean | FlashRate): FlashRate {
  return on === true ? "continuous" : on === false ? "off" : on;
}

/**
 * The cabinet over the bridge's socket. Outputs are a wish that is kept: a command that meets a dead board completes with
 * its failure, and the wish is carried out when the board is back.
 */
export function createCabinet(deps: {
  readonly name: string;
  readonly opener: PortOpener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder?: FrameRecorder;
}): Cabinet {
  const { name, opener, clock, logger, recorder } = deps;
  const link = createSupervisedLink({ name, opener, clock, logger, ...(recorder ? { recorder } : {}) });
  const status = createStatusHolder(clock, "offline");
  const heard = createListeners<CabinetSensors>();
  const deadManHeard = createListeners<DeadManStatus>();
  const wishes = new Map<OutputName, FlashRate>();
  /** Outputs whose last command nobody confirmed. */
  const owed = new Set<OutputName>();
  const waiting = new Map<number, (result: Result<void>) => void>();
  let away: Failure | undefined = failure("K-LINK-101", { address: opener.address });
  let greeted = false;
  let sensors: CabinetSensors | undefined;
  let deadMan: DeadManStatus | undefined;
  let board: BoardIdentity | undefined;
  let settings: DeadManSettings | undefined;
  let fresh = false;
  let read = createLineReader(toKiosk);
  let nextId = 1;
  let nonce = 0;
  let unansweredHeartbeats = 0;
  let awaySinceMs = 0;
  let beat: Timer | undefined;
  let closed = false;

  function leave(cause: Failure): void {
    if (!away) awaySinceMs = clock.monotonicMs();
    away = cause;
    status.set("offline", cause);
    for (const finish of [...waiting.values()]) finish(err(failure("K-LINK-102", undefined, cause)));
  }

  /** Everything is said and the board answers: carry out what was wished meanwhile. */
  function arrive(): void {
    if (!greeted || !fresh || !away) return;
    away = undefined;
    showStatus();
    for (const [output, flash] of wishes) void switchOutput(output, flash);
    if (settings) void command("configureDeadMan", { type: "configureDeadMan", settings });
  }

  /** A board that answers: online, unless somebody has broken the cabinet open. */
  function showStatus(): void {
    if (away) return;
    if (sensors?.tampered) status.set("fraudAttempt", failure("K-CAB-104"));
    else status.set("online");
  }

  function take(message: ToKiosk): void {
    if (message.type === "hello") greet(message);
    else if (greeted) hear(message);
  }

  function hear(message: Exclude<ToKiosk, { type: "hello" }>): void {
    unansweredHeartbeats = 0;
    if (message.type === "sensors") {
      fresh = true;
      const changed = JSON.stringify(sensors) !== JSON.stringify(message.sensors);
      sensors = message.sensors;
      showStatus();
      arrive();
      if (changed) heard.emit(sensors);
    } else if (message.type === "deadMan") {
      const { type: _, ...told } = message;
      deadMan = told;
      logger.event("cabinet.deadMan", { device: name, ...told });
      deadManHeard.emit(told);
    } else if (message.type === "done") waiting.get(message.id)?.(ok());
    else if (message.type === "refused") waiting.get(message.id)?.(fail("K-CAB-103", { why: message.why }));
    else arrive();
  }

  function greet(message: ToKiosk & { type: "hello" }): void {
    const { protocol, bridge, firmware, resetCause } = message;
    logger.event("cabinet.hello", { device: name, protocol, bridge, firmware, resetCause });
    board = { firmware, hasDeadMan: message.deadMan, resetCause };
    deadMan = undefined;
    const speaks = protocol === PROTOCOL_VERSION;
    if (!speaks) leave(failure("K-CAB-102", { protocol, expected: PROTOCOL_VERSION }));
    // A second greeting means that the board started again and has forgotten its outputs.
    else if (greeted) leave(failure("K-CAB-101", { restarted: true }));
    greeted = speaks;
    fresh = false;
    unansweredHeartbeats = 0;
  }

  function say(message: ToBridge): Promise<Result<void>> {
    return link.write(encodeLine(message));
  }

  function onBeat(): void {
    beat = clock.setTimer(delays.heartbeatMs, onBeat);
    if (!link.connected()) return;
    nonce += 1;
    void say({ type: "heartbeat", nonce });
    if (unansweredHeartbeats >= delays.silentAfterHeartbeats && away?.code !== "K-CAB-102") {
      leave(failure("K-CAB-101", { unansweredHeartbeats }));
    }
    unansweredHeartbeats += 1;
    if (away && away.code !== "K-CAB-102" && clock.monotonicMs() - awaySinceMs >= delays.reopenAfterMs) {
      link.reopen(failure("K-CAB-101", { silentMs: delays.reopenAfterMs }));
    }
    if (!away) for (const output of [...owed]) void switchOutput(output, wishes.get(output) ?? "off");
  }

  async function switchOutput(output: OutputName, flash: FlashRate, options?: CommandOptions): Promise<Result<void>> {
    wishes.set(output, flash);
    owed.delete(output);
    const result = await command(output, { type: "setOutput", output, flash }, options);
    // A refusal is an answer; after silence the output may be as it was, and is switched again until the board says so.
    if (!result.ok && result.error.code !== "K-CAB-103") owed.add(output);
    return result;
  }

  async function command(
    what: string,
    order: Unnumbered<BridgeCommand>,
    options?: CommandOptions,
  ): Promise<Result<void>> {
    if (closed) return fail("K-CMD-102", { what });
    const id = nextId;
    nextId += 1;
    const checked = toBridge.safeParse({ ...order, id });
    // The bridge would throw such a line away, and the command would only end by its time-out.
    if (!checked.success) return fail("K-CAB-105", { what });
    if (away) return err(away);
    const given = { timeoutMs: options?.timeoutMs ?? delays.commandMs, what };
    const result = await withTimeout(
      clock,
      options?.signal ? { ...given, signal: options.signal } : given,
      () =>
        new Promise<Result<void>>((finish) => {
          waiting.set(id, finish);
          void say(checked.data).then((said) => {
            if (!said.ok) finish(said);
          });
        }),
    );
    waiting.delete(id);
    return result;
  }

  link.onUp(() => {
    read = createLineReader(toKiosk);
    greeted = false;
    fresh = false;
    unansweredHeartbeats = 0;
    awaySinceMs = clock.monotonicMs();
    void say({ type: "hello", protocol: PROTOCOL_VERSION });
  });
  link.onDown(leave);
  link.onData((bytes) => {
    for (const line of read(bytes)) {
      if ("message" in line) take(line.message);
      else logger.event("cabinet.garbage", { device: name, bytes: line.garbageBytes });
    }
  });
  beat = clock.setTimer(delays.heartbeatMs, onBeat);
  for (const output of outputNames) wishes.set(output, "off");

  return {
    name,
    status: status.status,
    onStatus: status.onStatus,
    sensors: () => sensors,
    onSensors: heard.add,
    setLight: (light, on, options) => switchOutput(`light.${light}`, rateOf(on), options),
    setBuzzer: (on, options) => switchOutput("buzzer", rateOf(on), options),
    powerCycle: (device, offMs, options) => command("powerCycle", { type: "powerCycle", device, offMs }, options),
    feedDeadMan: (feed, options) => command("feed", { type: "feed", ...feed }, options),
    configureDeadMan(wanted, options) {
      settings = wanted;
      return command("configureDeadMan", { type: "configureDeadMan", settings: wanted }, options);
    },
    deadMan: () => deadMan,
    onDeadMan: deadManHeard.add,
    board: () => board,
    reopen: (options) => reopenLink(status, link, clock, options),
    async close() {
      closed = true;
      beat?.cancel();
      for (const finish of [...waiting.values()]) finish(fail("K-CMD-102"));
      await link.close();
      leave(failure("K-CMD-102"));
    },
  };
}
