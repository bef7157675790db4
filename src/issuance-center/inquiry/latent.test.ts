import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { giveFile } from "../../../test/support/inquiry-site.ts";
import { TestCentre } from "../../../test/support/scramble.ts";
import { systemClock } from "../../kernel/clock.ts";
import type { Running } from "../../kernel/process.ts";
import { unwrap } from "../../kernel/result.ts";
import type { InquiryLatentLine, InquiryPicture } from "../../protocol/inquiry.ts";
import { cmykTiff } from "../../security-print/detection/cmyk-tiff.ts";
import { type InquiryConfig, inquiryConfig } from "./config.ts";
import { startInquiry } from "./start.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-inquiry-latent-"));
const keysFile = join(folder, "keys.json");
const page = join(folder, "page");
const events: { name: string; fields: Readonly<Record<string, unknown>> }[] = [];
const logger = { event: (name: string, fields: Readonly<Record<string, unknown>>) => events.push({ name, fields }) };
const [WIDTH, HEIGHT] = [64, 32];
/** Left half black toner, right half its likeness of colours. */
const inks = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => {
  const black = Math.floor(i / 4) % WIDTH < WIDTH / 2;
  return (black ? [0, 0, 0, 102] : [90, 64, 66, 0])[i % 4] as number;
});
const tiff = cmykTiff(WIDTH, HEIGHT, inks);
let site: Running | undefined;

