import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { giveFile } from "../../../test/support/inquiry-site.ts";
import { drawnBack, pageOfFront, perfectScan, sixTimes } from "../../../test/support/print-scan/backs.ts";
import { DOCUMENT_ID, TestCentre, textLikeFront, VALUES } from "../../../test/support/scramble.ts";
import { systemClock } from "../../kernel/clock.ts";
import type { Running } from "../../kernel/process.ts";
import { unwrap } from "../../kernel/result.ts";
import { FRONT_BYTES_HEADER, type InquiryBack, type InquiryLine } from "../../protocol/inquiry.ts";
import { packBilevel } from "../../security-print/pages/front.ts";
import { type InquiryConfig, inquiryConfig } from "./config.ts";
import { startInquiry } from "./start.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-inquiry-"));
const keysFile = join(folder, "keys.json");
const page = join(folder, "page");
const centre = new TestCentre("inquiry");
const honest = centre.payload();
const events: { name: string; fields: Readonly<Record<string, unknown>> }[] = [];
const logger = { event: (name: string, fields: Readonly<Record<string, unknown>>) => events.push({ name, fields }) };
let genuine: Buffer;
let altered: Buffer;
let site: Running | undefined;

async function scanOf(payload: typeof honest): Promise<Buffer> {
  const { widthPx: width, heightPx: height, pixels } = perfectScan(await drawnBack(payload));
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A scan of the front that the genuine back holds; at `hole` six millimetres square are white. */
async function frontScan(hole?: { readonly xMm: number; readonly yMm: number }): Promise<Buffer> {
  const { widthPx: width, heightPx: height, pixels } = perfectScan(pageOfFront(textLikeFront(1)));
  const px = (mm: number) => Math.round((mm * 300) / 25.4);
  if (hole) {
    const [left, right] = [px(hole.xMm), px(hole.xMm + 6)];
    for (let y = px(hole.yMm); y < px(hole.yMm + 6); y++) pixels.fill(255, y * width + left, y * width + right);
  }
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

beforeAll(async () => {
  mkdirSync(page);
  writeFileSync(join(page, "index.html"), "<!doctype html><title>inquiry</title>");
  writeFileSync(keysFile, JSON.stringify(centre.inspectionKeys()));
  genuine = await scanOf(honest);
  altered = await scanOf({ ...honest, image: centre.payload({ front: textLikeFront(2) }).image });
});
afterEach(async () => {
  await site?.stop();
  site = undefined;
  events.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(change: Partial<InquiryConfig> = {}): Promise<string> {
  const config = inquiryConfig.parse({ listen: { port: 0 }, inspectionKeys: keysFile, page });
  site = unwrap(await startInquiry({ ...config, ...change }, { clock: systemClock, logger }));
  return site.addresses.page ?? "";
}

async function ask(url: string, body: Uint8Array, headers: Record<string, string> = {}) {
  const answer = await giveFile<InquiryLine>(`${url}v1/inspect`, body, headers);
  const backs = answer.lines.filter((line): line is InquiryBack => line.kind === "back");
  return { ...answer, backs };
}

describe("the inquiry site", () => {
  it("tells step by step, says genuine, and gives the very front and what it says", async () => {
    const { status, headers, kinds, backs, lines } = await ask(await open(), genuine);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(kinds).toEqual(["received", "looking", "back", "end"]);
    expect(lines.at(-1)).toEqual({ kind: "end", asOfMs: centre.inspectionKeys().asOfMs });
    const [back] = backs;
    expect(back).toMatchObject({ answer: "genuine", fieldsOk: true, document: { documentId: DOCUMENT_ID } });
    expect(back?.fields?.values).toEqual(VALUES);
    expect(back?.code).toMatchObject({ state: "ok", data: { documentId: DOCUMENT_ID } });
    const front = await sharp(Buffer.from(back?.frontPng ?? "", "base64"))
      .greyscale()
      .raw()
      .toBuffer();
    const { widthPx, heightPx, bits } = textLikeFront(1);
    expect(Buffer.compare(packBilevel(front, widthPx, heightPx), bits)).toBe(0);
  });

  it("lays a scan of the front over the decoded one, and marks where it looks otherwise", async () => {
    const url = await open();
    const asked = async (frontScan: Buffer) => {
      const headers = { [FRONT_BYTES_HEADER]: String(frontScan.length) };
      const { backs, kinds } = await ask(url, Buffer.concat([genuine, frontScan]), headers);
      expect(kinds.at(-1)).toBe("end");
      return backs[0]?.comparison;
    };
    const same = await asked(await frontScan());
    expect(same).toMatchObject({ aligned: true, differences: [] });
    const straight = await sharp(Buffer.from(same?.scanJpeg ?? "", "base64")).metadata();
    expect([straight.format, straight.width, straight.height]).toEqual(["jpeg", 1654, 2339]);
    const changed = await asked(await frontScan({ xMm: 100, yMm: 150 }));
    expect(changed?.aligned).toBe(true);
    expect(changed?.differences).toHaveLength(1);
    const [{ xMm, yMm, widthMm, heightMm } = { xMm: 0, yMm: 0, widthMm: 0, heightMm: 0 }] = changed?.differences ?? [];
    expect([Math.abs(xMm + widthMm / 2 - 103) < 4, Math.abs(yMm + heightMm / 2 - 153) < 4]).toEqual([true, true]);
  });

  it("says that a picture may hold more backs than are read in one", async () => {
    const { widthPx: width, heightPx: height, pixels } = sixTimes(await drawnBack(honest));
    const row = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer();
    const { lines, kinds } = await ask(await open(), row);
    expect(kinds).toEqual(["received", "looking", "back", "back", "back", "back", "more", "end"]);
    expect(lines.at(-2)).toEqual({ kind: "more", number: 1, backs: 4 });
  });

  it("refuses a length of the front that leaves no back, and answers for the back when the front is no picture", async () => {
    const url = await open();
    for (const said of ["x", "-1", String(genuine.length), String(10 * genuine.length)]) {
      const { status, lines } = await ask(url, genuine, { [FRONT_BYTES_HEADER]: said });
      expect([status, lines]).toEqual([400, [{ kind: "failed", code: "K-NET-104" }]]);
    }
    const torn = Buffer.concat([genuine, Buffer.from("no picture")]);
    const { lines, backs } = await ask(url, torn, { [FRONT_BYTES_HEADER]: "10" });
    expect(backs).toMatchObject([{ answer: "genuine" }]);
    expect(backs[0]).not.toHaveProperty("comparison");
    expect(lines.at(-1)).toEqual({ kind: "failed", code: "K-IMAGE-109" });
  });

  it("shows neither front nor fields of an altered back, and logs nothing that a scan shows", async () => {
    const { backs } = await ask(await open(), altered);
    expect(backs).toHaveLength(1);
    expect(backs[0]?.answer).toBe("altered");
    expect(Object.keys(backs[0] ?? {})).not.toContain("frontPng");
    expect(Object.keys(backs[0] ?? {})).not.toContain("fields");
    expect(events.map(({ name }) => name)).toEqual(["inquiry.answered"]);
    expect(JSON.stringify(events)).not.toContain(DOCUMENT_ID);
  });

  it("says why a file is no scan, and serves the next one", async () => {
    const url = await open();
    const refused = await ask(url, Buffer.from("no picture at all"));
    expect(refused.lines.at(-1)).toEqual({ kind: "failed", code: "K-IMAGE-103" });
    expect((await ask(url, genuine)).backs[0]?.answer).toBe("genuine");
  });

  it("refuses more than 25 MB by what is announced, and by what arrives", async () => {
    const url = await open();
    const announced = await ask(url, Buffer.alloc(25_000_001));
    expect([announced.status, announced.lines]).toEqual([413, [{ kind: "failed", code: "K-NET-106" }]]);
    const status = await new Promise<number | undefined>((resolve) => {
      const upload = httpRequest(`${url}v1/inspect`, { method: "POST" }, (response) => resolve(response.statusCode));
      upload.on("error", () => {});
      for (let sent = 0; sent <= 25; sent++) upload.write(Buffer.alloc(1_000_000));
    });
    expect(status).toBe(413);
  });

  it("looks at so many scans of one address, then refuses before it reads", async () => {
    const url = await open({ perAddress: { burst: 1, perMinute: 0.01 } });
    await ask(url, Buffer.from("first"));
    const second = await ask(url, genuine);
    expect([second.status, second.lines]).toEqual([429, [{ kind: "failed", code: "K-INQ-102" }]]);
  });

  it("counts visitors apart behind a proxy", async () => {
    const url = await open({ proxies: 1, perAddress: { burst: 1, perMinute: 0.01 } });
    const statusOf = async (visitor: string) =>
      (await ask(url, Buffer.from("a scan"), { "x-forwarded-for": `203.0.113.9, ${visitor}` })).status;
    expect(await statusOf("198.51.100.1")).not.toBe(429);
    expect(await statusOf("198.51.100.2")).not.toBe(429);
    expect(await statusOf("198.51.100.1")).toBe(429);
  });

  it("answers about one document so often, and says nothing of it afterwards", async () => {
    const url = await open({ perDocument: { burst: 1, perMinute: 0.01 } });
    expect((await ask(url, genuine)).backs).toHaveLength(1);
    const again = await ask(url, genuine);
    expect(again.kinds).toEqual(["received", "looking", "withheld", "end"]);
    expect(JSON.stringify(again.lines)).not.toContain(DOCUMENT_ID);
    expect((await ask(url, altered)).backs).toHaveLength(0);
  });

  it("holds so many scans and refuses the rest before it reads them", async () => {
    const url = await open({ atOnce: 1, waiting: 1 });
    const answers = await Promise.all([1, 2, 3].map(() => ask(url, genuine)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503]);
    const refused = answers.find(({ status }) => status === 503);
    expect(refused?.lines).toEqual([{ kind: "failed", code: "K-INQ-101" }]);
    expect(answers.filter(({ lines }) => lines.at(-1)?.kind === "end")).toHaveLength(2);
  });

  it("gives a scan up whose visitor goes away, and lets the next one have its turn", async () => {
    const url = await open({ atOnce: 1, waiting: 0 });
    const leaving = new AbortController();
    const left = fetch(`${url}v1/inspect`, { method: "POST", body: Buffer.from(genuine), signal: leaving.signal });
    const reader = (await left).body?.getReader();
    await reader?.read();
    leaving.abort();
    await expect(reader?.read()).rejects.toThrow();
    await expect.poll(() => events).toContainEqual({ name: "inquiry.refused", fields: { code: "K-CMD-102" } });
    expect(events.find(({ name }) => name === "inquiry.answered")?.fields).toMatchObject({ code: "K-CMD-102" });
    await expect.poll(async () => (await ask(url, genuine)).backs[0]?.answer, { timeout: 30_000 }).toBe("genuine");
  });

  it("serves its own page only: another site's page, another name and another method are refused", async () => {
    const url = await open();
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url)).headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await ask(url, genuine, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await fetch(`${url}v1/inspect`)).status).toBe(405);
    const raw = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () =>
        socket.write("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
      );
      socket.on("data", (data) => resolve(data.toString("latin1")));
    });
    expect(raw).toMatch(/^HTTP\/1\.1 421 /);
  });

  it("believes void documents and revocations as soon as the keys' file says so, and nothing when it is broken", async () => {
    const url = await open();
    const voided = centre.inspectionKeys({ voided: [{ documentId: DOCUMENT_ID, fromMs: 0 }] });
    writeFileSync(keysFile, JSON.stringify(voided));
    expect((await ask(url, genuine)).backs[0]?.answer).toBe("voided");
    writeFileSync(keysFile, "{");
    expect((await ask(url, genuine)).lines.at(-1)).toEqual({ kind: "failed", code: "K-IMAGE-105" });
    writeFileSync(keysFile, JSON.stringify(centre.inspectionKeys()));
    expect((await ask(url, genuine)).backs[0]?.answer).toBe("genuine");
  });

  it("does not start without a page, without keys, or on a port that is taken", async () => {
    const url = await open();
    const start = (change: Partial<InquiryConfig>) => {
      const config = inquiryConfig.parse({ listen: { port: 0 }, inspectionKeys: keysFile, page });
      return startInquiry({ ...config, ...change }, { clock: systemClock, logger });
    };
    const taken = { host: "127.0.0.1", port: Number(new URL(url).port) };
    expect(await start({ page: join(folder, "none") })).toMatchObject({ ok: false, error: { code: "K-CONF-101" } });
    expect(await start({ inspectionKeys: folder })).toMatchObject({ ok: false, error: { code: "K-IMAGE-105" } });
    expect(await start({ listen: taken })).toMatchObject({ ok: false, error: { code: "K-CONF-105" } });
  });
});
