import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { createHttpTransport, parseIppAddress } from "./transport.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server that does with each connection what the test says, once the request's first bytes are there. */
async function serverThat(act: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return unwrap(parseIppAddress(`ipp://127.0.0.1:${(server.address() as AddressInfo).port}/ipp/print`));
}

const head = (length: number, type = "application/ipp") =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
const never = () => new AbortController().signal;

describe("addresses", () => {
  test.each([
    ["ipp://printer.example/ipp/print", { host: "printer.example", port: 631, path: "/ipp/print" }],
    ["ipp://127.0.0.1:8631/ipp/print", { host: "127.0.0.1", port: 8631, path: "/ipp/print" }],
    ["ipp://[::1]:8631/", { host: "::1", port: 8631, path: "/" }],
  ])("%s", (address, expected) => {
    expect(unwrap(parseIppAddress(address))).toMatchObject(expected);
  });
});

describe("what can happen to a request", () => {
  test("it is answered", async () => {
    const address = await serverThat((socket) => socket.end(`${head(3)}abc`));
    const answer = unwrap(await createHttpTransport(address).send(Buffer.from("x"), undefined, never()));
    expect(Buffer.from(answer).toString()).toBe("abc");
  });

  const happenings: readonly (readonly [string, ((socket: Socket) => void) | undefined, string])[] = [
    ["nobody listens, so nothing was delivered", undefined, "K-PRINT-101"],
    ["the connection breaks before the answer", (s: Socket) => void s.resetAndDestroy(), "K-LINK-102"],
    ["the connection breaks within the answer", (s: Socket) => void s.end(`${head(300)}abc`), "K-LINK-102"],
    ["the answer is not IPP", (s: Socket) => void s.end(`${head(2, "text/html")}ab`), "K-PRINT-102"],
    ["the answer is not HTTP", (s: Socket) => void s.end("SSH-2.0-soup\r\n"), "K-PRINT-102"],
    [
      "the answer never ends",
      (s: Socket) => {
        s.write(`HTTP/1.1 200 OK\r\ncontent-type: application/ipp\r\n\r\n`);
        const more = () => {
          while (!s.destroyed && s.write(Buffer.alloc(1 << 16)));
        };
        s.on("drain", more);
        more();
      },
      "K-PRINT-102",
    ],
  ];
  test.each(happenings)("%s", async (_, act, code) => {
    const address = act ? await serverThat(act) : unwrap(parseIppAddress("ipp://127.0.0.1:1/ipp/print"));
    const result = await createHttpTransport(address).send(Buffer.from("x"), Buffer.from("document"), never());
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  test("a request that is given up closes its connection", async () => {
    let closed: Promise<void> | undefined;
    const giveUp = new AbortController();
    const address = await serverThat((socket) => {
      closed = new Promise((resolve) => socket.once("close", () => resolve()));
      giveUp.abort();
    });
    const result = await createHttpTransport(address).send(Buffer.from("x"), undefined, giveUp.signal);
    expect(result).toMatchObject({ ok: false, error: { code: "K-CMD-102" } });
    await closed;
  });
});
