import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ensurePages } from "../../src/cli/pages.ts";
import type { Running } from "../../src/kernel/process.ts";
import { cmykTiff } from "../../src/security-print/detection/cmyk-tiff.ts";
import { launchChromium, watchPage } from "../support/chromium.ts";
import { startBuiltInquiry } from "../support/inquiry-site.ts";
import { TestCentre } from "../support/scramble.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "madoguchi-latent-page-"));
const [WIDTH, HEIGHT] = [600, 240];
const files: Record<string, Buffer> = {};
let browser: Browser;
let site: Running;
let page: Page;
let complaints: () => readonly string[];

/** A picture of four inks whose left half is black toner where `black`, and all else its likeness of colours. */
function fourInks(black: boolean): Buffer {
  const inks = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => {
    const left = Math.floor(i / 4) % WIDTH < WIDTH / 2;
    return (black && left ? [0, 0, 0, 102] : [90, 64, 66, 0])[i % 4] as number;
  });
  return cmykTiff(WIDTH, HEIGHT, inks);
}

beforeAll(async () => {
  files["inks.tif"] = fourInks(true);
  files["no-black.tif"] = fourInks(false);
  files["scan.png"] = await sharp(fourInks(true)).toColourspace("srgb").png().toBuffer();
  const grey = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < WIDTH / 2 ? 110 : 150));
  files["infrared.png"] = await sharp(grey, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .png()
    .toBuffer();
  files["no-picture.jpg"] = Buffer.from("no picture");
  const inspectionKeys = join(folder, "keys.json");
  writeFileSync(inspectionKeys, JSON.stringify(new TestCentre("latent page").inspectionKeys()));
  site = await startBuiltInquiry(
    inspectionKeys,
    ensurePages(() => {}),
  );
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  expect(complaints()).toEqual([]);
  await page.close();
});

async function open(locale = "ja-JP"): Promise<void> {
  page = await browser.newPage({ viewport: { width: 390, height: 844 }, locale });
  complaints = watchPage(page);
  await page.goto(`${site.addresses.page}#protections-detection`);
}

async function give(name: string): Promise<void> {
  const buffer = files[name] ?? Buffer.of();
  await page.locator('[data-way="latent"]').setInputFiles([{ name, mimeType: "application/octet-stream", buffer }]);
}
const view = (state: string) => page.locator(`.latent-view[data-state="${state}"]`);
const verdict = (answer: string) => page.locator(`.latent [data-answer="${answer}"]`);
const isWiderThanTheWindow = () => page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");

async function faults(): Promise<string[]> {
  await page.evaluate(axe);
  const run = 'axe.run(document).then(({ violations }) => violations.map((v) => v.id + " " + v.nodes[0].html))';
  return page.evaluate<string[]>(run);
}

const tongues = {
  ja: {
    locale: "ja-JP",
    seen: "目で見たところ",
    proves: "何の証明にもなりません",
    refused: "ふつうのカラーのスキャン",
  },
  en: { locale: "en-GB", seen: "As the eye sees it", proves: "proves nothing by itself", refused: "ordinary scan" },
} as const;

describe.each(["ja", "en"] as const)("the viewer of latent pictures on a telephone (%s)", (language) => {
  const { locale, seen, proves, refused } = tongues[language];

  it("shows what the infrared shows beside what the eye sees, and says that it proves nothing by itself", async () => {
    await open(locale);
    await give("inks.tif");
    await view("done").waitFor();
    const shown = await page.evaluate<{ width: number; height: number; alt: string }[]>(
      `Promise.all([...document.querySelectorAll(".latent img")].map(async (image) => {
        await image.decode();
        return { width: image.naturalWidth, height: image.naturalHeight, alt: image.alt };
      }))`,
    );
    expect(shown.map(({ width, height }) => [width, height])).toEqual([
      [WIDTH, HEIGHT],
      [WIDTH, HEIGHT],
    ]);
    for (const { alt } of shown) expect(alt).not.toMatch(/^(latent\.|$)/);
    const words = await page.locator(".latent").innerText();
    expect(words).toContain("inks.tif");
    expect(words).toContain(seen);
    expect(words).toContain(proves);
    expect(words).not.toContain("latent.");
    expect(await isWiderThanTheWindow()).toBe(false);
    expect(await faults()).toEqual([]);
  });

  it("refuses an ordinary scan in words of its own", async () => {
    await open(locale);
    await give("scan.png");
    await verdict("failed.K-IMAGE-112").waitFor();
    expect(await verdict("failed.K-IMAGE-112").innerText()).toContain(refused);
    expect(await page.locator(".latent img").count()).toBe(0);
    expect(await isWiderThanTheWindow()).toBe(false);
    expect(await faults()).toEqual([]);
  });
});

describe("the viewer of latent pictures", () => {
  it("says plainly that there is nothing to see, and shows one file at a time", async () => {
    await open();
    await give("no-black.tif");
    await verdict("latent.nothing").waitFor();
    await view("done").waitFor();
    expect(await page.locator(".latent img").count()).toBe(1);
    await give("infrared.png");
    await view("done").filter({ hasText: "infrared.png" }).waitFor();
    expect(await verdict("latent.nothing").count()).toBe(0);
    expect(await page.locator(".latent figcaption").allInnerTexts()).toEqual(["赤外線の写真（濃淡を強めたもの）"]);
    await give("no-picture.jpg");
    await verdict("failed.K-IMAGE-113").waitFor();
    expect(await page.locator(".latent img").count()).toBe(0);
  });

  it("keeps its picture when the language changes, and is not printed with the page", async () => {
    await open();
    await give("inks.tif");
    await view("done").waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await view("done").filter({ hasText: tongues.en.proves }).waitFor();
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".latent").isVisible()).toBe(false);
    expect(await page.locator("#protections-detection").isVisible()).toBe(true);
  });

  it("gives its picture up when one leaves the page, and says when the connection breaks", async () => {
    await open();
    let given = () => {};
    const sent = new Promise<void>((resolve) => {
      given = resolve;
    });
    await page.route("**/v1/latent", () => given());
    const lost = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/v1/latent"));
    await give("inks.tif");
    await sent;
    await view("sending").waitFor();
    await page.getByRole("link", { name: "確認に戻る" }).first().click();
    expect((await lost).failure()?.errorText).toBe("net::ERR_ABORTED");
    await page.goBack();
    await page.unroute("**/v1/latent");
    await page.route("**/v1/latent", (route) => route.abort());
    expect(await page.locator(".latent-view").count()).toBe(0);
    await give("inks.tif");
    await verdict("failed.offline").waitFor();
    // The browser's own words about the broken connection.
    expect(complaints().every((text) => text.includes("net::ERR_"))).toBe(true);
    complaints = () => [];
  });
});
