import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { encodeFrame } from "../../../devices/coin-vendor/codec/frame.ts";
import { socketPort } from "../../../devices/contract/openers.ts";
import { systemClock } from "../../kernel/clock.ts";
import { silentLogger } from "../../kernel/logger.ts";
import type { Running } from "../../kernel/process.ts";
import { unwrap } from "../../kernel/result.ts";
import { type BenchClient, connectBench } from "./client.ts";
import type { BenchCitizen, BenchEvent, BenchSetup, BenchState, TimelineEntry } from "./protocol.ts";
import { startBench } from "./start.ts";

/** A bench with its devices and no kiosk: what hands do is seen, and told. */
const folder = mkdtempSync(join(tmpdir(), "madoguchi-bench-"));
const socket = (name: string) => join(folder, `${name}.sock`);
const example = (name: string) => fileURLToPath(new URL(`../../../examples/towns/${name}`, import.meta.url));

let bench: Running;
let client: BenchClient;
const heard: BenchEvent[] = [];
let wake: () => void = () => {};

beforeAll(async () => {
  bench = unwrap(
    await startBench(
      {
        port: 0,
        printerPort: 0,
        ocspPort: 0,
        sockets: {
          card: `unix:${socket("card")}`,
          coinVendor: `unix:${socket("coins")}`,
          receiptPrinter: `unix:${socket("receipt")}`,
          cabinet: `unix:${socket("cabinet")}`,
        },
        pki: join(folder, "pki"),
        municipalities: [{ code: "482013", folder: example("midorino") }],
        kiosks: ["kiosk-0001"],
        pace: { coinMs: 1, sheetMs: 1 },
      },
      { clock: systemClock, logger: silentLogger, channel: undefined },
    ),
  );
  client = unwrap(await connectBench(bench.addresses.bench ?? "", systemClock));
  client.onEvent((event) => {
    heard.push(event);
    wake();
  });
  unwrap(await client.call("watch", { after: 0 }));
});
afterAll(async () => {
  client?.close();
  await bench?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  heard.length = 0;
});

/** Resolves when something that was told since the test began is as wanted. */
function told<T>(find: (event: BenchEvent) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      for (const event of heard) {
        const found = find(event);
        if (found !== undefined) return resolve(found);
      }
    };
    wake = look;
    look();
  });
}
const state = (wanted: (state: BenchState) => boolean) =>
  told((event) => (event.event === "state" && wanted(event.state) ? event.state : undefined));
const entry = (wanted: (entry: TimelineEntry) => boolean) =>
  told((event) => (event.event === "timeline" ? event.entries.find(wanted) : undefined));
const now = async () => unwrap(await client.call<BenchState>("state", {}));
const codeOf = (result: Awaited<ReturnType<BenchClient["call"]>>) => (result.ok ? "done" : result.error.code);

describe("what hands do at the bench", () => {
  it("is told to a page that watches", async () => {
    unwrap(await client.call("putCard", { municipality: "482013", residentId: "mi-001" }));
    await state((s) => s.card?.residentId === "mi-001");
    unwrap(await client.call("takeCard", {}));
    await state((s) => s.card === undefined);
  });

  it("puts one card at a time on the reader", async () => {
    unwrap(await client.call("putCard", { municipality: "482013", residentId: "mi-001" }));
    expect(codeOf(await client.call("putCard", { municipality: "482013", residentId: "mi-002" }))).toBe("K-TOWN-105");
    unwrap(await client.call("takeCard", {}));
  });

  it("drops a coin through a closed slot into the cup", async () => {
    unwrap(await client.call("insertCoin", { denomination: 100 }));
    await state((s) => s.coins.tray[100] === 1);
    expect(unwrap(await client.call("takeCoins", {}))).toEqual({ 10: 0, 50: 0, 100: 1, 500: 0 });
    await state((s) => s.coins.tray[100] === 0);
  });

  it("names the towns, the people and the lies", async () => {
    const setup = unwrap(await client.call<BenchSetup>("setup", {}));
    expect(setup.municipalities).toEqual([{ code: "482013", name: { ja: "緑野市", en: "Midorino City" } }]);
    expect(setup.lies).toContain("otherPerson");
    const citizens = unwrap(await client.call<BenchCitizen[]>("citizens", {}));
    expect(citizens.find((c) => c.residentId === "mi-005")).toMatchObject({ notes: ["pinLocked"], pin: "1234" });
  });
});

