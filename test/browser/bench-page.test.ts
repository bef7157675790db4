import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createCertificatePrinter } from "../../devices/certificate-printer/printer.ts";
import { greyPage, pwgStream } from "../../devices/certificate-printer/simulator/test-pages.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import type { Running } from "../../src/kernel/process.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { startBench } from "../../src/town/bench/start.ts";
import type { MessageChannel } from "../../src/town/control/channel.ts";

/** The bench's page in a browser, with the real bench behind it, and a supervisor and a panel that stand still. */
const CHROMIUM = "/usr/bin/chromium";
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "madoguchi-bench-page-"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const asked: unknown[] = [];

let panel: Server;
let bench: Running;
let browser: Browser;
let page: Page;
let complaints: string[];

/** Answers every question with yes and says that the kiosk is stopped. */
function yesMan(): MessageChannel {
  let hear: (message: unknown) => void = () => {};
  return {
    onMessage: (listener) => {
      hear = listener;
    },
    send(message) {
      asked.push(message);
      const processes = [
        { name: "bench", state: "running", pid: 2 },
        { name: "kiosk", state: "stopped" },
      ];
      hear({ say: "town", town: { processes, lies: {} } });
      hear({ say: "answer", id: (message as { id: number }).id });
    },
  };
}

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error("this test needs Debian's package chromium (./madoguchi doctor)");
  const pages = join(folder, "page");
  await promisify(execFile)("vite", ["build", "--config", join(root, "ui/vite.config.ts"), "--outDir", pages], {
    cwd: root,
    env: {
      ...process.env,
      MADOGUCHI_PAGE: "bench",
      PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
    },
  });
  panel = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><html lang=ja><title>p</title>");
  });
  await new Promise<void>((done) => panel.listen(0, "127.0.0.1", done));
  bench = unwrap(
    await startBench(
      {
        port: 0,
        page: { folder: pages, panel: `http://127.0.0.1:${(panel.address() as AddressInfo).port}` },
        printerPort: 0,
        ocspPort: 0,
        sockets: {
          card: `unix:${join(folder, "card")}`,
          coinVendor: `unix:${join(folder, "coins")}`,
          receiptPrinter: `unix:${join(folder, "receipt")}`,
          cabinet: `unix:${join(folder, "cabinet")}`,
        },
        pki: join(folder, "pki"),
        municipalities: [{ code: "482013", folder: join(root, "examples/towns/midorino") }],
        kiosks: ["kiosk-0001"],
        pace: { coinMs: 1, sheetMs: 1 },
      },
      { clock: systemClock, logger: silentLogger, channel: yesMan() },
    ),
  );
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
});
afterAll(async () => {
  await browser?.close();
  await bench?.stop();
  panel?.closeAllConnections();
  panel?.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:)/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(bench.addresses.page ?? "");
  await page.waitForSelector(".citizen");
});
afterEach(async () => {
  expect(complaints).toEqual([]);
  await page.close();
});

const act = (what: string) => page.click(`[data-do="${what}"]`);
const widthOf = (picture: string) =>
  page.evaluate<number>(`document.querySelector(${JSON.stringify(picture)})?.naturalWidth ?? 0`);
const becomes = (wanted: number, now: () => Promise<number>) => expect.poll(now, { timeout: 60_000 }).toBe(wanted);
const shows = (selector: string, text: string | RegExp) => page.locator(selector, { hasText: text }).first().waitFor();

async function violations(): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<AxeResult>("axe.run(document, { iframes: false })");
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}
/** The parts of the page whose content is wider than they are. */
const WIDER_THAN_THEIR_PLACE = `
  [document.documentElement, ...document.querySelectorAll(".page > *, .part, .coins > *")]
    .filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1)
    .map((e) => e.className || e.tagName)`;

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: string[] }[] }[];
}

