import type { Board } from "johnny-five";
import { type Clock, withTimeout } from "../../src/kernel/clock.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { boardMessages as sysex } from "../board-messages.ts";
import {
  type DeadManSettings,
  type DeadManState,
  deadManStates,
  type FlashRate,
  flashRates,
  type ResetCause,
} from "../protocol.ts";

const refusals = ["", "wrong length", "outside of the limits", "a nonce that was used", "not known to this firmware"];
const REVISION = 1;
const ANSWER_MS = 1_000;

/** Where a board's life stands: it was reset when `boots` differs or `uptimeS` went back. */
export interface BoardLife {
  readonly boots: number;
  readonly uptimeS: number;
}

export interface BoardStatus extends BoardLife {
  readonly patch: number;
  readonly resetCause: ResetCause;
}

export interface DeadManReport {
  readonly state: DeadManState;
  readonly tripsThisHour: number;
  readonly trips: number;
}

/** Our firmware's own messages. Every command is answered once, or fails with `K-CMD-101`. */
export interface Extensions {
  /** `K-CMD-101` when the firmware does not know our messages. */
  status(): Promise<Result<BoardStatus>>;
  echo(): Promise<Result<BoardLife>>;
  askDeadMan(): void;
  light(pin: number, flash: FlashRate): Promise<Result<void>>;
  pulse(relay: number, offMs: number): Promise<Result<void>>;
  feed(nonce: number, periodMs: number, busy: boolean): Promise<Result<void>>;
  configure(settings: DeadManSettings): Promise<Result<void>>;
}

/** Low seven bits first, as everywhere in Firmata. */
function two(value: number): [number, number] {
  return [value & 0x7f, (value >> 7) & 0x7f];
}

function life(data: readonly number[], at: number): BoardLife {
  const byte = (i: number) => data[at + i] ?? 0;
  return { boots: byte(0), uptimeS: byte(1) + 128 * (byte(2) + 128 * (byte(3) + 128 * byte(4))) };
}

/** MCUSR's bits; several may be set, and the gravest one tells most. */
function causeOf(bits: number): ResetCause {
  if (bits & 0x01) return "powerOn";
  if (bits & 0x04) return "brownOut";
  if (bits & 0x08) return "watchdog";
  return bits & 0x02 ? "external" : "unknown";
}

function parseStatus(data: readonly number[]): BoardStatus | undefined {
  const [revision, patch = 0, boots = 0, cause = 0] = data;
  if (data.length !== 11 || revision !== REVISION) return undefined;
  // Life is boots, then the uptime; in a status the cause stands between them.
  return { patch, resetCause: causeOf(cause), ...life([boots, ...data.slice(4, 8)], 0) };
}

/** The extensions on a board. `onStatus` hears every status, also the one that a board sends when it starts. */
export function createExtensions(
  board: Board,
  clock: Clock,
  told: { onStatus(status: BoardStatus): void; onDeadMan(report: DeadManReport): void },
): Extensions {
  const done = new Map<number, (result: number) => void>();
  const echoes = new Map<number, (life: BoardLife) => void>();
  let statusWaits: ((status: BoardStatus) => void)[] = [];
  let lastTag = 0;
  let lastEcho = 0;

  board.sysexResponse(sysex.status, (data) => {
    const status = parseStatus(data);
    if (!status) return;
    const waits = statusWaits;
    statusWaits = [];
    for (const wait of waits) wait(status);
    told.onStatus(status);
  });
  board.sysexResponse(sysex.echo, (data) => {
    if (data.length === 7) echoes.get((data[5] ?? 0) + 128 * (data[6] ?? 0))?.(life(data, 0));
  });
  board.sysexResponse(sysex.done, (data) => {
    if (data.length === 3) done.get(data[0] ?? 0)?.(data[2] ?? 0);
  });
  board.sysexResponse(sysex.deadMan, (data) => {
    const [state = 0, tripsThisHour = 0, trips = 0] = data;
    const word = deadManStates[state];
    if (data.length === 3 && word !== undefined) told.onDeadMan({ state: word, tripsThisHour, trips });
  });

  async function command(id: number, data: readonly number[], what: string): Promise<Result<void>> {
    lastTag = (lastTag + 1) % 128;
    const tag = lastTag;
    const answered = await withTimeout(clock, { timeoutMs: ANSWER_MS, what }, () => {
      return new Promise<Result<number>>((resolve) => {
        done.set(tag, (result) => resolve(ok(result)));
        board.sysexCommand([id, tag, ...data]);
      });
    });
    done.delete(tag);
    if (!answered.ok) return answered;
    return answered.value === 0 ? ok() : fail("K-CAB-103", { why: refusals[answered.value] ?? "refused" });
  }

  return {
    status: () =>
      withTimeout(clock, { timeoutMs: ANSWER_MS, what: "status" }, () => {
        return new Promise<Result<BoardStatus>>((resolve) => {
          statusWaits.push((status) => resolve(ok(status)));
          board.sysexCommand([sysex.status]);
        });
      }),
    async echo() {
      lastEcho = (lastEcho + 1) % 16_384;
      const nonce = lastEcho;
      const answered = await withTimeout(clock, { timeoutMs: ANSWER_MS, what: "echo" }, () => {
        return new Promise<Result<BoardLife>>((resolve) => {
          echoes.set(nonce, (found) => resolve(ok(found)));
          board.sysexCommand([sysex.echo, ...two(nonce)]);
        });
      });
      echoes.delete(nonce);
      return answered;
    },
    askDeadMan: () => void board.sysexCommand([sysex.deadMan]),
    light: (pin, flash) => command(sysex.light, [pin, flashRates.indexOf(flash)], "light"),
    pulse: (relay, offMs) => command(sysex.pulse, [relay, ...two(offMs / 100)], "pulse"),
    feed: (nonce, periodMs, busy) => command(sysex.feed, [...two(nonce), ...two(periodMs / 100), busy ? 1 : 0], "feed"),
    configure: (s) =>
      command(
        sysex.configure,
        [...two(s.graceS), ...two(s.heldMaxS), ...two(s.pulseMs / 100), s.tripsPerHour],
        "configure",
      ),
  };
}
