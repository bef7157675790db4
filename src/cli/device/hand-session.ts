import { parseLinkAddress } from "../../../devices/contract/address.ts";
import type { DeviceName } from "../../../devices/contract/device-names.ts";
import type { Clock } from "../../kernel/clock.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { softwareVersion } from "../../kernel/version.ts";
import { claimPort, isServed } from "./claim-port.ts";
import type { Driven } from "./driven/driven.ts";
import { isLinked, openDriven } from "./driven/open.ts";
import { createFrameReader } from "./frames.ts";
import { createRecording, type RecordingWriter } from "./recording/file.ts";
import { protocolOf, RECORDING_VERSION, type RecordingHeader } from "./recording/format.ts";
import type { LinkNews } from "./recording/link-news.ts";
import { createMask } from "./recording/mask.ts";
import type { View } from "./view.ts";

/** A device that is driven by hand, shown and, if wanted, recorded. */
export interface HandSession {
  readonly driven: Driven;
  /** Waits until the device says that it is there, at most `maxMs` or until the signal. */
  settled(maxMs: number, signal: AbortSignal): Promise<void>;
  /** Runs one command of the device, which is known to be one. */
  run(name: string, words: readonly string[], signal: AbortSignal): Promise<Result<unknown>>;
  close(): Promise<void>;
}

export interface HandOptions {
  readonly device: DeviceName;
  readonly address: string;
  readonly simulated: boolean;
  readonly recordTo?: string | undefined;
  readonly clock: Clock;
  readonly view: View;
}

/** Commands whose words are secret, and what stands for them in a recording. */
const SECRET_COMMANDS: readonly string[] = ["pin", "items"];
const SECRET = "****";
/** A PIN that no card checks: the recording has masked the real one. */
const STAND_IN_PIN = "1111";

/** A recorded command as it is given again. */
export function replayedWords(words: readonly string[]): readonly string[] {
  return words.map((word) => (word === SECRET ? STAND_IN_PIN : word));
}

/** Opens the device. `K-LINK-…` when it cannot be had (`claimPort`), `K-REC-104` when the recording cannot be written. */
export async function startHandSession(options: HandOptions): Promise<Result<HandSession>> {
  const { device, address, clock, view } = options;
  const claimed = isLinked(device) ? await claimPort(address) : ok(undefined);
  if (!claimed.ok) return claimed;
  const socket = /^unix:(.*)/.exec(address)?.[1];
  if (device === "card-reader" && socket !== undefined && isServed(socket)) return fail("K-LINK-104", { address });
  let writer: RecordingWriter | undefined;
  if (options.recordTo !== undefined) {
    const recording = createRecording(options.recordTo, headerFor(options), clock);
    if (!recording.ok) return recording;
    writer = recording.value;
  }

  const mask = createMask(device);
  const read = createFrameReader(device);
  function tap(news: LinkNews): void {
    const event = mask(news);
    writer?.add(event);
    if ("link" in event) view.link(event.link);
    for (const frame of read(event)) view.frame(frame);
  }

  const opener = claimed.value ?? { address, open: async () => fail("K-LINK-103", { address }) };
  const opened = await openDriven(device, { clock, logger: silentLogger, tap, address, opener });
  if (!opened.ok) {
    writer?.close();
    return opened;
  }
  const driven = opened.value;
  const stopStatus = driven.device.onStatus(view.status);
  driven.onNews(view.news);

  return ok({
    driven,
    settled(maxMs, signal) {
      const told = () => driven.device.status().word !== "offline";
      if (told() || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          timer.cancel();
          stop();
          resolve();
        };
        const timer = clock.setTimer(maxMs, done);
        const stop = driven.device.onStatus(() => told() && done());
        signal.addEventListener("abort", done, { once: true });
      });
    },
    async run(name, words, signal) {
      const command = driven.commands[name];
      if (!command) throw new RangeError(`no command ${name}`);
      writer?.add({ command: [name, ...(SECRET_COMMANDS.includes(name) ? words.map(() => SECRET) : words)] });
      const startedMs = clock.monotonicMs();
      const result = await command.run(words, signal);
      writer?.add({ completed: name, code: result.ok ? "ok" : result.error.code });
      view.completed(name, result, Math.round(clock.monotonicMs() - startedMs));
      return result;
    },
    async close() {
      stopStatus();
      // The link's end by hand is no part of the conversation.
      const file = writer;
      writer = undefined;
      await driven.device.close();
      file?.close();
    },
  });
}

function headerFor({ device, address, simulated, clock }: HandOptions): RecordingHeader {
  const parsed = parseLinkAddress(address);
  const serial = parsed.ok && parsed.value.scheme === "serial" ? parsed.value : undefined;
  return {
    recording: RECORDING_VERSION,
    device,
    protocol: protocolOf[device],
    // A print job names the printer's address, so a replay needs it; any other simulated one is a passing file.
    address: simulated && device !== "certificate-printer" ? "simulator" : address,
    ...(serial
      ? {
          settings: {
            baud: serial.baud,
            parity: serial.parity,
            dataBits: serial.dataBits,
            stopBits: serial.stopBits,
          },
        }
      : {}),
    software: softwareVersion,
    startedAt: new Date(clock.nowMs()).toISOString(),
  };
}