describe("the bench's page", () => {
  it("puts a card on the reader, changes it for another one, and takes it off", async () => {
    await act("putCard:482013:mi-001");
    await shows(".idCard", /佐藤/);
    await act("putCard:482013:mi-012");
    await shows(".idCard", /葛󠄀城/u);
    await page.waitForSelector('[data-do="putCard:482013:mi-012"][aria-pressed="true"]');
    await act("takeCard");
    await page.waitForSelector(".idPlace");
  });

  it("finds people by name and by what is special about them", async () => {
    await page.selectOption(".citizens select", "revoked");
    await becomes(1, () => page.locator(".citizen").count());
    await shows(".citizen", "mi-016");
    await page.selectOption(".citizens select", "");
    await page.fill(".citizens input", "田中 葵");
    await becomes(1, () => page.locator(".citizen").count());
    await shows(".citizen", "mi-008");
  });

  it("gives coins back from a closed slot, and can be worked by the keyboard", async () => {
    await page.focus('[data-do="insertCoin:500"]');
    await page.keyboard.press("Enter");
    await shows('[data-count="tray"]', "500");
    await act("takeCoins");
    await page.waitForSelector('[data-do="takeCoins"]:disabled');
    await page.focus('[data-tab="timeline"]');
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector('[data-tab="sheets"][aria-selected="true"]:focus');
  });

  it("counts accidents and mends them all", async () => {
    await act("printerFault:mediaJam");
    await act("hopper:100:empty");
    await act("plug:cabinet:off");
    await page.waitForSelector('[data-do="printerFault:mediaJam"][aria-pressed="true"]');
    await page.waitForSelector('[data-do="plug:cabinet:off"][aria-pressed="true"]');
    await shows('[data-count="hopper100"]', /^\D*0\D*$/);
    await act("mendAll");
    await page.waitForSelector('[data-do="printerFault:none"][aria-pressed="true"]');
    await page.waitForSelector('[data-do="plug:cabinet:on"][aria-pressed="true"]');
    await shows('[data-count="hopper100"]', "100");
  });

  it("shows processes, and asks the supervisor for what it is told", async () => {
    await page.click('[data-tab="processes"]');
    await page.waitForSelector('[data-process="kiosk"][data-state="stopped"]');
    await act("process:kiosk:start");
    await act("lie:482013:otherPerson");
    await page.waitForSelector('[data-do="lie:482013:otherPerson"][aria-busy="false"]');
    expect(asked).toContainEqual(expect.objectContaining({ ask: "process", name: "kiosk", action: "start" }));
    expect(asked).toContainEqual(expect.objectContaining({ ask: "lie", municipality: "482013", lie: "otherPerson" }));
  });

  it("shows both sides of a sheet that came out, small and at full size, and what went over the wire", async () => {
    const printer = unwrap(
      createCertificatePrinter({
        name: "p",
        address: bench.addresses.printer ?? "",
        clock: systemClock,
        logger: silentLogger,
      }),
    );
    const pwgRaster = pwgStream([greyPage(496, 702, 200), greyPage(496, 702, 90)]);
    const job = unwrap(await printer.submit({ documentId: "document-1", pwgRaster, impressions: 2 }));
    unwrap(await printer.settle(job, () => {}));
    await printer.close();
    await page.waitForSelector('.row.wire[data-name="Print-Job"]');
    await page.click('.row[data-name="Print-Job"] button');
    await shows(".row pre", "successful-ok");
    await page.click('[data-tab="sheets"]');
    for (const side of [0, 1]) await becomes(360, () => widthOf(`[data-side="${side}"] img`));
    await page.click('[data-side="1"]');
    await becomes(496, () => widthOf("dialog img"));
    expect(await violations()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await act("takePaper");
    await page.waitForSelector('[data-do="takePaper"]:disabled');
  });

  it.each([
    ["ja", ["timeline", "sheets", "receipts", "processes"]],
    ["en", ["processes"]],
  ])("has no fault that axe finds, in any tab (%s)", async (language, tabs) => {
    await page.click(`[data-language="${language}"]`);
    await page.waitForSelector(`html[lang="${language}"]`);
    for (const tab of tabs) {
      await page.click(`[data-tab="${tab}"]`);
      expect([tab, await violations()]).toEqual([tab, []]);
    }
  });

  it.each([
    [1440, 900],
    [1280, 720],
  ])("fits a window of %d by %d without being scrolled", async (width, height) => {
    await page.setViewportSize({ width, height });
    for (const language of ["ja", "en"]) {
      await page.click(`[data-language="${language}"]`);
      const over = await page.evaluate<string[]>(WIDER_THAN_THEIR_PLACE);
      expect([language, over]).toEqual([language, []]);
      const machine = await page.locator(".machine").boundingBox();
      expect((machine?.y ?? 0) + (machine?.height ?? 0)).toBeLessThan(height);
    }
  });
});
