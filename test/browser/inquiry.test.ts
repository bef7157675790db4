import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensurePages } from "../../src/cli/pages.ts";
import type { Running } from "../../src/kernel/process.ts";
import { launchChromium, watchPage } from "../support/chromium.ts";
import { startBuiltInquiry } from "../support/inquiry-site.ts";
import { drawnBack, pageOfFront, perfectScan } from "../support/print-scan/backs.ts";
import { DOCUMENT_ID, TestCentre, textLikeFront } from "../support/scramble.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "madoguchi-inquiry-page-"));
const keysFile = join(folder, "keys.json");
const centre = new TestCentre("inquiry page");
const honest = centre.payload();
const scans: Record<string, Buffer> = {};
let browser: Browser;
let site: Running;
let page: Page;
let complaints: () => readonly string[];

beforeAll(async () => {
  const asJpeg = async (payload: typeof honest) => {
    const { widthPx: width, heightPx: height, pixels } = perfectScan(await drawnBack(payload));
    return sharp(pixels, { raw: { width, height, channels: 1 } })
      .jpeg({ quality: 90 })
      .toBuffer();
  };
  scans.genuine = await asJpeg(honest);
  scans.altered = await asJpeg({ ...honest, image: centre.payload({ front: textLikeFront(2) }).image });
  scans.changedFront = await changedFrontScan();
  scans.letter = await sharp({ create: { width: 1240, height: 1754, channels: 3, background: "#fff" } })
    .png()
    .toBuffer();
  writeFileSync(keysFile, JSON.stringify(centre.inspectionKeys()));
  site = await startBuiltInquiry(
    keysFile,
    ensurePages(() => {}),
  );
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 390, height: 844 }, locale: "ja-JP" });
  complaints = watchPage(page);
  await page.goto(site.addresses.page ?? "");
});
afterEach(async () => {
  expect(complaints()).toEqual([]);
  await page.close();
});

