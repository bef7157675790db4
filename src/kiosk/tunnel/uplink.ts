import { type Clock, sleep, withTimeout } from "../../kernel/clock.ts";
import type { IdSource } from "../../kernel/ids.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { createJsonClient } from "../../protocol/http/client.ts";
import type { TlsIdentity } from "../../protocol/http/server.ts";
import { type KioskOperation, relayReply, usageReply } from "../../protocol/messages/kiosk.ts";
import { generateSealingKeyPair, type SealingKeyPair } from "../../protocol/sealing.ts";
import type { Signer } from "../../protocol/statement.ts";
import type { CallOptions, Uplink } from "../ports.ts";
import { openReply, type PinnedCentre, type ReplyOf, type RequestOf, sealRequest } from "./exchange.ts";

/** How long an operation may take in all, and how long one attempt waits for its answer. */
export interface UplinkTimeouts {
  readonly totalMs: number;
  readonly attemptMs: number;
}

type Call = KioskOperation | "usage";

/**
 * An attempt that got no answer is given up early enough for another one: the answer to the first may be lost while its
 * work is done. `prepare` renders documents and is given longest.
 */
export const uplinkTimeouts: Readonly<Record<Call, UplinkTimeouts>> = {
  directory: { totalMs: 15_000, attemptMs: 6_000 },
  open: { totalMs: 15_000, attemptMs: 6_000 },
  apply: { totalMs: 30_000, attemptMs: 12_000 },
  prepare: { totalMs: 60_000, attemptMs: 25_000 },
  settle: { totalMs: 30_000, attemptMs: 12_000 },
  usage: { totalMs: 15_000, attemptMs: 6_000 },
};

/** Pauses before the second, third and fourth attempt. There is no fifth: the citizen is waiting. */
const PAUSES_MS = [200, 800, 2_000] as const;

export interface UplinkOptions {
  readonly operatorUrl: string;
  /** The device certificate and its key; the authorities that vouch for the operator's centre. */
  readonly tls: TlsIdentity;
  /** The operator's centre as its certificate names it (O): the authority vouches for other centres too. */
  readonly operatorParty: string;
  /** Host name in the operator's certificate, when it is not the host of the URL. */
  readonly operatorName?: string;
  readonly centre: PinnedCentre;
  /** The device key: signs every request. */
  readonly signer: Signer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ids: IdSource;
}

/**
 * The kiosk's way to the issuance centre. Each operation is signed by the device, sealed to the centre and relayed by the
 * operator's centre over mutual TLS; the reply is opened with the session's E (or a key of its own) and checked whole
 * before it is believed. A lost answer is asked for again with the same bytes and the same message id, which the centre
 * answers once. Errors: `K-TUNNEL-101` the operator's centre cannot be reached, `K-TUNNEL-102` it cannot reach the
 * issuance centre, `K-NET-105` one of the two did not prove who it is, `K-NET-102` no answer in time, `K-CMD-102` given
 * up, those of `openReply`, and those that the centre names.
 */
export function createUplink(options: UplinkOptions): Uplink {
  const { clock, centre, signer, ids, logger } = options;
  const client = createJsonClient({
    url: options.operatorUrl,
    clock,
    timeoutMs: uplinkTimeouts.directory.attemptMs,
    tls: options.tls,
    server: { role: "operator-center", party: options.operatorParty },
    ...(options.operatorName ? { serverName: options.operatorName } : {}),
  });

  const exchange = <O extends KioskOperation>(
    operation: O,
    body: RequestOf<O>,
    session: SealingKeyPair | undefined,
    call: CallOptions = {},
  ): Promise<Result<ReplyOf<O>>> =>
    inTime(clock, operation, call, async (signal) => {
      const replyTo = session ?? (await generateSealingKeyPair());
      const message = await sealRequest({ operation, messageId: ids(), body, replyTo }, signer, centre, clock);
      return persist(clock, logger, operation, signal, async () => {
        const answer = await client.call("POST", "/v1/relay", { message: message.sealed }, relayReply, {
          signal,
          timeoutMs: uplinkTimeouts[operation].attemptMs,
        });
        if (!answer.ok) return viaOperator(answer);
        return openReply(message, answer.value.message, centre, clock);
      });
    });

  return {
    directory: (call) => exchange("directory", {}, undefined, call),
    open: (call) => exchange("open", {}, undefined, call),
    apply: (application, session, call) => exchange("apply", { application }, session, call),
    prepare: (requestId, choice, session, call) => exchange("prepare", { requestId, choice }, session, call),
    settle: async (report, call) => {
      const body = { requestId: report.requestId, result: report.result, prints: [...report.prints] };
      const settled = await exchange("settle", body, undefined, call);
      if (!settled.ok) return settled;
      return settled.value.requestId === report.requestId ? ok() : fail("K-NET-103", { operation: "settle" });
    },
    usage: (record, call = {}) =>
      inTime(clock, "usage", call, (signal) =>
        persist(clock, logger, "usage", signal, async () => {
          const answer = await client.call("POST", "/v1/usage", record, usageReply, {
            signal,
            timeoutMs: uplinkTimeouts.usage.attemptMs,
          });
          if (!answer.ok) return viaOperator(answer);
          return answer.value.requestId === record.requestId ? ok() : fail("K-NET-103", { operation: "usage" });
        }),
      ),
    close: async () => client.close(),
  };
}

/** The whole of an operation, all attempts and pauses, within its time and the caller's. */
async function inTime<T>(
  clock: Clock,
  call: Call,
  options: CallOptions,
  work: (signal: AbortSignal) => Promise<Result<T>>,
): Promise<Result<T>> {
  const limits = { timeoutMs: uplinkTimeouts[call].totalMs, what: call };
  const done = await withTimeout(clock, options.signal ? { ...limits, signal: options.signal } : limits, work);
  return !done.ok && done.error.code === "K-CMD-101" ? fail("K-NET-102", done.error.detail) : done;
}

/**
 * Failures after which the same message may be sent again: nobody took it, nobody answered, or the centre is still at it or
 * could not look at it.
 * A refusal, a contradiction or a wrong form will not be another one the next time.
 */
const AGAIN: ReadonlySet<string> = new Set(["K-TUNNEL-101", "K-TUNNEL-102", "K-NET-102", "K-CENT-123", "K-CENT-140"]);

async function persist<T>(
  clock: Clock,
  logger: Logger,
  call: Call,
  signal: AbortSignal,
  attempt: () => Promise<Result<T>>,
): Promise<Result<T>> {
  for (const [index, pauseMs] of [...PAUSES_MS, undefined].entries()) {
    const result = await attempt();
    if (result.ok || pauseMs === undefined || !AGAIN.has(result.error.code)) return result;
    logger.event("uplink.again", { operation: call, code: result.error.code, attempt: index + 1, pauseMs });
    const slept = await sleep(clock, pauseMs, signal);
    if (!slept.ok) return slept;
  }
  return fail("K-NET-102", { operation: call });
}

/** A failure of the way to the operator, in words of the tunnel. Time-outs and other failures stay what they are. */
function viaOperator(answer: Result<unknown>): Result<never> {
  if (answer.ok) throw new Error("only failures are translated");
  return answer.error.code === "K-NET-101" ? fail("K-TUNNEL-101", undefined, answer.error) : answer;
}
