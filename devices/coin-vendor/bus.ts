import { type Clock, sleep, type Timer } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import type { SupervisedLink } from "../contract/link.ts";
import { type Command, type CommandName, commands } from "./codec/commands.ts";
import {
  type CcTalkFrame,
  encodeFrame,
  type FrameCheck,
  HOST_ADDRESS,
  REPLY_ACK,
  REPLY_BUSY,
  REPLY_NACK,
} from "./codec/frame.ts";
import { createFrameParser, type FrameParser, type Parsed } from "./codec/parser.ts";

/**
 * How frames are protected on this bus: `auto` finds out for each device (simple polls in both ways; a device does not answer
 * a frame whose check it does not understand), and looks again after the link was down.
 */
export type CheckSetting = "auto" | FrameCheck;

/** Whether the adapter brings back what the host sends (three-wire bus: transmit and receive share one line). */
export type EchoSetting = "auto" | boolean;

/** The host's side of one ccTalk bus: one request at a time, each with exactly one outcome. */
export interface CcTalkBus {
  /**
   * Sends a command and gives the data bytes of its reply. Repeats up to three times on silence, noise and BUSY, but
   * never a command that moves money. `K-COIN-101` silence, `102` NAK, `103` BUSY, `104` wrong form, `105` no echo,
   * `K-LINK-101/102` no link.
   */
  request(
    address: number,
    command: CommandName,
    data?: readonly number[],
    options?: { readonly retries?: number },
  ): Promise<Result<Uint8Array>>;
  /** What is known about the adapter. */
  echo(): "unknown" | "present" | "absent";
  /** Ends the exchange under way with `K-CMD-102`; so ends every later one. */
  close(): void;
}

export interface BusOptions {
  readonly name: string;
  readonly link: SupervisedLink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly check?: CheckSetting;
  readonly echo?: EchoSetting;
}

const RETRIES = 3;
/** Part 1: a receiver gives up on a frame when its next byte does not come within 50 ms. */
const INTER_BYTE_TIMEOUT_MS = 50;
const BUSY_PAUSE_MS = 100;

interface Exchange {
  readonly address: number;
  readonly command: Command;
  readonly parser: FrameParser;
  readonly bytes: Uint8Array;
  readonly finish: (result: Result<CcTalkFrame>) => void;
  echoed: boolean;
  malformed: boolean;
  noise: number;
}

