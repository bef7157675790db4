import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { TownPki } from "../pki/town-pki.ts";
import { normalSerial, type OcspGeneration, type OcspMisbehaviour, type OcspStatus, ocspAnswer } from "./answer.ts";

/** The town's OCSP responder for all three generations of its authority (RFC 6960 over HTTP POST, appendix A). */
export interface OcspResponder {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** What it says of a certificate from now on. */
  setStatus(certificate: { readonly generation: 0 | 1 | 2; readonly serial: string }, status: OcspStatus): void;
  /** Plays a failure until told otherwise; `undefined` behaves well. */
  misbehave(how: OcspMisbehaviour | undefined): void;
  close(): Promise<void>;
}

const MAX_REQUEST_BYTES = 4096;

/** The generations of a town, as the responder needs them. */
export function ocspGenerations(pki: TownPki): OcspGeneration[] {
  return pki.jpki.map(({ authority, ocsp }) => ({
    authority: new X509Certificate(readFileSync(authority.certificate)),
    responder: {
      certificate: new X509Certificate(readFileSync(ocsp.certificate)),
      key: createPrivateKey(readFileSync(ocsp.key)),
    },
  }));
}

/**
 * Starts the responder on 127.0.0.1. A certificate without a status of its own has that of `unlisted`. `K-CONF-105` when
 * the port is taken.
 */
export function startOcspResponder(options: {
  readonly generations: readonly OcspGeneration[];
  readonly unlisted: OcspStatus;
  readonly port: number;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}): Promise<Result<OcspResponder>> {
  const statuses = new Map<string, OcspStatus>();
  const keyOf = (generation: number, serial: string) => `${generation}:${normalSerial(serial)}`;
  let misbehaviour: OcspMisbehaviour | undefined;

  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const body = await read(req);
    if (misbehaviour === "unreachable" || !body) {
      req.socket.destroy();
      return;
    }
    let said = "error";
    const bytes = ocspAnswer(body, {
      generations: options.generations,
      nowMs: options.clock.nowMs(),
      misbehaviour,
      statusOf: (generation, serial) => {
        const status = statuses.get(keyOf(generation, serial)) ?? options.unlisted;
        said = misbehaviour ?? status;
        return status;
      },
    });
    options.logger.event("ocsp.answered", { status: said });
    res.writeHead(200, { "content-type": "application/ocsp-response", "content-length": bytes.length });
    res.end(bytes);
  };

  const server = createServer((req, res) => {
    if (req.method !== "POST" || req.headers["content-type"] !== "application/ocsp-request") {
      res.writeHead(405).end();
      return;
    }
    void answer(req, res);
  });
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code === "EADDRINUSE" ? "K-CONF-105" : "K-NET-101";
      resolve(fail(code, { port: options.port, why: messageOf(error) }));
    });
    server.listen(options.port, "127.0.0.1", () => {
      resolve(
        ok({
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
          setStatus: ({ generation, serial }, status) => statuses.set(keyOf(generation, serial), status),
          misbehave: (how) => {
            misbehaviour = how;
          },
          close: () =>
            new Promise<void>((done) => {
              server.close(() => done());
              server.closeAllConnections();
            }),
        }),
      );
    });
  });
}

/** The body, or undefined when it is longer than any OCSP request of ours or the connection breaks. */
async function read(req: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of req as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_REQUEST_BYTES) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}
