import { request as httpRequest } from "node:http";
import { messageOf } from "../../src/kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";

/** Carries one IPP request and brings back the answer's bytes. */
export interface IppTransport {
  /**
   * Errors: `K-PRINT-101` nothing was delivered; `K-LINK-102` the connection broke and the printer may have acted;
   * `K-PRINT-102` the answer is not IPP over HTTP, or too long; `K-CMD-102` the signal aborted, and the printer may have
   * acted.
   */
  send(attributes: Uint8Array, document: Uint8Array | undefined, signal: AbortSignal): Promise<Result<Uint8Array>>;
}

/** Where an `ipp:` address leads. */
export interface IppAddress {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** `printer-uri` of every request. */
  readonly uri: string;
}

const IPP_PORT = 631;
const MAX_ANSWER_BYTES = 2 << 20;

/** Reads `ipp://host:port/path`; the port may be left out (631). `K-LINK-103` for anything else. */
export function parseIppAddress(address: string): Result<IppAddress> {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return fail("K-LINK-103", { address });
  }
  if (url.protocol !== "ipp:" || url.hostname === "" || url.username !== "" || url.search !== "" || url.hash !== "") {
    return fail("K-LINK-103", { address });
  }
  const port = url.port === "" ? IPP_PORT : Number(url.port);
  const path = url.pathname === "" ? "/" : url.pathname;
  return ok({ host: url.hostname.replace(/^\[|\]$/g, ""), port, path, uri: `ipp://${url.hostname}:${port}${path}` });
}

/**
 * IPP over HTTP/1.1 (RFC 8010, section 4). Each request has a connection of its own: a connection kept alive may be
 * closed by the printer at the moment of use, and then nobody knows whether a job was taken.
 */
export function createHttpTransport(address: IppAddress): IppTransport {
  return {
    send: (attributes, document, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(fail("K-CMD-102", { what: "ipp" }));
        let connected = false;
        const request = httpRequest({
          host: address.host,
          port: address.port,
          path: address.path,
          method: "POST",
          agent: false,
          signal,
          headers: {
            "content-type": "application/ipp",
            "content-length": attributes.length + (document?.length ?? 0),
          },
        });
        const lost = (why: string) =>
          resolve(
            signal.aborted
              ? fail("K-CMD-102", { what: "ipp" })
              : fail(connected ? "K-LINK-102" : "K-PRINT-101", { host: address.host, port: address.port, why }),
          );
        request.on("socket", (socket) => {
          socket.setNoDelay(true);
          socket.once("connect", () => {
            connected = true;
          });
        });
        request.on("error", (thrown: NodeJS.ErrnoException) => {
          if (thrown.code?.startsWith("HPE_")) resolve(fail("K-PRINT-102", { why: "not-http" }));
          lost(messageOf(thrown));
        });
        request.on("response", (response) => {
          const parts: Buffer[] = [];
          let length = 0;
          response.on("error", (thrown) => lost(messageOf(thrown)));
          response.on("data", (part: Buffer) => {
            length += part.length;
            if (length <= MAX_ANSWER_BYTES) parts.push(part);
            else {
              resolve(fail("K-PRINT-102", { why: "answer-too-long" }));
              request.destroy();
            }
          });
          response.on("close", () => {
            if (!response.complete) return lost("the answer broke off");
            const type = response.headers["content-type"] ?? "";
            if (response.statusCode !== 200 || !type.startsWith("application/ipp")) {
              return resolve(fail("K-PRINT-102", { why: "not-ipp", httpStatus: response.statusCode ?? 0 }));
            }
            resolve(ok(Buffer.concat(parts)));
          });
        });
        request.write(attributes);
        request.end(document);
      }),
  };
}
