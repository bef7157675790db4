import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, it } from "vitest";
import { type Clock, systemClock } from "../../kernel/clock.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { ok, unwrap } from "../../kernel/result.ts";
import { type Answering, answerFile } from "./answer.ts";
import { createTurns } from "./turns.ts";

/** More than the sockets of both ends hold. */
const LARGE = "x".repeat(60_000_000);

it("an answer that nobody takes keeps its place, not its turn, and is dropped with its connection after a while", async () => {
  const turns = createTurns({ atOnce: 1, waiting: 1 });
  const waits: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    setTimer(_, fn) {
      waits.push(fn);
      return { cancel() {} };
    },
  };
  const stopping = new AbortController().signal;
  const answering: Answering = { clock, logger: silentLogger, turns, perAddress: () => true, proxies: 0, stopping };
  const server = createServer((request, response) => {
    void answerFile<string>(request, response, answering, () => ok(async () => ok(LARGE)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const visitor = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  const lost = once(visitor, "close");
  visitor.on("error", () => {});
  visitor.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n.");
  await expect.poll(() => waits.length, { timeout: 30_000 }).toBe(1);
  const next = unwrap(turns.enter());
  expect(await next.turn(stopping)).toMatchObject({ ok: true });
  expect(turns.enter()).toMatchObject({ ok: false, error: { code: "K-INQ-101" } });
  waits[0]?.();
  visitor.resume();
  await lost;
  await expect.poll(() => turns.enter().ok).toBe(true);
  server.close();
});
