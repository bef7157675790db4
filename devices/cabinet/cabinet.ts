import {
  createLineReader,
  encodeLine,
  type OutputName,
  PROTOCOL_VERSION,
  type ToBridge,
  type ToKiosk,
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
import { createStatusHolder } from "../contract/status-holder.ts";
import { type Cabinet, type CabinetSensors, guideLights } from "./port.ts";

/** All waits of the cabinet. */
export const delays = {
  heartbeatMs: 1000,
  /** Three heartbeats without an answer: the board or the bridge hangs, although the socket is open. */
  silentAfterMs: 3000,
  /** A connection that does not get the board online for so long is opened again: its greeting may be lost for ever. */
  reopenAfterMs: 10_000,
  commandMs: 1000,
} as const;

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
  const wishes = new Map<OutputName, boolean>();
  /** Outputs whose last command nobody confirmed. */
  const owed = new Set<OutputName>();
  const waiting = new Map<number, (result: Result<void>) => void>();
  let away: Failure | undefined = failure("K-LINK-101", { address: opener.address });
  let greeted = false;
  let sensors: CabinetSensors | undefined;
  let fresh = false;
  let read = createLineReader(toKiosk);
  let nextId = 1;
  let nonce = 0;
  let lastAnswerMs = 0;
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
    status.set("online");
    for (const [output, on] of wishes) void switchOutput(output, on);
  }

  function take(message: ToKiosk): void {
    if (message.type === "hello") greet(message);
    else if (greeted) hear(message);
  }

  function hear(message: Exclude<ToKiosk, { type: "hello" }>): void {
    lastAnswerMs = clock.monotonicMs();
    if (message.type === "sensors") {
      fresh = true;
      const changed = JSON.stringify(sensors) !== JSON.stringify(message.sensors);
      sensors = message.sensors;
      arrive();
      if (changed) heard.emit(sensors);
    } else if (message.type === "done") waiting.get(message.id)?.(ok());
    else if (message.type === "refused") waiting.get(message.id)?.(fail("K-CAB-103", { why: message.why }));
    else arrive();
  }

  function greet(message: ToKiosk & { type: "hello" }): void {
    const { protocol, bridge, firmware } = message;
    logger.event("cabinet.hello", { device: name, protocol, bridge, firmware });
    const speaks = protocol === PROTOCOL_VERSION;
    if (!speaks) leave(failure("K-CAB-102", { protocol, expected: PROTOCOL_VERSION }));
    // A second greeting means that the board started again and has forgotten its outputs.
    else if (greeted) leave(failure("K-CAB-101", { restarted: true }));
    greeted = speaks;
    fresh = false;
    lastAnswerMs = clock.monotonicMs();
  }

  function say(message: ToBridge): Promise<Result<void>> {
    return link.write(encodeLine(message));
  }

  function onBeat(): void {
    beat = clock.setTimer(delays.heartbeatMs, onBeat);
    if (!link.connected()) return;
    nonce += 1;
    void say({ type: "heartbeat", nonce });
    if (clock.monotonicMs() - lastAnswerMs >= delays.silentAfterMs && away?.code !== "K-CAB-102") {
      leave(failure("K-CAB-101", { silentMs: delays.silentAfterMs }));
    }
    if (away && away.code !== "K-CAB-102" && clock.monotonicMs() - awaySinceMs >= delays.reopenAfterMs) {
      link.reopen(failure("K-CAB-101", { silentMs: delays.reopenAfterMs }));
    }
    if (!away) for (const output of [...owed]) void switchOutput(output, wishes.get(output) ?? false);
  }

  async function switchOutput(output: OutputName, on: boolean, options?: CommandOptions): Promise<Result<void>> {
    wishes.set(output, on);
    owed.delete(output);
    if (closed) return fail("K-CMD-102", { output });
    if (away) return err(away);
    const id = nextId;
    nextId += 1;
    const given = { timeoutMs: options?.timeoutMs ?? delays.commandMs, what: output };
    const result = await withTimeout(
      clock,
      options?.signal ? { ...given, signal: options.signal } : given,
      () =>
        new Promise<Result<void>>((finish) => {
          waiting.set(id, finish);
          void say({ type: "setOutput", id, output, on }).then((said) => {
            if (!said.ok) finish(said);
          });
        }),
    );
    waiting.delete(id);
    // A refusal is an answer; after silence the output may be as it was, and is switched again until the board says so.
    if (!result.ok && result.error.code !== "K-CAB-103") owed.add(output);
    return result;
  }

  link.onUp(() => {
    read = createLineReader(toKiosk);
    greeted = false;
    fresh = false;
    lastAnswerMs = clock.monotonicMs();
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
  for (const light of guideLights) wishes.set(`light.${light}`, false);
  wishes.set("buzzer", false);

  return {
    name,
    status: status.status,
    onStatus: status.onStatus,
    sensors: () => sensors,
    onSensors: heard.add,
    setLight: (light, on, options) => switchOutput(`light.${light}`, on, options),
    setBuzzer: (on, options) => switchOutput("buzzer", on, options),
    async close() {
      closed = true;
      beat?.cancel();
      for (const finish of [...waiting.values()]) finish(fail("K-CMD-102"));
      await link.close();
      leave(failure("K-CMD-102"));
    },
  };
}
