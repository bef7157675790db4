import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../kernel/clock.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { RateLimit } from "../../kernel/rate-limit.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import {
  FRONT_BYTES_HEADER,
  type InquiryBack,
  type InquiryComparison,
  type InquiryLine,
} from "../../protocol/inquiry.ts";
import { inspectionLimits } from "../../security-print/inspect/limits.ts";
import { inspectFile } from "../../security-print/inspect-process/inspect-file.ts";
import type {
  InspectedBack,
  InspectedComparison,
  InspectRequest,
} from "../../security-print/inspect-process/messages.ts";
import type { InspectionKeys, KeyToken } from "../../security-print/scramble/keys.ts";
import type { Turns } from "./turns.ts";

/** What answering needs. */
export interface Inquiry {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly turns: Turns;
  readonly perAddress: RateLimit;
  readonly perDocument: RateLimit;
  /** The keys as they are now. */
  readonly keys: () => Result<InspectionKeys>;
  /** Where the keys lie of which `keys` has only the ids. */
  readonly token?: Pick<KeyToken, "unwrap">;
  /** Stops everything that is under way. */
  readonly stopping: AbortSignal;
}

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  "K-INQ-101": 503,
  "K-INQ-102": 429,
  "K-NET-104": 400,
  "K-NET-106": 413,
};

/**
 * Answers one scan: takes a place before a byte of it is held, reads it into memory, waits for its turn, has it inspected in a
 * process of its own, and tells each back as it is judged. Nothing is written anywhere; the scan is zeroed when the answer is
 * given, and given up when the visitor goes away.
 */
export async function answerScan(request: IncomingMessage, response: ServerResponse, inquiry: Inquiry): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, inquiry.stopping]);
  const refuse = (code: ErrorCode) => {
    inquiry.logger.event("inquiry.refused", { code });
    if (response.destroyed) return;
    if (!response.headersSent) response.writeHead(STATUS[code] ?? 500, { ...headers, connection: "close" });
    response.end(line({ kind: "failed", code }));
  };
  if (!inquiry.perAddress(addressOf(request))) return refuse("K-INQ-102");
  const place = inquiry.turns.enter();
  if (!place.ok) return refuse(place.error.code);
  try {
    const scan = await readScan(request);
    if (!scan.ok) return refuse(scan.error.code);
    try {
      const parts = backAndFront(scan.value, request);
      if (!parts.ok) return refuse(parts.error.code);
      response.writeHead(200, headers);
      response.write(line({ kind: "received" }));
      const turn = await place.value.turn(signal);
      const done = turn.ok ? await inspect(parts.value, response, inquiry, signal) : turn;
      if (!done.ok) return refuse(done.error.code);
      response.end(line({ kind: "end", asOfMs: done.value }));
    } finally {
      scan.value.fill(0);
    }
  } finally {
    place.value.leave();
  }
}

/** Resolves to the time as of which keys and void documents are known. */
async function inspect(
  scan: Given,
  response: ServerResponse,
  { clock, logger, keys, token, perDocument }: Inquiry,
  signal: AbortSignal,
): Promise<Result<number>> {
  const known = keys();
  if (!known.ok) return known;
  response.write(line({ kind: "looking" }));
  const fromMs = clock.monotonicMs();
  const answers: string[] = [];
  const onBack = (back: InspectedBack) => {
    answers.push(back.answer);
    const asked = back.document?.documentId;
    // Only what was proved counts: anybody can print a document's number, and nobody is locked out by that.
    const withheld = back.fieldsOk && asked !== undefined && !perDocument(asked);
    response.write(line(withheld ? { kind: "withheld", code: "K-INQ-103" } : asLine(back)));
  };
  const done = await inspectFile(
    { ...scan, keys: known.value, fronts: true, fields: true },
    { clock, signal, onBack, ...(token ? { token } : {}) },
  );
  const durationMs = Math.round(clock.monotonicMs() - fromMs);
  logger.event("inquiry.answered", { answers: answers.join(" "), code: done.ok ? "" : done.error.code, durationMs });
  return done.ok ? ok(known.value.asOfMs) : done;
}

function asLine(back: InspectedBack): InquiryBack {
  const { number, count, answer, document, fieldsOk, strips, fields, frontPng, comparison, code } = back;
  return {
    kind: "back",
    number,
    count,
    answer,
    ...(document ? { document } : {}),
    fieldsOk,
    strips,
    code,
    ...(fields ? { fields: { issuer: fields.issuer, issuedAtMs: fields.issuedAtMs, values: fields.values } } : {}),
    ...(frontPng ? { frontPng: Buffer.from(frontPng).toString("base64") } : {}),
    ...(comparison ? { comparison: comparisonOf(comparison) } : {}),
  };
}

function comparisonOf({ aligned, differences, scanJpeg }: InspectedComparison): InquiryComparison {
  return {
    aligned,
    differences: differences.map(({ xMm, yMm, widthMm, heightMm, kind }) => ({ xMm, yMm, widthMm, heightMm, kind })),
    ...(scanJpeg ? { scanJpeg: Buffer.from(scanJpeg).toString("base64") } : {}),
  };
}

const headers = {
  "content-type": "application/jsonl; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};
const line = (value: InquiryLine) => `${JSON.stringify(value)}\n`;

/** What a visitor gave: a scan of backs, and perhaps one of fronts. */
type Given = Pick<InspectRequest, "file" | "frontScan">;

/** Takes the body apart as its header says. `K-NET-104` when that leaves no back. */
function backAndFront(body: Buffer, request: IncomingMessage): Result<Given> {
  const said = request.headers[FRONT_BYTES_HEADER];
  if (said === undefined) return ok({ file: body });
  const backBytes = body.length - (typeof said === "string" && /^\d{1,9}$/.test(said) ? Number(said) : body.length);
  if (backBytes <= 0) return fail("K-NET-104", { why: `the header ${FRONT_BYTES_HEADER} leaves no back` });
  return ok({ file: body.subarray(0, backBytes), frontScan: body.subarray(backBytes) });
}

/** `K-NET-106` more than a scan may be, `K-NET-101` a body that breaks off. */
async function readScan(request: IncomingMessage): Promise<Result<Buffer>> {
  const { bytes: maxBytes } = inspectionLimits;
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return fail("K-NET-106", { maxBytes });
  const parts: Buffer[] = [];
  let size = 0;
  const wipe = () => {
    for (const part of parts) part.fill(0);
  };
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
    wipe();
  }
}

/** One visitor's address; of IPv6 the network of 64 bits that one household or firm has. */
export function addressOf(request: Pick<IncomingMessage, "socket">): string {
  const address = request.socket.remoteAddress ?? "";
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) while (groups.length < 4) groups.push("0");
  return groups.slice(0, 4).join(":");
}