/** A scan of the front that the genuine back holds, with a hole in its writing. */
async function changedFrontScan(): Promise<Buffer> {
  const { widthPx: width, heightPx: height, pixels } = perfectScan(pageOfFront(textLikeFront(1)));
  for (let y = 1770; y < 1840; y++) pixels.fill(255, y * width + 1180, y * width + 1250);
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

async function give(...names: string[]): Promise<void> {
  const files = names.map((name) => ({
    name: `${name}.${name === "letter" ? "png" : "jpg"}`,
    mimeType: name === "letter" ? "image/png" : "image/jpeg",
    buffer: scans[name] ?? Buffer.from("no picture"),
  }));
  await page.locator('[data-way="choose"]').setInputFiles(files);
}
const verdict = (answer: string) => page.locator(`[data-answer="${answer}"]`);

async function faults(): Promise<string[]> {
  await page.evaluate(axe);
  const run = 'axe.run(document).then(({ violations }) => violations.map((v) => v.id + " " + v.nodes[0].html))';
  return page.evaluate<string[]>(run);
}
const isWiderThanTheWindow = () => page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");

describe("a recipient with a telephone", () => {
  it("gives the back of a genuine certificate and reads, in Japanese, what was issued and what that does not tell", async () => {
    await give("genuine");
    await verdict("genuine").waitFor();
    expect(await verdict("genuine").innerText()).toContain("交付されたときの内容です");
    expect(await page.locator(".facts").first().innerText()).toContain(DOCUMENT_ID);
    expect(await page.locator(".facts").first().innerText()).toContain("発行者の署名と合い、この証明書のものです");
    expect(await page.locator(".copy").innerText()).toContain("寸分違わない複写も");
    const front = page.locator("figure img").first();
    const drawn = await front.evaluate((image) => {
      const { naturalWidth, naturalHeight } = image as unknown as { naturalWidth: number; naturalHeight: number };
      return [naturalWidth, naturalHeight];
    });
    expect(drawn).toEqual([1654, 2339]);
    await page.locator(".fields summary").click();
    expect(await page.locator(".fields").innerText()).toContain("緑野　花子");
    expect(await isWiderThanTheWindow()).toBe(false);
    expect(await faults()).toEqual([]);
  });

  it("gives a scan of the front too, and sees side by side where it looks other than it was issued", async () => {
    await give("genuine");
    await verdict("genuine").waitFor();
    const giveFront = (name: string) =>
      page
        .locator('[data-way="front"]')
        .setInputFiles([
          { name: "front.jpg", mimeType: "image/jpeg", buffer: scans[name] ?? Buffer.from("no picture") },
        ]);
    await giveFront("changedFront");
    await verdict("front.different").waitFor();
    expect(await verdict("front.different").innerText()).toContain("1か所");
    expect(await page.locator(".sheet-picture").count()).toBe(2);
    expect(await page.locator(".sheet-picture .frame").count()).toBe(2);
    expect(await page.locator(".place").innerText()).toContain("文字や線が違って見えます");
    expect(await page.locator(".place .enlarged").count()).toBe(2);
    expect(await isWiderThanTheWindow()).toBe(false);
    expect(await faults()).toEqual([]);
    await giveFront("genuine");
    await verdict("front.unaligned").waitFor();
    expect(await page.locator(".place").count()).toBe(0);
    await giveFront("nothing");
    await verdict("failed.K-IMAGE-109").waitFor();
    expect(await verdict("genuine").count()).toBe(1);
  });

  it("gives several files at once and gets an answer to each, newest first", async () => {
    await give("altered", "letter", "noise");
    await verdict("altered").waitFor();
    await verdict("not-ours").waitFor();
    await verdict("failed.K-IMAGE-103").waitFor();
    expect(await page.locator(".scan-name").allInnerTexts()).toEqual(["noise.jpg", "letter.png", "altered.jpg"]);
    expect(await page.locator("figure img").count()).toBe(2);
    expect(await page.locator('.scan[data-state="done"]').count()).toBe(2);
    expect(await faults()).toEqual([]);
    await page.getByRole("button", { name: "結果を消す" }).click();
    expect(await page.locator(".scan").count()).toBe(0);
  });

  it("reads it in English after one touch, and again at the next visit", async () => {
    await page.getByRole("button", { name: "English" }).click();
    expect(await page.locator("h1").innerText()).toContain("Check by its back");
    expect(await page.evaluate("document.documentElement.lang")).toBe("en");
    await page.reload();
    expect(await page.locator("h1").innerText()).toContain("Check by its back");
    expect(await isWiderThanTheWindow()).toBe(false);
    expect(await faults()).toEqual([]);
  });

  it("is told when too many scans came from here, although the site answers before it has read the scan", async () => {
    const strict = await startBuiltInquiry(
      keysFile,
      ensurePages(() => {}),
      { perAddress: { burst: 1, perMinute: 0.01 } },
    );
    await page.goto(strict.addresses.page ?? "");
    scans.large = await sharp({
      create: {
        width: 2000,
        height: 2000,
        channels: 3,
        background: "#777",
        noise: { type: "gaussian", mean: 128, sigma: 60 },
      },
    })
      .png()
      .toBuffer();
    expect(scans.large.length).toBeGreaterThan(2_000_000);
    await give("noise");
    await verdict("failed.K-IMAGE-103").waitFor();
    await give("large");
    await verdict("failed.K-INQ-102").waitFor();
    expect(complaints().every((text) => text.includes("429"))).toBe(true);
    complaints = () => [];
    await strict.stop();
  });

  it("is told when the connection breaks", async () => {
    await page.route("**/v1/inspect", (route) => route.abort());
    await give("genuine");
    await verdict("failed.offline").waitFor();
    // The browser's own words about the broken connection.
    expect(complaints().every((text) => text.includes("net::ERR_"))).toBe(true);
    complaints = () => [];
  });
});

describe("a clerk at a desk", () => {
  it("drops a scan onto the page, by the mouse, and can do all by the keyboard", async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    const data = await page.evaluateHandle(
      `(() => { const given = new DataTransfer();
        given.items.add(new File([Uint8Array.from(atob("${(scans.letter ?? Buffer.of()).toString("base64")}"), (c) => c.charCodeAt(0))], "dropped.png", { type: "image/png" }));
        return given; })()`,
    );
    await page.locator(".giving").dispatchEvent("drop", { dataTransfer: data });
    await verdict("not-ours").waitFor();
    await page.keyboard.press("Tab");
    const reached: string[] = [];
    for (let i = 0; i < 6; i++) {
      reached.push(
        await page.evaluate<string>("document.activeElement.dataset.way ?? document.activeElement.className"),
      );
      await page.keyboard.press("Tab");
    }
    expect(reached).toEqual(expect.arrayContaining(["choose", "camera", "quiet"]));
    expect(await isWiderThanTheWindow()).toBe(false);
  });
});
