import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { z } from "zod";
import type { Failure } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type BenchMethod, type BenchParams, benchMethods, benchRequest } from "./protocol.ts";

/** What carries out each method of the bench. */
export type BenchHandlers = {
  readonly [M in BenchMethod]: (params: BenchParams<M>) => Promise<Result<unknown>> | Result<unknown>;
};

export interface BenchSocket {
  /** `ws://127.0.0.1:8480/` */
  readonly url: string;
  close(): Promise<void>;
}

const MAX_REQUEST_BYTES = 64_000;

/** Serves the bench's language on 127.0.0.1. Pages of other origins are refused. `K-CONF-105` when the port is taken. */
export function startBenchSocket(port: number, handlers: BenchHandlers): Promise<Result<BenchSocket>> {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port,
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
    server.once("listening", () => {
      const address = server.address() as AddressInfo;
      resolve(
        ok({
          url: `ws://127.0.0.1:${address.port}/`,
          close: () =>
            new Promise<void>((done) => {
              for (const client of server.clients) client.terminate();
              server.close(() => done());
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
