import type { DeviceStatus } from "../../../devices/contract/device.ts";
import { errorEntry } from "../../kernel/errors/catalogue.ts";
import { describeFailure, type Failure } from "../../kernel/errors/failure.ts";
import type { Result } from "../../kernel/result.ts";
import type { DecodedFrame } from "./frames.ts";

/** What a person, or with `--json` a program, sees of a device that is driven by hand. */
export interface View {
  frame(frame: DecodedFrame): void;
  link(state: "opened" | "closed"): void;
  status(status: DeviceStatus): void;
  news(text: string): void;
  completed(command: string, result: Result<unknown>, tookMs: number): void;
  /** Help and advice for a person; nothing with `--json`. */
  hint(text: string): void;
  /** A line that is no command. */
  refused(text: string): void;
}

/** Where lines go: results on standard output, everything else on standard error, so that a script can tell them apart. */
export interface ViewOptions {
  readonly json: boolean;
  /** Show also polls whose answer is the same as the last time. */
  readonly all: boolean;
  readonly frames: boolean;
  readonly nowMs: () => number;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const NAME_COLUMNS = 44;
const HEX_COLUMNS = 80;

/** A frame on one line of a terminal; a long one is cut, with its length. */
export function frameLine({ dir, name, hex }: DecodedFrame): string {
  const cut = hex.length > HEX_COLUMNS ? `${hex.slice(0, HEX_COLUMNS)}… (${hex.length / 2} bytes)` : hex;
  return `${dir === "tx" ? "→" : "←"} ${name.padEnd(NAME_COLUMNS)} ${cut}`.trimEnd();
}

/** A view on the terminal. */
export function createView(options: ViewOptions): View {
  const startedMs = options.nowMs();
  const sinceStart = () => ((options.nowMs() - startedMs) / 1000).toFixed(3).padStart(8);
  const show = options.json
    ? (kind: string, fields: object) =>
        options.out(JSON.stringify({ atMs: Math.round(options.nowMs() - startedMs), kind, ...fields }))
    : undefined;
  const lastAnswer = new Map<string, string>();
  let asked: DecodedFrame | undefined;
  let hidden = 0;

  function line(frame: DecodedFrame): void {
    options.err(`${sinceStart()} ${frameLine(frame)}`);
  }

  function flush(): void {
    if (hidden > 0) options.err(`${sinceStart()}   … ${hidden} polls with the same answers as before`);
    hidden = 0;
    if (asked) line(asked);
    asked = undefined;
  }

  return {
    frame(frame) {
      if (!options.frames) return;
      if (show) return show("frame", frame);
      if (options.all) return line(frame);
      if (frame.dir === "tx") {
        if (asked) flush();
        asked = frame;
        return;
      }
      const question = asked?.hex ?? "";
      const same = asked !== undefined && lastAnswer.get(question) === frame.hex;
      if (asked && lastAnswer.size < 1_000) lastAnswer.set(question, frame.hex);
      if (same) {
        hidden += 1;
        asked = undefined;
        return;
      }
      flush();
      line(frame);
    },
    link(state) {
      if (show) return show("link", { state });
      flush();
      options.err(`${sinceStart()} · link ${state}`);
    },
    status({ word, cause }) {
      if (show) return show("status", { word, code: cause?.code ?? null });
      flush();
      options.err(`${sinceStart()} · status ${word}${cause ? `: ${advice(cause)}` : ""}`);
    },
    news(text) {
      if (show) return show("news", { text });
      flush();
      options.err(`${sinceStart()} · ${text}`);
    },
    completed(command, result, tookMs) {
      if (show) {
        const code = result.ok ? "ok" : result.error.code;
        return show("completed", { command, code, tookMs, ...(result.ok ? { value: result.value ?? null } : {}) });
      }
      flush();
      const value = result.ok && result.value !== undefined ? ` ${JSON.stringify(result.value)}` : "";
      options.out(result.ok ? `${command}: ok${value} (${tookMs} ms)` : `${command}: ${advice(result.error)}`);
    },
    hint(text) {
      if (!show) options.err(text);
    },
    refused(text) {
      if (show) return show("refused", { text });
      options.err(text);
    },
  };
}

/** A failure with what to do about it. */
export function advice(failure: Failure): string {
  return `${describeFailure(failure)}. ${errorEntry(failure.code).clerk}`;
}
