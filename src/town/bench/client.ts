import { WebSocket } from "ws";
import type { Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type BenchEvent, type BenchMethod, type BenchParams, benchEvent, benchReply } from "./protocol.ts";

/** The hands at the machine. */
export interface BenchClient {
  /** One request; `K-TOWN-105` when the bench refuses, `K-NET-101` when it is gone. */
  call<T = void, M extends BenchMethod = BenchMethod>(method: M, params: BenchParams<M>): Promise<Result<T>>;
  /** What is told unasked after `watch`. */
  onEvent(listener: (event: BenchEvent) => void): void;
  close(): void;
}

/** A process may take a minute to stop and to start again. */
const REPLY_TIMEOUT_MS = 90_000;

/** Connects to a bench at `ws://127.0.0.1:port/`. */
export function connectBench(url: string, clock: Clock): Promise<Result<BenchClient>> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { maxPayload: 64_000_000 });
    const waiting = new Map<number, (result: Result<unknown>) => void>();
    const listeners: ((event: BenchEvent) => void)[] = [];
    let nextId = 1;
    const abandon = () => {
      for (const done of waiting.values()) done(fail("K-NET-101", { url }));
      waiting.clear();
    };
    socket.on("message", (data) => {
      const message: unknown = JSON.parse(String(data));
      const event = benchEvent.safeParse(message);
      if (event.success) {
        for (const listener of listeners) listener(event.data);
        return;
      }
      const reply = benchReply.safeParse(message);
      if (!reply.success) return;
      const done = waiting.get(reply.data.id);
      waiting.delete(reply.data.id);
      if (reply.data.ok) return done?.(ok(reply.data.value));
      const { code, detail } = reply.data.failure;
      done?.(fail("K-TOWN-105", { code, detail: JSON.stringify(detail ?? {}) }));
    });
    socket.on("close", abandon);
    socket.on("error", (error) => {
      abandon();
      resolve(fail("K-NET-101", { url, why: messageOf(error) }));
    });
    socket.on("open", () =>
      resolve(
        ok({
          call: <T>(method: BenchMethod, params: unknown) =>
            new Promise<Result<T>>((done) => {
              if (socket.readyState !== WebSocket.OPEN) return done(fail("K-NET-101", { url }));
              const id = nextId++;
              const timer = clock.setTimer(REPLY_TIMEOUT_MS, () => {
                waiting.delete(id);
                done(fail("K-NET-102", { method }));
              });
              waiting.set(id, (result) => {
                timer.cancel();
                done(result as Result<T>);
              });
              socket.send(JSON.stringify({ id, method, params }));
            }),
          onEvent: (listener) => void listeners.push(listener),
          close: () => socket.close(),
        }),
      ),
    );
  });
}