/** A bus over a supervised link. Requests of several callers queue up in the order of their calls. */
export function createCcTalkBus(options: BusOptions): CcTalkBus {
  const { link, clock, logger } = options;
  const checkSetting = options.check ?? "checksum";
  /** What `auto` has found out, by address. */
  const found = new Map<number, FrameCheck>();
  const setting = options.echo ?? "auto";
  const parserOf = (check: FrameCheck) => createFrameParser(check, (frame, bytes) => isEcho(bytes) || isReply(frame));
  const parsers = { checksum: parserOf("checksum"), crc: parserOf("crc") };
  let echo: "unknown" | "present" | "absent" = setting === "auto" ? "unknown" : setting ? "present" : "absent";
  let current: Exchange | undefined;
  let gapTimer: Timer | undefined;
  let dirty = false;
  let lastByteMs = Number.NEGATIVE_INFINITY;
  let closed = false;
  let tail: Promise<unknown> = Promise.resolve();

  function isEcho(bytes: Uint8Array): boolean {
    return setting !== false && current !== undefined && Buffer.compare(bytes, current.bytes) === 0;
  }

  function isReply(frame: CcTalkFrame): boolean {
    if (!current || frame.destination !== HOST_ADDRESS) return false;
    return frame.source === undefined || frame.source === current.address;
  }

  function take(parsed: readonly Parsed[]): void {
    for (const item of parsed) {
      if (!current) return;
      if (item.kind === "garbage") current.noise += item.bytes.length;
      else if (isEcho(item.bytes)) current.echoed = true;
      else if (fits(item.frame, current.command)) current.finish(ok(item.frame));
      // A reply of another length is one that came too late for its own request: the right one may still follow.
      else current.malformed = true;
    }
  }

  link.onData((bytes) => {
    lastByteMs = clock.monotonicMs();
    if (!current) return;
    const { parser } = current;
    take(parser.push(bytes));
    gapTimer?.cancel();
    if (parser.waiting() > 0) gapTimer = clock.setTimer(INTER_BYTE_TIMEOUT_MS, () => take(parser.gap()));
  });
  link.onDown((cause) => {
    // Behind the link may be another machine when it is back.
    found.clear();
    current?.finish(err(failure("K-LINK-102", undefined, cause)));
  });

  /** After a silence a late reply may still be on its way; it must not be taken for the answer to the next request. */
  async function awaitQuiet(): Promise<void> {
    for (let rounds = 0; dirty && rounds < 10; rounds++) {
      const quietMs = clock.monotonicMs() - lastByteMs;
      if (rounds > 0 && quietMs >= INTER_BYTE_TIMEOUT_MS) break;
      await sleep(clock, INTER_BYTE_TIMEOUT_MS);
    }
    dirty = false;
  }

  async function exchange(
    check: FrameCheck,
    address: number,
    command: Command,
    data: readonly number[],
  ): Promise<Result<CcTalkFrame>> {
    await awaitQuiet();
    if (closed) return fail("K-CMD-102");
    const parser = parsers[check];
    parser.reset();
    const frame = { destination: address, source: HOST_ADDRESS, header: command.header, data: Uint8Array.from(data) };
    const bytes = encodeFrame(frame, check);
    const detail = { address, header: command.header };
    let timer: Timer | undefined;
    const outcome = new Promise<Result<CcTalkFrame>>((finish) => {
      const started: Exchange = { address, command, parser, bytes, finish, echoed: false, malformed: false, noise: 0 };
      current = started;
      timer = clock.setTimer(command.timeoutMs, () => {
        dirty = true;
        const noEcho = echo === "present" && setting !== false && !started.echoed;
        const code = noEcho ? "K-COIN-105" : started.malformed ? "K-COIN-104" : "K-COIN-101";
        finish(fail(code, detail));
      });
    });
    const started = current;
    const written = await link.write(bytes);
    const result = written.ok ? await outcome : written;
    timer?.cancel();
    gapTimer?.cancel();
    current = undefined;
    if (started && started.noise > 0) logger.event("coin.noise", { device: options.name, bytes: started.noise });
    if (result.ok && setting === "auto") echo = started?.echoed ? "present" : "absent";
    return result;
  }

  /** How the device at this address wants its frames. Fails as a simple poll fails while nobody answers. */
  async function checkOf(address: number): Promise<Result<FrameCheck>> {
    const known = checkSetting === "auto" ? found.get(address) : checkSetting;
    if (known) return ok(known);
    for (const check of ["checksum", "crc"] as const) {
      const answer = await exchange(check, address, commands.simplePoll, []);
      if (!answer.ok && answer.error.code === "K-COIN-101") continue;
      if (!answer.ok) return answer;
      found.set(address, check);
      logger.event("coin.checkDetected", { device: options.name, address, check });
      return ok(check);
    }
    return fail("K-COIN-101", { address, header: commands.simplePoll.header });
  }

  async function attempts(address: number, name: CommandName, data: readonly number[], retries: number) {
    const command: Command = commands[name];
    const check = await checkOf(address);
    if (!check.ok) return check;
    const tries = command.once ? 1 : 1 + retries;
    let last: Failure | undefined;
    for (let n = 0; n < tries; n++) {
      if (closed) return fail("K-CMD-102");
      const result = await exchange(check.value, address, command, data);
      const detail = { address, header: command.header };
      if (result.ok && result.value.header === REPLY_ACK) return ok(result.value.data);
      if (result.ok && result.value.header === REPLY_NACK) return fail("K-COIN-102", detail);
      last = result.ok ? failure("K-COIN-103", detail) : result.error;
      if (last.code.startsWith("K-LINK") || last.code === "K-CMD-102") break;
      if (last.code === "K-COIN-103" && n + 1 < tries) await sleep(clock, BUSY_PAUSE_MS);
    }
    return err(last ?? failure("K-COIN-101"));
  }

  return {
    request(address, command, data = [], { retries = RETRIES } = {}) {
      const result = tail.then(() => attempts(address, command, data, retries));
      tail = result;
      return result;
    },
    echo: () => echo,
    close() {
      closed = true;
      current?.finish(fail("K-CMD-102"));
    },
  };
}

/** A reply of a header that is none of the specification's, or of another length, is no answer to this command. */
function fits(frame: CcTalkFrame, command: Command): boolean {
  if (![REPLY_ACK, REPLY_NACK, REPLY_BUSY].includes(frame.header)) return false;
  const [least, most] = frame.header === REPLY_ACK ? command.reply : [0, 0];
  return frame.data.length >= least && frame.data.length <= most;
}
