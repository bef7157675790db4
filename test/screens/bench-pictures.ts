import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import { connectBench } from "../../src/town/bench/client.ts";
import { visit } from "../../src/town/citizen/scripted-citizen.ts";
import { ordinaryWish } from "../../src/town/citizen/wish.ts";
import { startTown, type Town } from "../../src/town/start/town.ts";
import { openBrowserPanel } from "../support/browser-panel.ts";
import { panelContext, watchPage } from "../support/chromium.ts";
import { inquiryPictures } from "./inquiry-pictures.ts";
import type { ScreenPicture } from "./screen-picture.ts";

const example = (name: string) => fileURLToPath(new URL(`../../examples/towns/${name}`, import.meta.url));
const WIDTH_PX = 1_440;
const STALL_MS = 60_000;

/**
 * Starts a town and lets a citizen issue a certificate at its panel, while the bench's page is looked at: in the middle of the
 * payment, at the end with sheets, receipts and the timeline, and when a municipality has lied. Then the certificate's back is
 * given to the inquiry site.
 */
export async function benchPictures(
  browser: Browser,
  pages: string,
  say: (text: string) => void,
): Promise<ScreenPicture[]> {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-screens-"));
  const town = unwrap(
    await startTown({
      dataFolder: join(folder, "data"),
      townFolders: [example("midorino"), example("ebisawa")],
      port: 0,
      clock: systemClock,
      restart: true,
      onProgress: () => {},
      pages,
    }),
  );
  try {
    return await pictures(browser, town, say);
  } finally {
    await town.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pictures(browser: Browser, town: Town, say: (text: string) => void): Promise<ScreenPicture[]> {
  const taken: ScreenPicture[] = [];
  const context = await browser.newContext({ viewport: { width: WIDTH_PX, height: 900 }, locale: "ja-JP" });
  const page = await context.newPage();
  const complaints = watchPage(page);
  await page.goto(town.benchPageUrl);
  await page.locator("[data-do]").first().waitFor();
  /** `guide`: what the bench must say by then; it follows the kiosk's log, which comes a little later than the panel. */
  const shoot = async (name: string, title: string, guide?: string) => {
    if (guide !== undefined) await page.locator(`[data-guide="${guide}"]`).waitFor();
    await page.evaluate("document.fonts.ready.then(() => undefined)");
    taken.push({ file: `bench-${name}.webp`, title, png: await page.screenshot(), width: WIDTH_PX });
    say(`the bench: ${title}`);
  };
  const tab = (name: string) => page.locator(`[data-tab="${name}"]`).click();

  await come(browser, town, "mi-001", async (view) => {
    if (view.view.step === "card")
      await shoot("card", "A citizen is chosen, the panel asks for the card", "guide.putCard");
    if (view.view.step === "pay" && view.view.insertedYen === 100) {
      await tab("timeline");
      await shoot("paying", "Paying; the timeline shows journal, events and bytes", "guide.pay");
    }
  });
  await tab("sheets");
  await page.locator('[data-side="1"] img').waitFor();
  await page
    .locator('[data-side="1"] img')
    .evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
  await shoot("sheets", "The sheets that came out, front and back");
  await page.locator('[data-do="lie:482013:otherPerson"]').click();
  await come(browser, town, "mi-001", async ({ view }) => {
    if (view.step === "ended" && !taken.some(({ file }) => file === "bench-lie.webp"))
      await shoot("lie", "The municipality's renderer lied: nothing is printed, no money is taken", "guide.ended");
  });
  await tab("processes");
  await shoot("processes", "Every process of the town can be stopped, started and killed");
  if (complaints().length > 0) throw new Error(`the browser complains: ${complaints().join("; ")}`);
  await context.close();
  const bench = unwrap(await connectBench(town.benchUrl, systemClock));
  const side = async (number: number) =>
    Buffer.from(unwrap(await bench.call<{ png: string }>("sidePng", { side: number })).png, "base64");
  const sheet = { front: await side(0), back: await side(1) };
  bench.close();
  say("the inquiry site");
  return [...taken, ...(await inquiryPictures(browser, town.inquiryUrl, sheet))];
}

/** One visit at the panel in a browser of its own; `look` sees each view that is answered by a touch or a hand. */
async function come(
  browser: Browser,
  town: Town,
  residentId: string,
  look: (view: PanelView, page: Page) => Promise<void>,
): Promise<void> {
  const context = await panelContext(browser);
  const bench = unwrap(await connectBench(town.benchUrl, systemClock));
  const panel = await openBrowserPanel(await context.newPage(), town.panelPageUrl, "touch");
  const hands = {
    ...bench,
    call: (async (method, params) => {
      const view = panel.current();
      await panel.painted();
      if (view) await look(view, panel.page);
      return bench.call(method, params);
    }) as typeof bench.call,
  };
  const wish = { ...ordinaryWish({ municipality: "482013", residentId, pin: "1234" }), purse: [100] as const };
  unwrap(await visit({ panel, bench: hands, wish, clock: systemClock, stallMs: STALL_MS, onStep: () => {} }));
  bench.close();
  await context.close();
}
