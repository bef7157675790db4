import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ensurePages } from "../../src/cli/pages.ts";
import type { Running } from "../../src/kernel/process.ts";
import { launchChromium, watchPage } from "../support/chromium.ts";
import { startBuiltInquiry } from "../support/inquiry-site.ts";
import { TestCentre } from "../support/scramble.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "madoguchi-protections-"));
const TELEPHONE = { width: 360, height: 740 };
const tongues = {
  ja: { locale: "ja-JP", link: "証明書を守るしくみを図で見る", title: "証明書を守るしくみ", back: "確認に戻る" },
  en: {
    locale: "en-GB",
    link: "How a certificate is protected, with pictures",
    title: "How a certificate is protected",
    back: "Back to the check",
  },
} as const;
let browser: Browser;
let site: Running;
let page: Page;
let complaints: () => readonly string[];

beforeAll(async () => {
  const inspectionKeys = join(folder, "keys.json");
  writeFileSync(inspectionKeys, JSON.stringify(new TestCentre("protections page").inspectionKeys()));
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

/** Opens the site at an address in a language; `watchPage` complains of every request that leaves the machine. */
async function open(language: keyof typeof tongues, address = ""): Promise<(typeof tongues)[typeof language]> {
  page = await browser.newPage({ viewport: TELEPHONE, locale: tongues[language].locale });
  complaints = watchPage(page);
  await page.goto(`${site.addresses.page}${address}`);
  return tongues[language];
}

/** Presses the tab key until the link has the focus. */
async function tabTo(link: string): Promise<void> {
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press("Tab");
    if ((await focused()) === link) return;
  }
  throw new Error(`no tab leads to ${link}`);
}
const focused = () => page.evaluate<string>("document.activeElement.textContent");
const heading = () => page.getByRole("heading", { level: 1 });

describe.each(["ja", "en"] as const)("the page about the protections (%s)", (language) => {
  it("is reached by a link and by the keyboard, and left the same way to where one was", async () => {
    const { link, title, back } = await open(language);
    await tabTo(link);
    await page.keyboard.press("Enter");
    await heading().filter({ hasText: title }).waitFor();
    expect(new URL(page.url()).hash).toBe("#protections");
    expect(await page.title()).toContain(title);
    expect(await focused()).toBe(title);
    await tabTo(back);
    await page.keyboard.press("Enter");
    await page.locator(".giving").waitFor();
    expect(await focused()).toBe(link);
  });

  it("has pictures with words for those who do not see them, no fault, and nothing beside a telephone's edge", async () => {
    await open(language, "#protections");
    await page.locator(".protection").first().waitFor();
    expect(await page.locator(".protection").count()).toBe(5);
    const pictures = await page.evaluate<{ width: number; alt: string }[]>(
      `Promise.all([...document.images].map(async (image) => {
        await image.decode();
        return { width: image.naturalWidth, alt: image.alt };
      }))`,
    );
    expect(pictures.length).toBeGreaterThanOrEqual(15);
    for (const { width, alt } of pictures) {
      expect(width).toBeGreaterThan(200);
      expect(alt).not.toMatch(/^(protections\.|$)/);
    }
    expect(await page.locator("main.protections").innerText()).not.toContain("protections.");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(TELEPHONE.width);
    await page.evaluate(axe);
    const run = 'axe.run(document).then(({ violations }) => violations.map((v) => v.id + " " + v.nodes[0].html))';
    expect(await page.evaluate(run)).toEqual([]);
  });

  it("can be printed on three sheets, without what only a screen needs", async () => {
    await open(language, "#protections");
    await page.locator(".protection").first().waitFor();
    const pdf = await page.pdf({ format: "A4", margin: { top: "12mm", bottom: "12mm", left: "14mm", right: "14mm" } });
    expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(3);
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("button").count()).toBe(0);
    expect(await page.locator(".way:visible").count()).toBe(0);
  });
});

describe("the page about the protections", () => {
  it("is linked from every answer, and the answers are still there when one comes back", async () => {
    const { link, title } = await open("ja");
    const letter = await sharp({ create: { width: 1240, height: 1754, channels: 3, background: "#fff" } })
      .png()
      .toBuffer();
    await page.locator('[data-way="choose"]').setInputFiles([
      { name: "letter.png", mimeType: "image/png", buffer: letter },
      { name: "noise.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") },
    ]);
    await page.locator('[data-answer="not-ours"]').waitFor();
    await page.locator('[data-answer="failed.K-IMAGE-103"]').waitFor();
    for (const scan of await page.locator(".scan").all()) {
      await scan.getByRole("link", { name: link }).click();
      await heading().filter({ hasText: title }).waitFor();
      expect(await page.locator(".answers").isVisible()).toBe(false);
      await page.goBack();
      await page.locator(".answers").waitFor();
    }
    expect(await page.locator('[data-answer="not-ours"]').isVisible()).toBe(true);
  });

  it("has an address for each of its sections, and changes its language in place", async () => {
    await open("ja", "#protections-code");
    await page.locator("#protections-code").waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("protections-code");
    await page.getByRole("button", { name: "English" }).click();
    await heading().filter({ hasText: tongues.en.title }).waitFor();
    await page.getByRole("link", { name: "Comparison of the fronts" }).click();
    expect(await page.evaluate("document.activeElement.id")).toBe("protections-comparison");
  });
});
