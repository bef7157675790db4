import { randomBytes, type X509Certificate } from "node:crypto";
import { type Clock, withTimeout } from "../../../kernel/clock.ts";
import { messageOf } from "../../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../../kernel/result.ts";
import { certIdOf } from "./cert-id.ts";
import { OCSP_NONCE_BYTES, ocspRequest } from "./request.ts";
import { verifyOcspResponse } from "./response.ts";

/** Asks whether a certificate was revoked. */
export interface OcspClient {
  /**
   * The DER of the responder's verified answer when the certificate is good. Fails closed: `K-CENT-110` when there is no
   * answer (unreachable or too slow), otherwise the errors of `verifyOcspResponse`.
   */
  check(certificate: X509Certificate, authority: X509Certificate): Promise<Result<Buffer>>;
}

/** As much as the message to the municipality may carry (`offerRequest.ocspResponse`). */
const MAX_RESPONSE_BYTES = 16_384;

/** A client of one responder, HTTP POST (RFC 6960 appendix A.1). */
export function createOcspClient(options: {
  readonly url: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random?: (bytes: number) => Uint8Array;
}): OcspClient {
  const random = options.random ?? randomBytes;
  return {
    async check(certificate, authority) {
      const certId = certIdOf(certificate, authority);
      const nonce = random(OCSP_NONCE_BYTES);
      const what = { timeoutMs: options.timeoutMs, what: "OCSP" };
      const answer = await withTimeout(options.clock, what, (signal) =>
        post(options.url, ocspRequest(certId, nonce), signal),
      );
      if (!answer.ok) return answer.error.code === "K-CMD-101" ? fail("K-CENT-110", { why: "time-out" }) : answer;
      const expected = { certId, authority, nonce, nowMs: options.clock.nowMs() };
      const verdict = verifyOcspResponse(answer.value, expected);
      return verdict.ok ? answer : verdict;
    },
  };
}

async function post(url: string, body: Buffer, signal: AbortSignal): Promise<Result<Buffer>> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/ocsp-request", accept: "application/ocsp-response" },
      body: new Uint8Array(body),
      redirect: "error",
      signal,
    });
    const bytes = await readBounded(response);
    if (response.status !== 200) return fail("K-CENT-110", { status: response.status });
    return bytes ? ok(bytes) : fail("K-CENT-115", { why: "too large" });
  } catch (thrown) {
    return fail("K-CENT-110", { why: messageOf(thrown) });
  }
}

async function readBounded(response: Response): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_RESPONSE_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
