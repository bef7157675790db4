import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePages } from "../../src/cli/pages.ts";
import { languages } from "../../src/protocol/panel.ts";
import { launchChromium, PANEL_SIZE, panelContext, untilPainted, watchPage } from "../support/chromium.ts";
import { exampleViews, viewOf } from "../support/panel-views.ts";
import { type ShownPanel, startShownPanel } from "../support/shown-panel.ts";

/** Every screen of the panel, in every language, looked at by things that nobody here wrote: Chromium and axe. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** 20 mm on a panel of 21 inches whose 1080 pixels are 262 mm wide. */
const FINGER_PX = 83;

let browser: Browser;
let page: Page;
let panel: ShownPanel;
let complaints: () => readonly string[];

beforeAll(async () => {
  const pages = ensurePages(() => {});
  browser = await launchChromium();
  page = await (await panelContext(browser)).newPage();
  complaints = watchPage(page);
  panel = await startShownPanel(pages, viewOf("language", "ja"));
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(panel.url);
  await untilPainted(page, 1);
  await page.evaluate(axeSource);
});

afterAll(async () => {
  await browser?.close();
  await panel?.close();
});

async function show(name: string, language: (typeof languages)[number]): Promise<void> {
  await untilPainted(page, panel.show(viewOf(name, language)));
}

/** What axe finds, one line a rule and place. */
const AXE = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " at " + target.join(" "))))`;

interface Place {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where every button is; those under the veil of a question cannot be touched. */
const BUTTONS = `[...document.querySelectorAll("button")].filter((b) => !b.closest("[inert]")).map((b) => {
  const { x, y, width, height } = b.getBoundingClientRect();
  return { name: b.dataset.touch ?? b.textContent, x, y, width, height };
})`;

/** Elements whose words are cut off, and screens that are too tall. */
const CUT_OFF = `[...document.querySelectorAll("main, main *, footer *, header *, .dialog *")]
  .filter((e) => !(e instanceof SVGElement))
  .filter((e) => e.scrollHeight > e.clientHeight + 2 && getComputedStyle(e).overflow === "hidden"
    || e.scrollWidth > e.clientWidth + 2 && e.clientWidth > 0 && getComputedStyle(e).display !== "inline")
  .map((e) => e.tagName + "." + e.className + " " + e.scrollWidth + ">" + e.clientWidth + " " + e.scrollHeight + ">" + e.clientHeight)`;

describe.each(languages)("every screen in %s", (language) => {
  it.each(exampleViews.map(({ name }) => name))("%s can be read, touched and heard", async (name) => {
    await show(name, language);
    const words = (await page.locator("#panel").innerText()).split(/\s+/);
    // A sentence that is missing would show its key.
    expect(words.filter((word) => /^[a-z]+\.[a-zA-Z.]+$/.test(word))).toEqual([]);
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    expect(await page.evaluate<string[]>(CUT_OFF)).toEqual([]);
    for (const button of await page.evaluate<Place[]>(BUTTONS)) {
      expect(Math.min(button.width, button.height), button.name).toBeGreaterThanOrEqual(FINGER_PX);
      expect(button.x, button.name).toBeGreaterThanOrEqual(0);
      expect(button.x + button.width, button.name).toBeLessThanOrEqual(PANEL_SIZE.width);
      expect(button.y + button.height, button.name).toBeLessThanOrEqual(PANEL_SIZE.height);
    }
    expect(await page.evaluate<string[]>(AXE)).toEqual([]);
    expect(complaints()).toEqual([]);
  });
});

describe("the panel's examples", () => {
  it("show every sentence that the kiosk itself can send", () => {
    const sentences = JSON.parse(readFileSync(new URL("../../ui/locales/ja/panel.json", import.meta.url), "utf8"));
    const families = /^(outOfService|card\.problem|authenticating|preparing|pay|printing|receipt\.printing|ended)\./;
    const wanted = Object.keys(sentences).filter((key) => families.test(key));
    const shown = JSON.stringify(exampleViews);
    expect(wanted.length).toBeGreaterThan(50);
    expect(wanted.filter((key) => !shown.includes(`"${key}"`))).toEqual([]);
  });

  it("are drawn by a page that uses every sentence of its own, and asks for none that there is not", () => {
    const sentences = JSON.parse(readFileSync(new URL("../../ui/locales/ja/panel.json", import.meta.url), "utf8"));
    const folder = fileURLToPath(new URL("../../ui/citizen/", import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
    const code = sources.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
    const named = new Set([...code.matchAll(/"(screen\.[\w.]+)"/g)].map(([, key]) => key ?? ""));
    const families = [...code.matchAll(/`(screen\.[\w.]*\.)\$\{/g)].map(([, prefix]) => prefix ?? "");
    const own = Object.keys(sentences).filter((key) => key.startsWith("screen."));
    expect([...named].filter((key) => !own.includes(key))).toEqual([]);
    expect(own.filter((key) => !named.has(key) && !families.some((f) => key.startsWith(f)))).toEqual([]);
  });
});

