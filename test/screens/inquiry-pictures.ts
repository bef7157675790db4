import type { Browser } from "playwright-core";
import sharp from "sharp";
import { watchPage } from "../support/chromium.ts";
import type { ScreenPicture } from "./screen-picture.ts";

const DESK = { width: 1280, height: 900 };
const TELEPHONE = { width: 390, height: 844 };
/** Of a back's height: a stain over the whole width that hides more than the code corrects. */
const STAIN = 0.16;

/** The inquiry site of a town with the back of a certificate that was issued there: whole at a desk, stained on a telephone. */
export async function inquiryPictures(browser: Browser, url: string, back: Buffer): Promise<ScreenPicture[]> {
  const scan = await sharp(back).resize({ width: 2480 }).jpeg({ quality: 85 }).toBuffer();
  const { width = 0, height = 0 } = await sharp(scan).metadata();
  const stain = { width: width, height: Math.round(height * STAIN) };
  const stained = await sharp(scan)
    .composite([
      {
        input: { create: { ...stain, channels: 3, background: "#c9b7a0" } },
        left: 0,
        top: Math.round(height * 0.38),
      },
    ])
    .jpeg({ quality: 85 })
    .toBuffer();
  const shoot = async (file: string, title: string, size: typeof DESK, given?: readonly [string, Buffer]) => {
    const page = await browser.newPage({ viewport: size, locale: "ja-JP" });
    const complaints = watchPage(page);
    await page.goto(url);
    if (given) {
      const [name, buffer] = given;
      await page.locator('[data-way="choose"]').setInputFiles([{ name, mimeType: "image/jpeg", buffer }]);
      await page.locator('.scan[data-state="done"]').waitFor();
      await page
        .locator(".answers")
        .evaluate((answers) => (answers as unknown as { scrollIntoView(): void }).scrollIntoView());
    }
    await page.evaluate("document.fonts.ready.then(() => undefined)");
    const png = await page.screenshot();
    await page.close();
    if (complaints().length > 0) throw new Error(`the browser complains: ${complaints().join("; ")}`);
    return { file, title, png, width: size.width };
  };
  return [
    await shoot("inquiry-start.webp", "A clerk is asked for the back of a certificate", DESK),
    await shoot("inquiry-genuine.webp", "It says what was issued", { ...DESK, height: 1400 }, ["scan.jpg", scan]),
    await shoot(
      "inquiry-stained.webp",
      "A back that is stained too much, on a telephone",
      { ...TELEPHONE, height: 1400 },
      ["photo.jpg", stained],
    ),
  ];
}
