import type { Browser } from "playwright-core";
import sharp from "sharp";
import { watchPage } from "../support/chromium.ts";
import type { ScreenPicture } from "./screen-picture.ts";

const DESK = { width: 1280, height: 900 };
const TELEPHONE = { width: 390, height: 844 };
/** Of a back's height: a stain over the whole width that hides more than the code corrects. */
const STAIN = 0.16;

/** One person's year of birth, and that of the one below, in millimetres of a record of a household. */
const YEAR_MM = { x: 51.4, y: 141, width: 4.4, height: 5, next: 37.45 };

/**
 * The inquiry site of a town with a certificate that was issued there: whole at a desk, stained on a telephone, and with a
 * front on which somebody changed a year of birth.
 */
export async function inquiryPictures(
  browser: Browser,
  url: string,
  sheet: { readonly front: Buffer; readonly back: Buffer },
): Promise<ScreenPicture[]> {
  const scan = await sharp(sheet.back).resize({ width: 2480 }).jpeg({ quality: 85 }).toBuffer();
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
  const shoot = async (
    file: string,
    title: string,
    size: typeof DESK,
    given?: readonly [name: string, back: Buffer, front?: Buffer],
  ) => {
    const page = await browser.newPage({ viewport: size, locale: "ja-JP" });
    const complaints = watchPage(page);
    await page.goto(url);
    if (given) {
      const [name, buffer, front] = given;
      await page.locator('[data-way="choose"]').setInputFiles([{ name, mimeType: "image/jpeg", buffer }]);
      await page.locator('.scan[data-state="done"]').waitFor();
      if (front) {
        const file = { name: "front.jpg", mimeType: "image/jpeg", buffer: front };
        await page.locator('[data-way="front"]').setInputFiles([file]);
        await page.locator(".comparison").waitFor();
      }
      await page
        .locator(front ? ".comparison" : ".answers")
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
    await shoot("inquiry-compared.webp", "A year of birth was changed on the front", { ...DESK, height: 1500 }, [
      "scan.jpg",
      scan,
      await withAnotherYear(sheet.front),
    ]),
    ...(await protectionsPictures(browser, url)),
  ];
}

/** The page about the protections: from top to bottom at a desk in both languages, and its beginning on a telephone. */
async function protectionsPictures(browser: Browser, url: string): Promise<ScreenPicture[]> {
  const shoot = async (name: string, title: string, viewport: typeof DESK, locale: string): Promise<ScreenPicture> => {
    const page = await browser.newPage({ viewport, locale });
    const complaints = watchPage(page);
    await page.goto(`${url}#protections`);
    await page.locator(".protection").first().waitFor();
    await page.evaluate("Promise.all([...document.images].map((i) => i.decode())).then(() => undefined)");
    await page.evaluate("document.fonts.ready.then(() => undefined)");
    const png = await page.screenshot({ fullPage: viewport === DESK });
    await page.close();
    if (complaints().length > 0) throw new Error(`the browser complains: ${complaints().join("; ")}`);
    return { file: `inquiry-protections-${name}.webp`, title, png, width: viewport.width };
  };
  return [
    await shoot("ja", "What each protection proves and what it does not, in Japanese", DESK, "ja-JP"),
    await shoot("en", "The same in English", DESK, "en-GB"),
    await shoot("telephone", "The same on a telephone", { ...TELEPHONE, height: 1400 }, "ja-JP"),
  ];
}

/** The front with the year of birth of the person below in place of one's own: genuine letters, as a forger would take. */
async function withAnotherYear(front: Buffer): Promise<Buffer> {
  const flat = await sharp(front).resize({ width: 2480 }).png().toBuffer();
  const px = (mm: number) => Math.round((mm * 2480) / 210);
  const { x, y, width, height, next } = YEAR_MM;
  const year = await sharp(flat)
    .extract({ left: px(x), top: px(y + next), width: px(width), height: px(height) })
    .toBuffer();
  const changed = await sharp(flat)
    .composite([{ input: year, left: px(x), top: px(y) }])
    .png()
    .toBuffer();
  return sharp(changed).rotate(0.7, { background: "#eee" }).jpeg({ quality: 85 }).toBuffer();
}