describe("a name of the register", () => {
  it("is drawn with the variant of its characters that the register has, as on the certificate", async () => {
    const view = viewOf("options-two-members", "ja");
    if (view.view.step !== "options") throw new Error("not the options");
    const names = ["葛\u{E0100}", "葛\u{E0101}", "葛\u{E0100}"];
    const members = names.map((name, i) => ({ ref: `m${i}`, name, holder: false, selected: false }));
    await untilPainted(page, panel.show({ ...view, view: { ...view.view, members } }));
    await page.evaluate("document.fonts.ready.then(() => undefined)");
    const drawn: Buffer[] = [];
    for (const element of await page.locator(".member").all()) drawn.push(await element.screenshot());
    const [hook, person, again] = drawn;
    if (!hook || !person || !again) throw new Error("three names are not drawn");
    expect(hook.equals(person)).toBe(false);
    expect(hook.equals(again)).toBe(true);
  });
});

describe("a question of time", () => {
  it("can be answered by keyboard, and nothing behind it can be reached", async () => {
    await show("warning", "ja");
    const reached = new Set<string>();
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate<string>('document.activeElement?.dataset.touch ?? "nothing"'));
    }
    expect([...reached].filter((name) => name !== "nothing").sort()).toEqual(["cancel", "extend"]);
  });
});

describe("a finger", () => {
  it("that came down on one screen touches nothing of the next, which appears before it is lifted", async () => {
    const cdp = await page.context().newCDPSession(page);
    const before = panel.touches.length;
    const next: Record<string, string> = {
      "ended-cancelled": "language",
      take: "language",
      choose: "copies",
      copies: "confirm",
    };
    for (const [name, after] of Object.entries(next)) {
      await show(name, "ja");
      for (const { x, y, width, height } of await page.evaluate<Place[]>(BUTTONS)) {
        await show(name, "ja");
        const touchPoints = [{ x: x + width / 2, y: y + height / 2 }];
        await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
        await show(after, "ja");
        await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
      }
    }
    await show("language", "ja");
    await page.locator('[data-touch="chooseLanguage:en"]').tap();
    await expect.poll(() => panel.touches.slice(before)).toEqual([{ touch: "chooseLanguage", language: "en" }]);
  });
});

describe("the reading order", () => {
  it("begins with the heading of the new step, and goes from the words to the ways on", async () => {
    await show("pin", "ja");
    expect(await page.evaluate<string>("document.activeElement.tagName")).toBe("H1");
    const order: string[] = [];
    for (let i = 0; i < 15; i++) {
      await page.keyboard.press("Tab");
      order.push(await page.evaluate<string>('document.activeElement?.dataset.touch ?? "page"'));
    }
    expect(order.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((d) => `pinDigit:${d}`).concat("pinClear"));
    expect(order.slice(10)).toEqual(["pinDigit:0", "pinEnter", "extend", "cancel", "back"]);
  });
});
