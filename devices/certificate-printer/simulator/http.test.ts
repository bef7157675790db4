import { request } from "node:http";
import sharp from "sharp";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/kernel/clock.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { createCertificatePrinter } from "../printer.ts";
import { encodeGreyPage } from "../pwg/encode.ts";
import { A4_600, certificateHeader } from "../pwg/header.ts";
import { startPrinterSimulator } from "./simulator.ts";
import { greyPage, pwgStream } from "./test-pages.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Printer and simulator joined by real HTTP on the loopback, sheets taking no time. */
async function overHttp() {
  const simulator = unwrap(await startPrinterSimulator({ clock: systemClock, sheetMs: 0 }));
  const printer = unwrap(
    createCertificatePrinter({
      name: "printer",
      address: simulator.address,
      clock: systemClock,
      logger: silentLogger,
      delays: { jobPollMs: 5, retryFirstMs: 5, retryMaxMs: 10 },
    }),
  );
  open.push(printer.close, simulator.close);
  return { simulator, printer };
}

const job = { documentId: "doc-1", pwgRaster: pwgStream([greyPage(16, 8, 0), greyPage(16, 8, 255)]), impressions: 2 };

/** A plain HTTP request; its status. */
function httpStatus(address: string, options: { method?: string; path?: string; type?: string }, body = "") {
  const { port } = new URL(address.replace(/^ipp/, "http"));
  return new Promise<number>((resolve, reject) => {
    const { method = "POST", path = "/ipp/print", type = "application/ipp" } = options;
    const sent = request({ port, host: "127.0.0.1", method, path, headers: { "content-type": type } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("over HTTP", () => {
  test("a certificate's two sides at 600 dpi arrive pixel by pixel, and as PNG", async () => {
    const { simulator, printer } = await overHttp();
    const front = new Uint8Array(A4_600.widthPx * A4_600.heightPx).fill(255);
    for (let y = 1000; y < 1100; y++) front.fill(y % 200, y * A4_600.widthPx + 700, y * A4_600.widthPx + 3000);
    const blank = new Uint8Array(front.length).fill(255);
    const sides = [front, blank].map((grey) => encodeGreyPage(grey, certificateHeader(2)));
    const taken = unwrap(await printer.submit({ ...job, pwgRaster: pwgStream(sides) }));
    expect(unwrap(await printer.settle(taken, () => {}))).toMatchObject({ state: "done" });
    expect(simulator.pages()).toMatchObject([
      { side: "front", width: 4960, height: 7016 },
      { side: "back", width: 4960, height: 7016 },
    ]);
    expect(Buffer.compare(simulator.pages()[0]?.grey() ?? new Uint8Array(0), front)).toBe(0);
    const png = sharp(await simulator.pagePng(0), { limitInputPixels: 36_000_000 });
    expect(await png.metadata()).toMatchObject({ format: "png", width: 4960, height: 7016, channels: 1 });
    expect(Buffer.compare(await png.toColourspace("b-w").raw().toBuffer(), front)).toBe(0);
  });

  test("a connection that is reset after the job was taken: the job is found, and there is one", async () => {
    const { simulator, printer } = await overHttp();
    simulator.breakConnections("resetAfter", { operation: "Print-Job" });
    expect(await printer.submit(job)).toMatchObject({ ok: true, value: { jobId: 1, documentId: "doc-1" } });
    expect(simulator.jobs()).toHaveLength(1);
  });

  test("a connection that is reset before the job was taken: K-PRINT-110, and there is none", async () => {
    const { simulator, printer } = await overHttp();
    simulator.breakConnections("resetBefore", { operation: "Print-Job" });
    expect(await printer.submit(job)).toMatchObject({ ok: false, error: { code: "K-PRINT-110" } });
    expect(simulator.jobs()).toEqual([]);
  });

  test("an unplugged printer is K-PRINT-101, and is there again on the same port", async () => {
    const { simulator, printer } = await overHttp();
    await simulator.setPlugged(false);
    expect(await printer.check()).toMatchObject({ ok: false, error: { code: "K-PRINT-101" } });
    await simulator.setPlugged(true);
    expect(await printer.check()).toMatchObject({ ok: true });
  });

  test("garbage instead of IPP, and HTTP without IPP, are K-PRINT-102", async () => {
    const { simulator, printer } = await overHttp();
    simulator.breakConnections("garbage", { operation: "Validate-Job" });
    expect(await printer.check()).toMatchObject({ ok: false, error: { code: "K-PRINT-102" } });
    const elsewhere = createCertificatePrinter({
      name: "elsewhere",
      address: simulator.address.replace("/ipp/print", "/nothing"),
      clock: systemClock,
      logger: silentLogger,
    });
    const wrong = unwrap(elsewhere);
    open.push(wrong.close);
    expect(await wrong.check()).toMatchObject({
      ok: false,
      error: { code: "K-PRINT-102", detail: { httpStatus: 404 } },
    });
  });

  test("what is no IPP request gets an HTTP status and changes nothing", async () => {
    const { simulator } = await overHttp();
    expect(await httpStatus(simulator.address, { method: "GET" })).toBe(405);
    expect(await httpStatus(simulator.address, { path: "/" })).toBe(404);
    expect(await httpStatus(simulator.address, { type: "text/plain" })).toBe(415);
    expect(await httpStatus(simulator.address, {}, "soup")).toBe(400);
    expect(simulator.jobs()).toEqual([]);
  });

  test("a port that is taken is named", async () => {
    const { simulator } = await overHttp();
    const port = Number(new URL(simulator.address.replace(/^ipp/, "http")).port);
    expect(await startPrinterSimulator({ clock: systemClock, port })).toMatchObject({
      ok: false,
      error: { code: "K-CONF-105", detail: { port } },
    });
  });
});
