import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const PACKAGE_MISSING = "Chromium is missing: install the Debian package chromium (apt-get install -y chromium)";

/** The touch panel: 21 inches, upright. */
export const PANEL_SIZE = { width: 1080, height: 1920 } as const;

/**
 * Debian's Chromium without a window. Everything by which a browser calls home is switched off. Throws, naming the package,
 * when it is missing: a suite that cannot run must not look green.
 */
export function launchChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(PACKAGE_MISSING);
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Colours and edges of text that do not depend on the machine.
      "--force-color-profile=srgb",
      "--font-render-hinting=none",
    ],
  });
}

/** How long a page may take to show what is waited for, on a machine that does much else: the test's own time is the limit. */
const WAIT_MS = 120_000;

/** A browser as the kiosk's: upright, with fingers. `scale` draws the same page with fewer pixels. */
export async function panelContext(browser: Browser, scale = 1): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: PANEL_SIZE,
    deviceScaleFactor: scale,
    hasTouch: true,
    locale: "ja-JP",
  });
  context.setDefaultTimeout(WAIT_MS);
  return context;
}

/**
 * Listens to everything a page could complain of: words on its console, errors that nobody caught, and requests that leave
 * this machine. `lost`: the page's kiosk goes away in this test, so the browser's own words about that are expected.
 */
export function watchPage(page: Page, expects: { readonly lost?: boolean } = {}): () => readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (expects.lost && /net::ERR_|WebSocket connection/.test(message.text())) return;
    complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["127.0.0.1", "localhost", ""].includes(url.hostname)) complaints.push(`request: ${request.url()}`);
  });
  return () => complaints;
}

/** Resolves when the page has drawn the view of this revision, or a later one. */
export async function untilPainted(page: Page, revision: number): Promise<void> {
  // One evaluation that waits in the page: a polled one would be stopped by the page's own policy (no eval).
  await page.evaluate(`new Promise((resolve) => {
    const look = () => {
      if (Number(document.documentElement.dataset.painted ?? -1) >= ${revision}) resolve();
      else requestAnimationFrame(look);
    };
    look();
  })`);
}
