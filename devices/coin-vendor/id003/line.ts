import type { Clock, Timer } from "../../../src/kernel/clock.ts";
import { failure } from "../../../src/kernel/errors/failure.ts";
import type { Logger } from "../../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../../src/kernel/result.ts";
import type { SupervisedLink } from "../../contract/link.ts";
import { createId003Parser, encodeId003, type Id003Frame, type Id003Parsed } from "./frame.ts";

/** The kiosk's side of one ID-003 line: one request at a time. */
export interface Id003Line {
  /**
   * Sends a command and gives the next frame that comes. Repeated up to twice on silence and noise, which is safe for every
   * command of the protocol: there is one note. `K-COIN-101` silence, `K-LINK-101/102` no link.
   */
  request(code: number, data?: readonly number[]): Promise<Result<Id003Frame>>;
  /** Sends without waiting: the acknowledgement of VEND VALID has no answer. */
  send(code: number): Promise<Result<void>>;
  close(): void;
}

const REPLY_TIMEOUT_MS = 200;
const GAP_MS = 50;
const ATTEMPTS = 3;

/** A line over a supervised link. Callers take turns by themselves. */
export function createId003Line(options: {
  readonly name: string;
  readonly link: SupervisedLink;
  readonly clock: Clock;
  readonly logger: Logger;
}): Id003Line {
  const { name, link, clock, logger } = options;
  const parser = createId003Parser();
  let finish: ((result: Result<Id003Frame>) => void) | undefined;
  let gap: Timer | undefined;
  let closed = false;

  function take(parsed: readonly Id003Parsed[]): void {
    for (const item of parsed) {
      if (item.kind === "garbage") logger.event("coin.noise", { device: name, bytes: item.bytes });
      else finish?.(ok(item.frame));
    }
  }

  link.onData((bytes) => {
    if (!finish) return;
    take(parser.push(bytes));
    gap?.cancel();
    if (parser.waiting() > 0) gap = clock.setTimer(GAP_MS, () => take(parser.gap()));
  });
  link.onDown((cause) => finish?.(err(failure("K-LINK-102", undefined, cause))));

  async function once(code: number, bytes: Uint8Array): Promise<Result<Id003Frame>> {
    parser.reset();
    let timer: Timer | undefined;
    const outcome = new Promise<Result<Id003Frame>>((resolve) => {
      finish = resolve;
      timer = clock.setTimer(REPLY_TIMEOUT_MS, () => resolve(fail("K-COIN-101", { command: code })));
    });
    const written = await link.write(bytes);
    const result = written.ok ? await outcome : written;
    timer?.cancel();
    gap?.cancel();
    finish = undefined;
    return result;
  }

  return {
    async request(code, data = []) {
      const bytes = encodeId003({ code, data: Uint8Array.from(data) });
      for (let attempt = 1; ; attempt++) {
        if (closed) return fail("K-CMD-102");
        const result = await once(code, bytes);
        if (result.ok || attempt >= ATTEMPTS || result.error.code !== "K-COIN-101") return result;
      }
    },
    send: (code) => link.write(encodeId003({ code, data: new Uint8Array() })),
    close() {
      closed = true;
      finish?.(fail("K-CMD-102"));
    },
  };
}
