import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { CDPSession, Page } from "playwright-core";
import { WebSocketServer } from "ws";
import { ensurePages } from "../../src/cli/pages.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { startPanelServer } from "../../src/kiosk/panel/server.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import { startTown } from "../../src/town/start/town.ts";
import { launchChromium, panelContext, untilPainted } from "../support/chromium.ts";
import { ordinarySession } from "../support/panel-views.ts";
import { type Measurement, report } from "./support/results.ts";

/**
 * The panel in Debian's Chromium. A touch is timed in the page: from the browser's own time stamp of the pointer to the
 * first task after the frame in which the next screen was drawn. Floor of the same run: a page of one button that asks a
 * server for one word and draws it.
 */
const { values } = parseArgs({ options: { json: { type: "boolean" }, runs: { type: "string", default: "30" } } });
const runs = Math.max(1, Number(values.runs));
const SESSIONS = 1_000;
const example = (name: string) => fileURLToPath(new URL(`../../examples/towns/${name}`, import.meta.url));
const dataFolder = mkdtempSync(join(tmpdir(), "madoguchi-bench-"));
const pages = ensurePages((text) => process.stderr.write(`${text}\n`));

/** In the page: times its next touch. `painted` is set in the frame's own callback; the first task after it runs when the frame was made. */
const ARM_TIMER = `globalThis.touchMs = new Promise((resolve) => {
  addEventListener("pointerdown", (event) => {
    const page = document.documentElement;
    const before = page.dataset.painted;
    new MutationObserver((_, observer) => {
      if (page.dataset.painted === before) return;
      observer.disconnect();
      const after = new MessageChannel();
      after.port1.onmessage = () => resolve(performance.now() - event.timeStamp);
      after.port2.postMessage(undefined);
    }).observe(page, { attributes: true, attributeFilter: ["data-painted"] });
  }, { once: true, capture: true });
}); undefined`;

/** Touches what the selector finds, and returns how long it took until the next screen was drawn. */
async function timedTouch(page: Page, selector: string): Promise<number> {
  const target = page.locator(selector);
  await target.waitFor();
  await page.evaluate(ARM_TIMER);
  await target.tap();
  return page.evaluate<number>("globalThis.touchMs");
}

const STEPS = [
  ["welcome → notice", '[data-touch="chooseLanguage:ja"]'],
  ["notice → card", '[data-touch="agree"]'],
  ["card → ended", '[data-touch="cancel"]'],
  ["ended → welcome", '[data-touch="dismiss"]'],
] as const;

/** Touches at the panel of a real kiosk, whose every step is journalled on disk before it is shown. */
async function touchesAtKiosk(page: Page): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>(STEPS.map(([name]) => [name, []]));
  for (let i = -1; i < runs; i++) {
    for (const [name, selector] of STEPS) {
      const ms = await timedTouch(page, selector);
      // The first round fetches fonts.
      if (i >= 0) samples.get(name)?.push(ms);
    }
  }
  return samples;
}

/** One button, one word over a WebSocket, drawn: no page of a kiosk can be quicker. */
async function bareTouches(page: Page): Promise<number[]> {
  const script = `
    const socket = new WebSocket("ws://" + location.host + "/");
    const button = document.querySelector("button");
    let revision = 0;
    document.documentElement.dataset.painted = "0";
    button.onclick = () => socket.send("touch");
    socket.onmessage = ({ data }) => {
      button.textContent = data;
      requestAnimationFrame(() => { document.documentElement.dataset.painted = String(++revision); });
    };
    socket.onopen = () => { button.hidden = false; };`;
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><button hidden style="width:400px;height:200px">0</button><script type="module">${script}</script>`,
    );
  });
  const sockets = new WebSocketServer({ server });
  let answers = 0;
  sockets.on("connection", (socket) => socket.on("message", () => socket.send(String(++answers))));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const samples: number[] = [];
  for (let i = -1; i < runs; i++) {
    const ms = await timedTouch(page, "button");
    if (i >= 0) samples.push(ms);
  }
  for (const client of sockets.clients) client.terminate();
  sockets.close();
  server.close();
  return samples;
}

async function heapMb(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = (await devtools.send("Runtime.getHeapUsage")) as { usedSize: number };
  return usedSize / 1_000_000;
}

const WARM_SESSIONS = 10;

/** The page's heap after a few sessions and after many, all screens of an ordinary issuance in each. */
async function heapOverSessions(page: Page): Promise<{ few: number; many: number }> {
  const views = ordinarySession;
  let tell: (view: PanelView) => void = () => {};
  let current: PanelView = { ...views[0], revision: 0 } as PanelView;
  const server = unwrap(
    await startPanelServer({
      port: 0,
      page: join(pages, "citizen"),
      logger: silentLogger,
      subject: {
        view: () => current,
        touch: () => {},
        onView(listener) {
          tell = listener;
          return () => {};
        },
      },
    }),
  );
  await page.goto(server.pageUrl);
  const devtools = await page.context().newCDPSession(page);
  let few = Number.NaN;
  for (let session = 1; session <= SESSIONS; session++) {
    for (const view of views) {
      current = { ...view, revision: current.revision + 1 };
      tell(current);
    }
    const last = current.revision;
    await untilPainted(page, last);
    if (session === WARM_SESSIONS) few = await heapMb(devtools);
  }
  const many = await heapMb(devtools);
  await server.close();
  return { few, many };
}

/** Bytes of the page's own code and styles; fonts are loaded by the slice. */
function bundleKb(gzip: boolean): number {
  const assets = join(pages, "citizen", "assets");
  const files = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
  const bytes = files.map((name) => readFileSync(join(assets, name)));
  return bytes.reduce((sum, file) => sum + (gzip ? gzipSync(file).length : file.length), 0) / 1_000;
}

const browser = await launchChromium();
try {
  const town = unwrap(
    await startTown({
      dataFolder,
      townFolders: [example("midorino"), example("ebisawa")],
      port: 0,
      clock: systemClock,
      restart: false,
      onProgress: () => {},
      pages,
    }),
  );
  const context = await panelContext(browser);
  const bare = { what: "a bare page of one button", samples: await bareTouches(await context.newPage()) };
  const panel = await context.newPage();
  await panel.goto(town.panelPageUrl);
  const touches = await touchesAtKiosk(panel);
  await panel.close();
  await town.stop();
  const heap = await heapOverSessions(await context.newPage());

  const all = [...touches.values()].flat();
  const measurements: Measurement[] = [
    { metric: "touch → next screen painted", unit: "ms", samples: all, floor: bare },
    ...[...touches].map(
      ([name, samples]): Measurement => ({ metric: `touch: ${name}`, unit: "ms", samples, floor: bare }),
    ),
    { metric: "bundle, script and styles", unit: "kB", samples: [bundleKb(false)] },
    { metric: "bundle, gzipped", unit: "kB", samples: [bundleKb(true)] },
    {
      metric: `heap after ${SESSIONS} sessions`,
      unit: "MB",
      samples: [heap.many],
      floor: { what: `the heap after ${WARM_SESSIONS}`, samples: [heap.few] },
    },
  ];
  report("panel", measurements, values.json ?? false);
} finally {
  await browser.close();
  rmSync(dataFolder, { recursive: true, force: true });
}
