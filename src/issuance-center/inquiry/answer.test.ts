import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { type Clock, systemClock } from "../../kernel/clock.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { ok, unwrap } from "../../kernel/result.ts";
import { type Answering, answerFile } from "./answer.ts";
import { createTurns } from "./turns.ts";

/** More than the sockets of both ends hold. */
const LARGE = "x".repeat(60_000_000);

/** So long an answer may take to be taken. */
const TAKING_MS = 120_000;

it("a file that comes byte by byte loses its place, one that comes steadily does not", async () => {
  const turns = createTurns({ atOnce: 1, waiting: 1 });
  const clock = createFakeClock();
  const stopping = new AbortController().signal;
  const answering: Answering = { clock, logger: silentLogger, turns, perAddress: () => true, proxies: 0, stopping };
  const sockets: Socket[] = [];
  const received = () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  const server = createServer((request, response) => {
    void answerFile<string>(request, response, answering, () => ok(async () => ok("done")));
  }).listen(0, "127.0.0.1");
  server.on("connection", (socket) => sockets.push(socket));
  await once(server, "listening");
  const visitor = async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => {});
    const send = async (bytes: Buffer) => {
      const before = received();
      socket.write(bytes);
      await expect.poll(received).toBe(before + bytes.length);
    };
    await send(Buffer.from("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n."));
    return { socket, send, lost: once(socket, "close") };
  };
  const steady = await visitor();
  const slow = await visitor();
  expect(turns.enter()).toMatchObject({ ok: false, error: { code: "K-INQ-101" } });
  for (let i = 0; i < 4; i++) {
    await steady.send(Buffer.alloc(130_000));
    await clock.advance(5_000);
  }
  await slow.lost;
  await expect.poll(() => turns.enter().ok).toBe(true);
  expect(steady.socket.destroyed).toBe(false);
  steady.socket.destroy();
  server.close();
});

it("an answer that nobody takes keeps its place, not its turn, and is dropped with its connection after a while", async () => {
  const turns = createTurns({ atOnce: 1, waiting: 1 });
  const waits: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    setTimer(delayMs, fn) {
      if (delayMs === TAKING_MS) waits.push(fn);
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
