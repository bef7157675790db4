import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { finished } from "node:stream/promises";
import { type Clock, type Timer, withTimeout } from "../../kernel/clock.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { RateLimit } from "../../kernel/rate-limit.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { InquiryProgress } from "../../protocol/inquiry.ts";
import { inspectionLimits } from "../../security-print/inspect/limits.ts";
import type { Place, Turns } from "./turns.ts";
import { visitorOf } from "./visitor.ts";

/** What answering needs, whatever is asked. */
export interface Answering {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly turns: Turns;
  readonly perAddress: RateLimit;
  /** How many proxies stand before this process. */
  readonly proxies: number;
  /** Stops everything that is under way. */
  readonly stopping: AbortSignal;
}

/** Takes a body apart as its headers say, before anything is answered; what it gives is done when its turn has come. */
export type Prepare<Line> = (body: Buffer, headers: IncomingHttpHeaders) => Result<Work<Line>>;

/** Works on one file and tells each line as soon as it is known; resolves to the last one. */
export type Work<Line> = (tell: (line: Line) => void, signal: AbortSignal) => Promise<Result<Line>>;

/** Who takes an answer slower than this does not get it to its end: until then it lies in memory. */
const TAKING_TIMEOUT_MS = 120_000;

/** A file that arrives slower than this on the whole, after a first while, is cut off: its place is another visitor's. */
const SLOWEST = { graceMs: 10_000, bytesPerMs: 25, lookMs: 5_000 };

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  "K-INQ-101": 503,
  "K-INQ-102": 429,
  "K-NET-104": 400,
  "K-NET-106": 413,
};

/**
 * Answers one file: takes a place before a byte of it is held, reads it into memory, waits for its turn, has it worked on, and
 * keeps the place until the answer was taken. Nothing is written anywhere; the file is zeroed when the work is done, and given
 * up when the visitor goes away.
 */
export async function answerFile<Line>(
  request: IncomingMessage,
  response: ServerResponse,
  { clock, logger, turns, perAddress, proxies, stopping }: Answering,
  prepare: Prepare<Line>,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, stopping]);
  const textOf = (line: Line | InquiryProgress) => `${JSON.stringify(line)}\n`;
  const tell = (line: Line | InquiryProgress) => void response.write(textOf(line));
  const refuse = (code: ErrorCode) => {
    logger.event("inquiry.refused", { code });
    if (response.destroyed) return;
    if (!response.headersSent) response.writeHead(STATUS[code] ?? 500, { ...headers, connection: "close" });
    response.end(textOf({ kind: "failed", code }));
  };
  const worked = async (place: Place): Promise<Result<Line>> => {
    const body = await readBody(request, clock);
    if (!body.ok) return body;
    try {
      const work = prepare(body.value, request.headers);
      if (!work.ok) return work;
      response.writeHead(200, headers);
      tell({ kind: "received" });
      const turn = await place.turn(signal);
      if (!turn.ok) return turn;
      tell({ kind: "looking" });
      return await work.value(tell, signal);
    } finally {
      body.value.fill(0);
    }
  };
  if (!perAddress(visitorOf(request, proxies))) return refuse("K-INQ-102");
  const place = turns.enter();
  if (!place.ok) return refuse(place.error.code);
  try {
    const done = await worked(place.value);
    if (done.ok) response.end(textOf(done.value));
    else refuse(done.error.code);
    place.value.rest();
    await taken(response, clock);
  } finally {
    place.value.leave();
  }
}

const headers = {
  "content-type": "application/jsonl; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** Resolves when an answer has left, its visitor has, or he takes too long to take it. */
async function taken(response: ServerResponse, clock: Clock): Promise<void> {
  const left = async () => ok(await finished(response).catch(() => undefined));
  const done = await withTimeout(clock, { timeoutMs: TAKING_TIMEOUT_MS }, left);
  if (!done.ok) response.destroy();
}

/** `K-NET-106` more than a file may be, `K-NET-101` a body that breaks off, or is cut off because it comes too slowly. */
async function readBody(request: IncomingMessage, clock: Clock): Promise<Result<Buffer>> {
  const { bytes: maxBytes } = inspectionLimits;
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return fail("K-NET-106", { maxBytes });
  const parts: Buffer[] = [];
  let size = 0;
  const wipe = () => {
    for (const part of parts) part.fill(0);
  };
  const sinceMs = clock.monotonicMs();
  const lookLater = (): Timer =>
    clock.setTimer(SLOWEST.lookMs, () => {
      const due = SLOWEST.bytesPerMs * (clock.monotonicMs() - sinceMs - SLOWEST.graceMs);
      if (size < due) request.destroy(new Error("it comes too slowly"));
      else look = lookLater();
    });
  let look = lookLater();
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      parts.push(part);
      if (size > maxBytes) return fail("K-NET-106", { maxBytes });
    }
    return ok(Buffer.concat(parts));
  } catch (thrown) {
    return fail("K-NET-101", { why: messageOf(thrown) });
  } finally {
    look.cancel();
    wipe();
  }
}
