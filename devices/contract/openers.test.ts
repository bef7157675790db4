import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { parseLinkAddress } from "./address.ts";
import { openerFor, socketPort } from "./openers.ts";

describe("a link address", () => {
  it("is read with its defaults", () => {
    expect(unwrap(parseLinkAddress("unix:/run/coins.sock"))).toEqual({ scheme: "unix", path: "/run/coins.sock" });
    expect(unwrap(parseLinkAddress("tcp:127.0.0.1:4001"))).toEqual({ scheme: "tcp", host: "127.0.0.1", port: 4001 });
    expect(unwrap(parseLinkAddress("tcp:[::1]:4001"))).toEqual({ scheme: "tcp", host: "::1", port: 4001 });
    const serial = { scheme: "serial", path: "/dev/ttyUSB0", baud: 9600, parity: "none", dataBits: 8, stopBits: 1 };
    expect(unwrap(parseLinkAddress("serial:/dev/ttyUSB0"))).toEqual(serial);
    expect(unwrap(parseLinkAddress("serial:/dev/ttyUSB0?baud=19200&parity=even&data=7&stop=2"))).toEqual({
      ...serial,
      baud: 19200,
      parity: "even",
      dataBits: 7,
      stopBits: 2,
    });
  });

  it.each([
    "",
    "coins",
    "unix:",
    "unix:relative",
    "tcp:localhost",
    "tcp:localhost:0",
    "tcp:localhost:65536",
    "tcp::80",
    "serial:ttyS0",
    "serial:/dev/ttyS0?baud=fast",
    "serial:/dev/ttyS0?parity=mark",
    "serial:/dev/ttyS0?speed=9600",
    "serial:/dev/ttyS0?baud=9600&baud=4800",
    "serial:/dev/ttyS0?data=9",
    "serial:/dev/ttyS0?stop=3",
    "ipp://printer/",
    "pcsc:reader",
  ])("is refused with the reason when it is %j", (address) => {
    const refused = openerFor(address);
    expect(refused).toMatchObject({ ok: false, error: { code: "K-LINK-103", detail: { address } } });
  });
});

describe("a socket opener", () => {
  let folder: string;
  let server: Server;
  let accepted: Socket[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "opener-"));
    accepted = [];
    server = createServer((socket) => {
      accepted.push(socket);
      const port = socketPort(socket);
      port.onData((bytes) => void port.write(bytes));
      port.onClose(() => {});
    });
    await new Promise<void>((resolve) => server.listen(join(folder, "s"), resolve));
  });
  afterEach(async () => {
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it("carries bytes over a unix socket and tells once when the other side is gone", async () => {
    const opener = unwrap(openerFor(`unix:${join(folder, "s")}`));
    const port = unwrap(await opener.open(new AbortController().signal));
    const echoed = new Promise<number[]>((resolve) => port.onData((bytes) => resolve([...bytes])));
    const closed = new Promise<void>((resolve) => port.onClose(resolve));
    expect((await port.write(Uint8Array.of(1, 2, 3))).ok).toBe(true);
    expect(await echoed).toEqual([1, 2, 3]);
    accepted[0]?.destroy();
    await closed;
    expect(await port.write(Uint8Array.of(4))).toMatchObject({ ok: false, error: { code: "K-LINK-102" } });
  });

  it("carries bytes over TCP", async () => {
    const tcp = createServer((socket) => {
      accepted.push(socket);
      socket.end("hello");
    });
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    const at = tcp.address();
    const number = typeof at === "object" && at ? at.port : 0;
    const port = unwrap(await unwrap(openerFor(`tcp:127.0.0.1:${number}`)).open(new AbortController().signal));
    const said = new Promise<string>((resolve) => port.onData((bytes) => resolve(Buffer.from(bytes).toString())));
    expect(await said).toBe("hello");
    port.close();
    await new Promise((resolve) => tcp.close(resolve));
  });

  it("fails with K-LINK-101 and the system's words when nobody listens, and when it is given up", async () => {
    const nobody = unwrap(openerFor(`unix:${join(folder, "absent")}`));
    const refused = await nobody.open(new AbortController().signal);
    expect(refused).toMatchObject({ ok: false, error: { code: "K-LINK-101" } });
    const given = await nobody.open(AbortSignal.abort());
    expect(given).toMatchObject({ ok: false, error: { code: "K-LINK-101", detail: { why: "given up" } } });
  });
});

describe("a serial opener", () => {
  it("fails with K-LINK-101 when the port does not exist", async () => {
    const opener = unwrap(openerFor("serial:/dev/no-such-port"));
    expect(await opener.open(new AbortController().signal)).toMatchObject({ ok: false, error: { code: "K-LINK-101" } });
  });
});
