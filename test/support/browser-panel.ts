import type { Page, WebSocket } from "playwright-core";
import type { PanelView, Touch } from "../../src/protocol/panel.ts";
import type { PanelClient } from "../../src/town/citizen/panel-client.ts";
import { untilPainted } from "./chromium.ts";

/** The panel as a citizen at a real browser sees and touches it. */
export interface BrowserPanel extends PanelClient {
  readonly page: Page;
  /** Why a touch could not be made; a test expects none. */
  problems(): readonly string[];
  /** Resolves when the page has drawn the newest view that it was sent. */
  painted(): Promise<void>;
}

/** How the citizen uses it: fingers, or a keyboard without a mouse (Tab, Enter, digits). */
export type Hands = "touch" | "keyboard";

/**
 * Opens the kiosk's page in `page` and is a `PanelClient` over it: views are what the page's own socket received, touches
 * are made on what it drew. A scripted citizen can so use the kiosk through the browser.
 */
export async function openBrowserPanel(
  page: Page,
  url: string,
  hands: Hands,
  /** Called when the view that is touched has been drawn, before it is touched: a look at the screen. */
  look: (view: PanelView, page: Page) => Promise<void> = async () => {},
): Promise<BrowserPanel> {
  let latest: PanelView | undefined;
  let closed = false;
  let touching = Promise.resolve();
  const problems: string[] = [];
  const waiting = new Set<{ revision: number; socket: number; done: (view: PanelView | undefined) => void }>();
  let sockets = 0;

  const wake = () => {
    for (const waiter of waiting) {
      // After a restart of the kiosk revisions begin anew: any view of a later socket is newer.
      const newer = latest !== undefined && (latest.revision > waiter.revision || sockets > waiter.socket);
      if (!closed && !newer) continue;
      waiting.delete(waiter);
      waiter.done(closed ? undefined : latest);
    }
  };
  page.on("websocket", (socket: WebSocket) => {
    let first = true;
    socket.on("framereceived", ({ payload }) => {
      if (first) sockets += 1;
      first = false;
      latest = JSON.parse(String(payload)) as PanelView;
      wake();
    });
  });
  page.on("close", () => {
    closed = true;
    wake();
  });

  const painted = async () => {
    await untilPainted(page, latest?.revision ?? 0);
  };
  const make = async (touch: Touch) => {
    await painted();
    if (latest) await look(latest, page);
    if (hands === "touch") await page.locator(`[data-touch="${nameOf(touch)}"]`).tap();
    else await byKeyboard(page, touch);
  };

  await page.goto(url);
  return {
    page,
    painted,
    problems: () => problems,
    current: () => latest,
    after: (revision) =>
      new Promise((done) => {
        waiting.add({ revision, socket: sockets, done });
        wake();
      }),
    touch(touch) {
      touching = touching
        .then(() => make(touch))
        .catch((thrown: unknown) => void problems.push(`${nameOf(touch)}: ${String(thrown)}`));
    },
    close: () => void page.close(),
  };
}

/** What a touch is called in the page: its word and its values, as in `data-touch`. */
export function nameOf(touch: Touch): string {
  return Object.values(touch).join(":");
}

/** More Tab presses than any screen has places to go. */
const MOST_TABS = 60;

async function byKeyboard(page: Page, touch: Touch): Promise<void> {
  if (touch.touch === "pinDigit") return page.keyboard.press(String(touch.digit));
  const wanted = nameOf(touch);
  for (let i = 0; i < MOST_TABS; i++) {
    const focused = await page.evaluate('document.activeElement?.dataset.touch ?? ""');
    if (focused === wanted) return page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
  }
  throw new Error(`${MOST_TABS} presses of Tab do not lead there`);
}