describe("accidents", () => {
  it.each([
    ["printerFault", { fault: "mediaJam" }, { fault: "none" }, (s: BenchState) => s.printer.fault],
    ["receiptFault", { fault: "paperEnd" }, { fault: "none" }, (s: BenchState) => s.receiptPrinter.fault],
    ["coinFault", { fault: "escrowStuck" }, { fault: "none" }, (s: BenchState) => s.coins.fault],
    [
      "cabinetSwitch",
      { on: true, name: "upsLow" },
      { on: false, name: "upsLow" },
      (s: BenchState) => s.cabinet.switches.upsLow,
    ],
    ["ocsp", { answer: "unreachable" }, { answer: "normal" }, (s: BenchState) => s.ocsp],
  ] as const)("of %s are seen until they are mended", async (method, broken, fine, seen) => {
    unwrap(await client.call(method, broken as never));
    await state((s) => seen(s) === Object.values(broken)[0]);
    heard.length = 0;
    unwrap(await client.call(method, fine as never));
    await state((s) => seen(s) === Object.values(fine)[0]);
  });

  it("stop the printer with a jam and let it go on afterwards", async () => {
    unwrap(await client.call("printerFault", { fault: "mediaJam" }));
    expect((await now()).printer).toMatchObject({ state: "stopped", fault: "mediaJam" });
    unwrap(await client.call("printerFault", { fault: "none" }));
    expect((await now()).printer).toMatchObject({ state: "idle", fault: "none" });
  });

  it("empty a hopper, fill it again, jam it and clear it", async () => {
    const full = (await now()).coins.hoppers[100];
    const hopper = (action: "empty" | "refill" | "jam" | "clear") =>
      client.call("hopper", { denomination: 100, action }).then(unwrap);
    await hopper("empty");
    expect((await now()).coins.hoppers[100]).toBe(0);
    await hopper("refill");
    await hopper("refill");
    expect((await now()).coins.hoppers[100]).toBe(full);
    await hopper("jam");
    expect((await now()).coins.jammed).toEqual([100]);
    await hopper("clear");
    expect((await now()).coins.jammed).toEqual([]);
  });

  it.each(["coinVendor", "receiptPrinter", "cabinet", "certificatePrinter", "cardReader"] as const)(
    "pull the plug of %s and put it back",
    async (device) => {
      unwrap(await client.call("plug", { device, connected: false }));
      expect((await now()).plugs[device]).toBe(false);
      unwrap(await client.call("plug", { device, connected: false }));
      unwrap(await client.call("plug", { device, connected: true }));
      expect((await now()).plugs[device]).toBe(true);
    },
  );

  it("leave a card on the tray when the reader's plug is pulled", async () => {
    unwrap(await client.call("putCard", { municipality: "482013", residentId: "mi-001" }));
    unwrap(await client.call("plug", { device: "cardReader", connected: false }));
    expect((await now()).card).toEqual({ municipality: "482013", residentId: "mi-001" });
    unwrap(await client.call("plug", { device: "cardReader", connected: true }));
    unwrap(await client.call("takeCard", {}));
  });

  it("of processes need a supervisor", async () => {
    const refused = await client.call("process", { name: "kiosk", action: "stop" });
    expect(refused).toMatchObject({ ok: false, error: { detail: { code: "K-TOWN-108" } } });
  });
});

describe("the wires of the machine", () => {
  it("are heard, and the answer is the device's own", async () => {
    const line = socketPort(connect(socket("coins")));
    const answered = new Promise((resolve) => line.onData(resolve));
    await line.write(encodeFrame({ destination: 2, source: 1, header: 254, data: new Uint8Array() }));
    await answered;
    const { detail } = await entry((e) => e.kind === "wire" && e.name === "simplePoll");
    expect(detail).toEqual({ part: "acceptor", header: 254, answer: "ACK" });
    line.close();
  });
});

describe("who may open the bench", () => {
  const attempt = (origin: string | undefined) =>
    new Promise<string>((resolve) => {
      const page = new WebSocket(bench.addresses.bench ?? "", origin === undefined ? {} : { origin });
      page.on("open", () => {
        page.close();
        resolve("opened");
      });
      page.on("error", () => resolve("refused"));
    });

  it("is its own page by either name, and a client of the command line", async () => {
    const { port } = new URL(bench.addresses.page ?? "");
    expect(await attempt(`http://127.0.0.1:${port}`)).toBe("opened");
    expect(await attempt(undefined)).toBe("opened");
  });

  it("is no page of another port, scheme or site", async () => {
    const { port } = new URL(bench.addresses.page ?? "");
    for (const origin of [
      `http://127.0.0.1:${Number(port) + 1}`,
      "http://localhost",
      `https://127.0.0.1:${port}`,
      "https://example.org",
      "null",
    ])
      expect([origin, await attempt(origin)]).toEqual([origin, "refused"]);
  });

  it("gets no picture of a side that is not there, and none for another site", async () => {
    const picture = `${bench.addresses.page}sides/0/thumbnail.png`;
    expect((await fetch(picture)).status).toBe(404);
    expect((await fetch(picture, { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(404);
  });
});
