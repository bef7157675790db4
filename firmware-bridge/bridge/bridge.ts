import { backoffMs } from "../../devices/contract/link.ts";
import { openerFor } from "../../devices/contract/openers.ts";
import type { BytePort, PortOpener } from "../../devices/contract/port.ts";
import { type Clock, sleep } from "../../src/kernel/clock.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import type { Running } from "../../src/kernel/process.ts";
import { ok, type Result } from "../../src/kernel/result.ts";
import { softwareVersion } from "../../src/kernel/version.ts";
import { type BridgeCommand, PROTOCOL_VERSION, type ToBridge } from "../protocol.ts";
import { type BridgeConfig, standardPins } from "./config.ts";
import { type BoardNews, createIoBoard, type IoBoard } from "./io-board.ts";
import { type KioskSocket, listenForKiosk } from "./kiosk-socket.ts";
import { openBoard } from "./open-board.ts";

/** Why the bridge ended by itself; its supervisor starts it again, which is the reconnect. Of sysexits.h. */
export const bridgeExits = {
  /** `EX_UNAVAILABLE`: the port is gone. */
  portLost: 69,
  /** `EX_TEMPFAIL`: the port is open and the board does not answer. */
  boardSilent: 75,
  /** `EX_PROTOCOL`: what answers there does not speak Firmata. */
  notFirmata: 76,
} as const;
type BridgeExit = keyof typeof bridgeExits;

/** An Uno starts anew when its port is opened, and greets after its boot loader; a socket resets nothing. */
const SERIAL_GREETING_MS = 500;
const SOCKET_GREETING_MS = 20;
const OPENING = { firstMs: 100, maxMs: 2_000 };
const OPEN_TIMEOUT_MS = 5_000;

/**
 * Serves the kiosk's socket at once and the board as soon as its port can be opened; until then the kiosk is not greeted.
 * `end` ends the process when the board is lost.
 */
export async function startBridge(
  config: BridgeConfig,
  context: { readonly clock: Clock; readonly logger: Logger; readonly end: (code: number) => void },
): Promise<Result<Running>> {
  const { clock, logger } = context;
  const opener = openerFor(config.port);
  if (!opener.ok) return opener;
  const source = opener.value;
  const stopping = new AbortController();
  let board: IoBoard | undefined;
  let port: BytePort | undefined;

  const kiosk = await listenForKiosk(config.socket, {
    connection(connected) {
      logger.event("bridge.kiosk", { connected });
      if (connected) greet();
      else void board?.darken();
    },
    message: (message) => void answer(message),
    garbage: (bytes) => logger.event("bridge.garbage", { from: "kiosk", bytes }),
  });
  if (!kiosk.ok) return kiosk;
  const socket: KioskSocket = kiosk.value;

  function lost(why: BridgeExit): void {
    if (stopping.signal.aborted) return;
    stopping.abort();
    logger.event("bridge.lost", { why, exitCode: bridgeExits[why] });
    context.end(bridgeExits[why]);
  }

  function greet(): void {
    if (!board) return;
    const { firmware, hasDeadMan } = board;
    const resetCause = board.resetCause();
    socket.say({
      type: "hello",
      protocol: PROTOCOL_VERSION,
      bridge: softwareVersion,
      firmware,
      deadMan: hasDeadMan,
      resetCause,
    });
    socket.say({ type: "sensors", sensors: board.sensors() });
    const deadMan = board.deadMan();
    if (deadMan) socket.say({ type: "deadMan", ...deadMan });
  }

  async function answer(message: ToBridge): Promise<void> {
    if (message.type === "hello") return;
    if (message.type === "heartbeat") {
      const answered = await board?.heartbeat();
      if (answered?.ok) socket.say(message);
      return;
    }
    await carryOut(message);
  }

  async function carryOut(command: BridgeCommand): Promise<void> {
    const { id } = command;
    if (!board) return socket.say({ type: "refused", id, why: "the board is not there yet" });
    const done = await board.obey(command);
    if (done.ok) socket.say({ type: "done", id });
    else socket.say({ type: "refused", id, why: String(done.error.detail?.why ?? "the board does not answer") });
  }

  async function run(): Promise<void> {
    port = await openPort(source, context, stopping.signal);
    if (!port) return;
    const firmata = await openBoard(port, {
      clock,
      greetingMs: config.patience * (config.port.startsWith("serial:") ? SERIAL_GREETING_MS : SOCKET_GREETING_MS),
      onGarbage: (bytes) => logger.event("bridge.garbage", { from: "board", bytes }),
      onClose: () => lost("portLost"),
    });
    if (!firmata.ok) return lost("notFirmata");
    const news: BoardNews = {
      onSensors: (sensors) => socket.say({ type: "sensors", sensors }),
      onDeadMan: (report) => socket.say({ type: "deadMan", ...report }),
      onRestart(resetCause) {
        logger.event("bridge.boardRestarted", { resetCause });
        greet();
      },
      onSilent: () => lost("boardSilent"),
    };
    const made = await createIoBoard(firmata.value, config.pins ?? standardPins, clock, news, config.patience);
    if (!made.ok) return lost("boardSilent");
    board = made.value;
    const { firmware, hasDeadMan } = board;
    logger.event("bridge.boardReady", { firmware, deadMan: hasDeadMan, resetCause: board.resetCause() });
    if (!hasDeadMan) logger.event("bridge.plainFirmware", { firmware });
    if (socket.connected()) greet();
  }

  void run();
  return ok({
    addresses: { cabinet: `unix:${config.socket}` },
    async stop() {
      stopping.abort();
      await board?.darken();
      board?.close();
      await socket.close();
      port?.close();
    },
  });
}

/** Opens the board's port, for ever; undefined when the bridge is stopped meanwhile. */
async function openPort(
  opener: PortOpener,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  signal: AbortSignal,
): Promise<BytePort | undefined> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const opened = await opener.open(AbortSignal.any([signal, AbortSignal.timeout(OPEN_TIMEOUT_MS)]));
    if (opened.ok && !signal.aborted) return opened.value;
    if (opened.ok) opened.value.close();
    else {
      const retryMs = backoffMs(OPENING, attempt, Math.random());
      logger.event("bridge.notOpened", { port: opener.address, code: opened.error.code, retryMs });
      await sleep(clock, retryMs, signal);
    }
  }
  return undefined;
}