beforeAll(() => {
  mkdirSync(page);
  writeFileSync(join(page, "index.html"), "<!doctype html><title>inquiry</title>");
  writeFileSync(keysFile, JSON.stringify(new TestCentre("latent").inspectionKeys()));
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
  const answer = await giveFile<InquiryLatentLine>(`${url}v1/latent`, body, headers);
  const pictures = answer.lines.filter((line): line is InquiryPicture => line.kind === "picture");
  return { ...answer, pictures };
}

const pixelsOf = async (png = "") =>
  new Uint8Array(await sharp(Buffer.from(png, "base64")).toColourspace("b-w").raw().toBuffer());

/** A grey picture of vertical stripes; one level is no stripes. */
function stripes(width: number, height: number, levels: readonly number[]): Promise<Buffer> {
  const row = Buffer.from(Array.from({ length: width }, (_, x) => levels[Math.floor(x / 500) % levels.length] ?? 0));
  const pixels = Buffer.concat(Array.from({ length: height }, () => row));
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

describe("the inquiry site, given a picture with a latent one", () => {
  it("tells step by step, and shows the black toner beside what the eye sees", async () => {
    const { status, headers, kinds, pictures } = await ask(await open(), tiff);
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(kinds).toEqual(["received", "looking", "picture", "end"]);
    const [picture] = pictures;
    expect(picture).toMatchObject({ number: 1, count: 1, source: "separation", widthPx: WIDTH, heightPx: HEIGHT });
    expect(picture?.oneLevel).toBe(false);
    const latent = await pixelsOf(picture?.latentPng);
    expect([latent[0], latent[WIDTH / 2 - 1], latent[WIDTH / 2], latent[WIDTH - 1]]).toEqual([0, 0, 255, 255]);
    const seen = await sharp(Buffer.from(picture?.seenPng ?? "", "base64")).metadata();
    expect([seen.format, seen.width, seen.height, seen.space]).toEqual(["png", WIDTH, HEIGHT, "srgb"]);
  });

  it("stretches a photograph taken in the infrared, and says so where it has one level and nothing is to be seen", async () => {
    const url = await open();
    const taken = await ask(url, await stripes(1000, 8, [110, 150]));
    expect(taken.pictures).toMatchObject([{ source: "infrared", oneLevel: false }]);
    expect(taken.pictures[0]).not.toHaveProperty("seenPng");
    expect(new Set(await pixelsOf(taken.pictures[0]?.latentPng))).toEqual(new Set([0, 255]));
    const blank = await ask(url, await stripes(1000, 8, [110]));
    expect(blank.pictures).toMatchObject([{ source: "infrared", oneLevel: true }]);
  });

  it("shows a large picture smaller and the first four of many, so that no line and no answer is without bound", async () => {
    const url = await open();
    const large = await ask(url, await stripes(3000, 2000, [110, 150]));
    expect(large.pictures).toMatchObject([{ widthPx: 3000, heightPx: 2000 }]);
    const { width, height } = await sharp(Buffer.from(large.pictures[0]?.latentPng ?? "", "base64")).metadata();
    expect([width, height]).toEqual([1732, 1154]);
    const packed = deflateSync(inks);
    const entries = `/Subtype /Image /ColorSpace /DeviceCMYK /BitsPerComponent 8 /Width ${WIDTH} /Height ${HEIGHT} /Filter /FlateDecode /Length ${packed.length}`;
    const image = Buffer.concat([
      Buffer.from(`5 0 obj\n<< ${entries} >>\nstream\n`),
      packed,
      Buffer.from("\nendobj\n"),
    ]);
    const many = await ask(url, Buffer.concat([Buffer.from("%PDF-1.4\n"), ...Array.from({ length: 6 }, () => image)]));
    expect(many.kinds).toEqual(["received", "looking", "picture", "picture", "picture", "picture", "end"]);
    expect(many.pictures.at(-1)).toMatchObject({ number: 4, count: 6 });
  });

  it("refuses an ordinary scan in colours and what is no picture, says why, and logs nothing of either", async () => {
    const url = await open();
    const scan = await sharp(tiff).toColourspace("srgb").png().toBuffer();
    expect((await ask(url, scan)).lines.at(-1)).toEqual({ kind: "failed", code: "K-IMAGE-112" });
    expect((await ask(url, Buffer.from("no picture"))).lines.at(-1)).toEqual({ kind: "failed", code: "K-IMAGE-113" });
    const durationMs = expect.any(Number);
    expect(events).toEqual([
      { name: "inquiry.viewed", fields: { pictures: 0, code: "K-IMAGE-112", durationMs } },
      { name: "inquiry.refused", fields: { code: "K-IMAGE-112" } },
      { name: "inquiry.viewed", fields: { pictures: 0, code: "K-IMAGE-113", durationMs } },
      { name: "inquiry.refused", fields: { code: "K-IMAGE-113" } },
    ]);
  });

  it("refuses more than 25 MB before it looks at it", async () => {
    const { status, lines } = await ask(await open(), Buffer.alloc(25_000_001));
    expect([status, lines]).toEqual([413, [{ kind: "failed", code: "K-NET-106" }]]);
    expect(events).toEqual([{ name: "inquiry.refused", fields: { code: "K-NET-106" } }]);
  });

  it("counts it among the files of its address, and refuses the next before it reads", async () => {
    const url = await open({ perAddress: { burst: 1, perMinute: 0.01 } });
    await fetch(`${url}v1/inspect`, { method: "POST", body: "a scan" }).then((response) => response.text());
    const { status, lines } = await ask(url, tiff);
    expect([status, lines]).toEqual([429, [{ kind: "failed", code: "K-INQ-102" }]]);
  });

  it("gives it up when its visitor goes away, and lets the next one have its turn", async () => {
    const url = await open({ atOnce: 1, waiting: 0 });
    const leaving = new AbortController();
    const left = fetch(`${url}v1/latent`, { method: "POST", body: Buffer.from(tiff), signal: leaving.signal });
    const reader = (await left).body?.getReader();
    await reader?.read();
    leaving.abort();
    await expect.poll(() => events).toContainEqual({ name: "inquiry.refused", fields: { code: "K-CMD-102" } });
    expect(events.find(({ name }) => name === "inquiry.viewed")?.fields).toMatchObject({ code: "K-CMD-102" });
    await expect.poll(async () => (await ask(url, tiff)).kinds.at(-1), { timeout: 30_000 }).toBe("end");
  });

  it("serves its own page only, and no other method", async () => {
    const url = await open();
    expect((await ask(url, tiff, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await fetch(`${url}v1/latent`)).status).toBe(405);
    expect(events).toEqual([]);
  });
});
