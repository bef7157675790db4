import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { z } from "zod";
import type { Failure } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { fromOwnPage, toOwnHost } from "../../protocol/http/own-host.ts";
import { loadPages } from "../../protocol/http/pages.ts";
import type { Pictures } from "./pictures.ts";
import { type BenchMethod, type BenchParams, benchMethods, benchRequest } from "./protocol.ts";
import type { Watchers } from "./watchers.ts";

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

/** What the bench serves. */
export interface BenchService {
  readonly handlers: BenchHandlers;
  readonly watchers: Watchers;
  readonly pictures: Pictures;
  /** The built page and the origin of the panel that it shows; without it only the socket is served. */
  readonly page?: { readonly folder: string; readonly panel: string } | undefined;
}

const MAX_REQUEST_BYTES = 64_000;
/** The pages of a demonstration and the clients of the commands and tests. */
const MAX_CLIENTS = 32;

/**
 * Serves the bench's page and language on 127.0.0.1. Pages of other origins are refused; a client of the command line, which
 * has no origin, is not. `K-CONF-105` when the port is taken, `K-CONF-101` when the page was not built.
 */
export function startBenchSocket(port: number, service: BenchService): Promise<Result<BenchSocket>> {
  const { handlers, page, pictures, watchers } = service;
  const pages = page === undefined ? ok(undefined) : loadPages(page.folder, { frames: [page.panel] });
  if (!pages.ok) return Promise.resolve(pages);
  const http = createServer((request, response) => {
    const { port: own } = http.address() as AddressInfo;
    const path = request.url?.split("?", 1)[0] ?? "";
    if (request.method === "GET" && fromOwnPage(request, own) && pictures.answer(path, response)) return;
    if (toOwnHost(request, own) && pages.value) pages.value.answer(request, response);
    else response.writeHead(404).end();
  });
  const server = new WebSocketServer({
    server: http,
    maxPayload: MAX_REQUEST_BYTES,
    perMessageDeflate: false,
    verifyClient: ({ origin, req }: { origin: string | undefined; req: IncomingMessage }) =>
      server.clients.size < MAX_CLIENTS && isOwnOrigin(origin, req, (http.address() as AddressInfo).port),
  });
  server.on("connection", (socket) => {
    socket.on("error", () => socket.terminate());
    socket.on("message", async (data) => {
      const { reply, watchAfter } = await answer(String(data), handlers);
      socket.send(JSON.stringify(reply));
      if (watchAfter !== undefined) watch(socket, watchers, watchAfter);
    });
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

function isOwnOrigin(origin: string | undefined, request: IncomingMessage, port: number): boolean {
  if (!origin) return true;
  return toOwnHost(request, port) && [`http://127.0.0.1:${port}`, `http://localhost:${port}`].includes(origin);
}

function watch(socket: WebSocket, watchers: Watchers, after: number): void {
  const forget = watchers.add(
    {
      send: (text) => socket.send(text),
      waitingBytes: () => socket.bufferedAmount,
    },
    after,
  );
  socket.once("close", forget);
}

interface Answered {
  readonly reply: unknown;
  /** The socket asked to be told of changes, and knows the timeline up to here. */
  readonly watchAfter?: number;
}

async function answer(text: string, handlers: BenchHandlers): Promise<Answered> {
  const request = benchRequest.safeParse(parse(text));
  if (!request.success) return { reply: { id: 0, ok: false, failure: { code: "K-NET-104" } } };
  const { id, method, params } = request.data;
  const schema: z.ZodType = benchMethods[method];
  const checked = schema.safeParse(params ?? {});
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const detail = { key: issue?.path.join(".") ?? "", allowed: issue?.message ?? "" };
    return { reply: { id, ok: false, failure: { code: "K-NET-104", detail } } };
  }
  const handler = handlers[method] as (p: unknown) => Promise<Result<unknown>> | Result<unknown>;
  const result = await handler(checked.data);
  if (!result.ok) return { reply: { id, ok: false, failure: flat(result.error) } };
  return {
    reply: { id, ok: true, value: result.value ?? null },
    ...(method === "watch" ? { watchAfter: (checked.data as BenchParams<"watch">).after } : {}),
  };
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
