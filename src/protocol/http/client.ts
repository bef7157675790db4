import { request as httpRequest, type IncomingMessage, Agent as PlainAgent } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { checkServerIdentity } from "node:tls";
import { z } from "zod";
import { type Clock, withTimeout } from "../../kernel/clock.ts";
import { isErrorCode, messageOf } from "../../kernel/errors/failure.ts";
import { fail, type Result } from "../../kernel/result.ts";
import { wireFailure } from "../messages/kiosk.ts";
import type { SignerIdentity } from "../roles.ts";
import { parseJson } from "../statement.ts";
import type { TlsIdentity } from "./server.ts";

/** A client of one server, with kept connections. */
export interface JsonClient {
  /**
   * One request. `K-NET-101` unreachable, `K-NET-102` no answer in time, `K-NET-103` an answer of another form,
   * `K-NET-105` the server's certificate; any failure that the server names comes through with its own code.
   */
  call<S extends z.ZodType>(
    method: "GET" | "POST",
    path: string,
    body: unknown,
    schema: S,
    options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<Result<z.output<S>>>;
  close(): void;
}

const errorBody = z.strictObject({ error: wireFailure });
const MAX_REPLY_BYTES = 48_000_000;
/** Node's and OpenSSL's codes for a certificate that is not believed, e.g. `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
const TLS_FAILURE = /^ERR_(TLS|SSL)|^UNABLE_TO_|CERT|SSL/;

/** A client for `url`; with `tls` it proves itself and accepts only servers of the given authorities. */
export function createJsonClient(options: {
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly tls?: TlsIdentity;
  /** Who must answer, by the server certificate's subject: an authority vouches for many servers, and this is one. */
  readonly server?: SignerIdentity;
  /** Name in the server's certificate, when it is not the host of the URL. */
  readonly serverName?: string;
  /** A unix socket to connect to instead of the URL's host. */
  readonly socketPath?: string;
}): JsonClient {
  const agent = options.tls
    ? new Agent({
        keepAlive: true,
        cert: options.tls.certificate,
        key: options.tls.key,
        ca: [...options.tls.authorities],
        minVersion: "TLSv1.3",
        ...(options.serverName ? { servername: options.serverName } : {}),
        ...(options.server ? { checkServerIdentity: identityCheck(options.server) } : {}),
      })
    : new PlainAgent({ keepAlive: true });
  const unixSocket = options.socketPath === undefined ? {} : { socketPath: options.socketPath };
  return {
    call: (method, path, body, schema, per = {}) =>
      withTimeout(
        options.clock,
        { timeoutMs: per.timeoutMs ?? options.timeoutMs, what: path, ...(per.signal ? { signal: per.signal } : {}) },
        async (signal) => {
          const answer = await exchange(new URL(path, options.url), method, body, { agent, ...unixSocket }, signal);
          if (!answer.ok) return answer;
          if (answer.value.status === 200) {
            const parsed = parseJson(answer.value.bytes, schema);
            return parsed.ok ? parsed : fail("K-NET-103", { path }, parsed.error);
          }
          const named = parseJson(answer.value.bytes, errorBody);
          if (named.ok && isErrorCode(named.value.error.code))
            return fail(named.value.error.code, named.value.error.detail);
          return fail("K-NET-103", { path, status: answer.value.status });
        },
      ).then((r) => (!r.ok && r.error.code === "K-CMD-101" ? fail("K-NET-102", r.error.detail) : r)),
    close: () => agent.destroy(),
  };
}

/** The usual check of the host name, and then that the certificate is the expected party's in the expected role. */
function identityCheck(expected: SignerIdentity): typeof checkServerIdentity {
  return (host, certificate) => {
    const { O: party, OU: role } = certificate.subject;
    if (role !== expected.role || party !== expected.party) {
      return Object.assign(new Error("another server answered"), { code: "ERR_TLS_OTHER_PARTY" });
    }
    return checkServerIdentity(host, certificate);
  };
}

function exchange(
  url: URL,
  method: string,
  body: unknown,
  route: { readonly agent: Agent | PlainAgent; readonly socketPath?: string },
  signal: AbortSignal,
): Promise<Result<{ status: number; bytes: Buffer }>> {
  const bytes = method === "GET" ? undefined : Buffer.from(JSON.stringify(body), "utf8");
  const headers = bytes ? { "content-type": "application/json", "content-length": bytes.length } : {};
  return new Promise((resolve) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const onError = (error: NodeJS.ErrnoException) => {
      const tls = TLS_FAILURE.test(error.code ?? "");
      resolve(fail(tls ? "K-NET-105" : "K-NET-101", { path: url.pathname, why: error.code ?? messageOf(error) }));
    };
    const req = start(url, { method, headers, ...route, signal }, (res) => {
      collect(res).then(
        (all) => resolve(all.ok ? { ok: true, value: { status: res.statusCode ?? 0, bytes: all.value } } : all),
        onError,
      );
    });
    req.once("error", onError);
    req.end(bytes);
  });
}

async function collect(res: IncomingMessage): Promise<Result<Buffer>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of res as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_REPLY_BYTES) {
      res.destroy();
      return fail("K-NET-106", { maxBytes: MAX_REPLY_BYTES });
    }
    parts.push(part);
  }
  return { ok: true, value: Buffer.concat(parts) };
}
