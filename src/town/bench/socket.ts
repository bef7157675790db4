import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { z } from "zod";
import type { Failure } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { toOwnHost } from "../../protocol/http/own-host.ts";
import { loadPages } from "../../protocol/http/pages.ts";
import { type BenchMethod, type BenchParams, benchMethods, benchRequest } from "./protocol.ts";

/** What carries out each method of the bench. */
export type BenchHandlers = {
  readonly [M in BenchMethod]: (params: BenchParams<M>) => Promise<Result<unknown>> | Result<unknown>;
};

export interface BenchSocket {
  /** `ws://127.0.0.1:8480/` */
  readonly url: string;
  /** `http://127.0.0.1:8480/` */
  readonly pageUrl: string;
  close(): Promise<void>;
}

const MAX_REQUEST_BYTES = 64_000;

/**
 * Serves the bench's page and language on 127.0.0.1. Pages of other origins are refused. `K-CONF-105` when the port is
 * taken, `K-CONF-101` when the page was not built.
 */
export function startBenchSocket(
  port: number,
  handlers: BenchHandlers,
  page?: { readonly folder: string; readonly panel: string },
): Promise<Result<BenchSocket>> {
  const pages = page === undefined ? ok(undefined) : loadPages(page.folder, { frames: [page.panel] });
  if (!pages.ok) return Promise.resolve(pages);
  const http = createServer((request, response) => {
    const { port: own } = http.address() as AddressInfo;
    if (toOwnHost(request, own) && pages.value) pages.value.answer(request, response);
    else response.writeHead(404).end();
  });
  const server = new WebSocketServer({
    server: http,
    maxPayload: MAX_REQUEST_BYTES,
    verifyClient: ({ origin }: { origin: string }) =>
      !origin || /^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin),
  });
  server.on("connection", (socket) => {
    socket.on("error", () => socket.terminate());
    socket.on("message", async (data) => socket.send(JSON.stringify(await answer(String(data), handlers))));
  });
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(fail(error.code === "EADDRINUSE" ? "K-CONF-105" : "K-NET-101", { port, why: error.message }));
    });
    http.listen(port, "127.0.0.1", () => {
      const address = http.address() as AddressInfo;
      resolve(
        ok({
          url: `ws://127.0.0.1:${address.port}/`,
          pageUrl: `http://127.0.0.1:${address.port}/`,
          close: () =>
            new Promise<void>((done) => {
              for (const client of server.clients) client.terminate();
              server.close();
              http.close(() => done());
              http.closeAllConnections();
            }),
        }),
      );
    });
  });
}

async function answer(text: string, handlers: BenchHandlers): Promise<unknown> {
  const request = benchRequest.safeParse(parse(text));
  if (!request.success) return { id: 0, ok: false, failure: { code: "K-NET-104" } };
  const { id, method, params } = request.data;
  const schema: z.ZodType = benchMethods[method];
  const checked = schema.safeParse(params ?? {});
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return {
      id,
      ok: false,
      failure: { code: "K-NET-104", detail: { key: issue?.path.join(".") ?? "", allowed: issue?.message ?? "" } },
    };
  }
  const handler = handlers[method] as (p: unknown) => Promise<Result<unknown>> | Result<unknown>;
  const result = await handler(checked.data);
  return result.ok ? { id, ok: true, value: result.value ?? null } : { id, ok: false, failure: flat(result.error) };
}

function flat(failure: Failure): { code: string; detail?: Failure["detail"] } {
  return { code: failure.code, ...(failure.detail ? { detail: failure.detail } : {}) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A handler that cannot fail. */
export function done<P>(work: (params: P) => unknown): (params: P) => Result<unknown> {
  return (params) => ok(work(params));
}
