import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensurePages } from "../../src/cli/pages.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import type { PanelStep, PanelView } from "../../src/protocol/panel.ts";
import { type BenchClient, connectBench } from "../../src/town/bench/client.ts";
import { type Visit, visit } from "../../src/town/citizen/scripted-citizen.ts";
import { type CitizenWish, ordinaryWish } from "../../src/town/citizen/wish.ts";
import { startTown, type Town } from "../../src/town/start/town.ts";
import { type BrowserPanel, type Hands, openBrowserPanel } from "../support/browser-panel.ts";
import { launchChromium, panelContext, watchPage } from "../support/chromium.ts";

/** A town of real processes, used by a citizen at a real browser; the hands at the machine are the bench's. */
const folder = mkdtempSync(join(tmpdir(), "madoguchi-browser-"));
const example = (name: string) => fileURLToPath(new URL(`../../examples/towns/${name}`, import.meta.url));
const MUNICIPALITY = "482013";
const STALL_MS = 60_000;

let town: Town;
let bench: BenchClient;
let browser: Browser;
let context: BrowserContext;
let panel: BrowserPanel;
let complaints: () => readonly string[];
/** The last `ended` screen that the page had drawn. */
let endedScreen = "";

beforeAll(async () => {
  const pages = ensurePages(() => {});
  [town, browser] = await Promise.all([
    startTown({
      dataFolder: join(folder, "data"),
      townFolders: [example("midorino"), example("ebisawa")],
      port: 0,
      clock: systemClock,
      restart: true,
      onProgress: () => {},
      pace: { coinMs: 10, sheetMs: 200 },
      pages,
    }).then(unwrap),
    launchChromium(),
  ]);
  bench = unwrap(await connectBench(town.benchUrl, systemClock));
});

afterAll(async () => {
  await browser?.close();
  bench?.close();
  await town?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  endedScreen = "";
  context = await panelContext(browser);
});

afterEach(async () => {
  await bench.call("printerFault", { fault: "none" });
  await bench.call("ocsp", { answer: "normal" });
  await bench.call("plug", { device: "coinVendor", connected: true });
  await context.close();
});

async function open(hands: Hands = "touch", expects: { readonly lost?: boolean } = {}): Promise<void> {
  const page = await context.newPage();
  complaints = watchPage(page, expects);
  panel = await openBrowserPanel(page, town.panelPageUrl, hands, async ({ view }) => {
    if (view.step === "ended") endedScreen = await page.locator("main").innerHTML();
  });
}

function citizen(residentId: string, wish: Partial<CitizenWish> = {}): CitizenWish {
  return { ...ordinaryWish({ municipality: MUNICIPALITY, residentId, pin: "1234" }), ...wish };
}

/** One visit through the browser. */
async function come(wish: CitizenWish, onStep: (view: PanelView) => void = () => {}): Promise<Visit> {
  const visited = await visit({ panel, bench, wish, clock: systemClock, stallMs: STALL_MS, onStep });
  expectNoTrouble();
  return unwrap(visited);
}

/** Every touch could be made, and the browser has nothing to complain of. */
function expectNoTrouble(): void {
  expect(panel.problems()).toEqual([]);
  expect(complaints()).toEqual([]);
}

type StepName = PanelStep["step"];

/** Waits until the page has drawn a view of this step that fits. */
async function untilStep(step: StepName, fits: (view: PanelView) => boolean = () => true): Promise<void> {
  let view = panel.current();
  while (!view || view.view.step !== step || !fits(view)) view = await panel.after(view?.revision ?? -1);
  await panel.painted();
}

const screen = () => panel.page.locator("main").innerText();

/** As far as the PIN, by touch. */
async function reachPin(residentId: string): Promise<void> {
  await untilStep("language");
  panel.touch({ touch: "chooseLanguage", language: "ja" });
  await untilStep("notice");
  panel.touch({ touch: "agree" });
  await untilStep("card");
  unwrap(await bench.call("putCard", { municipality: MUNICIPALITY, residentId }));
  await untilStep("municipality");
  panel.touch({ touch: "chooseMunicipality", code: MUNICIPALITY, relation: "residence" });
  await untilStep("pin");
}

/** Types a PIN with fingers that do not wait for the kiosk. */
async function typePin(pin: string): Promise<void> {
  for (const digit of pin) await panel.page.locator(`[data-touch="pinDigit:${digit}"]`).tap();
  await panel.page.locator('[data-touch="pinEnter"]').tap();
}

/** Ends the session from a screen that allows it, and waits for the next welcome. */
async function giveUp(): Promise<void> {
  panel.touch({ touch: "cancel" });
  await untilStep("ended");
  unwrap(await bench.call("takeCard", {}));
  panel.touch({ touch: "dismiss" });
  await untilStep("language");
}

describe("a citizen at the panel", () => {
  it("takes home a certificate by touch, in Japanese", async () => {
    await open();
    const visited = await come(citizen("mi-001"));
    expect(visited).toMatchObject({ ending: { step: "issued" }, takenYen: 300, sheetsTaken: 1 });
    for (const step of ["notice", "pin", "removeCard", "choose", "pay", "printing", "takeEverything"])
      expect(visited.steps).toContain(step);
  });

  it("takes home two seal certificates with a keyboard alone, in English, paid with small coins", async () => {
    await open("keyboard");
    const languages = new Set<string>();
    const wish = { language: "en", certificate: "seal-registration", copies: 2, purse: [100, 50] } as const;
    const visited = await come(citizen("mi-001", wish), (view) => languages.add(view.language));
    expect(visited).toMatchObject({ ending: { step: "issued" }, sheetsTaken: 2 });
    expect([...languages]).toContain("en");
  });

  it("chooses members of the household and what is shown of them", async () => {
    await open();
    const visited = await come(
      citizen("mi-001", { scope: "members", memberIndexes: [0, 1], options: { domicile: true, myNumber: true } }),
    );
    expect(visited.ending.step).toBe("issued");
  });

  it("loses no digit of a PIN that is typed faster than the kiosk answers", async () => {
    await open();
    await reachPin("mi-001");
    await typePin("1234");
    await untilStep("removeCard");
    unwrap(await bench.call("takeCard", {}));
    await untilStep("choose");
    await giveUp();
    expectNoTrouble();
  });

  it("reads how many tries are left, and is warned before the last", async () => {
    await open();
    await reachPin("mi-030");
    await typePin("9999");
    await untilStep("pin", ({ view }) => view.step === "pin" && view.triesLeft === 2);
    expect(await screen()).toMatch(/2/);
    await typePin("9999");
    await untilStep("pin", ({ view }) => view.step === "pin" && view.lastTry);
    expect(await screen()).toMatch(/1|最後/);
    await giveUp();
    expectNoTrouble();
  });
});

describe("a refusal has words of its own, and takes no money", () => {
  it.each([
    ["a locked PIN", "mi-005", /暗証番号がロックされています/],
    ["a revoked certificate", "mi-016", /電子証明書が有効ではありません/],
    ["an expired certificate", "mi-018", /電子証明書が有効ではありません/],
    ["a card that the municipality does not know", "mi-032", /お取り扱いできません/],
    ["a name with a sign that cannot be printed", "mi-014", /印刷できないもの/],
  ])("for %s", async (_, residentId, words) => {
    await open();
    const visited = await come(citizen(residentId, { scope: "self" }));
    expect(visited.ending).toMatchObject({ step: "ended", moneyOutcome: { money: "notTaken" } });
    expect(endedScreen).toMatch(words);
  });

  it.each([
    ["a phone", "mi-021", /スマートフォン/],
    ["a juki card", "mi-022", /住民基本台帳カード/],
  ])("for %s, while the session goes on", async (_, residentId, words) => {
    await open();
    await untilStep("language");
    panel.touch({ touch: "chooseLanguage", language: "ja" });
    await untilStep("notice");
    panel.touch({ touch: "agree" });
    await untilStep("card");
    unwrap(await bench.call("putCard", { municipality: MUNICIPALITY, residentId }));
    await untilStep("card", ({ view }) => view.step === "card" && view.problem !== undefined);
    expect(await screen()).toMatch(words);
    unwrap(await bench.call("takeCard", {}));
    await giveUp();
    expectNoTrouble();
  });

  it("for protective measures is the same screen as for somebody under fifteen, to the last letter", async () => {
    const screens: string[] = [];
    for (const residentId of ["mi-026", "mi-003"]) {
      await open();
      await come(citizen(residentId, { scope: "self" }));
      screens.push(withoutRequestAndTime(endedScreen));
      await panel.page.close();
    }
    expect(screens[0]).toMatch(/お取り扱いできません/);
    expect(screens[0]).toBe(screens[1]);
  });
});

/** A screen's markup without what differs between any two sessions. */
function withoutRequestAndTime(markup: string): string {
  return markup
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "REQUEST")
    .replaceAll(/data-revision="\d+"/g, "")
    .replaceAll(/\d+(?=<|秒)/g, "N")
    .replaceAll(/style="[^"]*"/g, "");
}

describe("a fault has words of its own", () => {
  it("when the validity service cannot be reached", async () => {
    await open();
    unwrap(await bench.call("ocsp", { answer: "unreachable" }));
    await come(citizen("mi-001"));
    expect(endedScreen).toMatch(/通信できない/);
  });

  it("when the paper jams, and prints on when hands have cleared it", async () => {
    await open();
    let jam: Promise<Result<unknown>> | undefined;
    // Hands come when the screen asks for them.
    const cleared = panel.page
      .getByText("係の人をお呼びください")
      .waitFor()
      .then(async () => (await bench.call("printerFault", { fault: "none" })).ok);
    const visited = await come(citizen("mi-001"), ({ view }) => {
      if (view.step === "pay") jam ??= bench.call("printerFault", { fault: "mediaJam" });
    });
    expect(await jam).toMatchObject({ ok: true });
    expect(visited.steps).toContain("printing");
    expect(visited.ending.step).toBe("issued");
    expect(await cleared).toBe(true);
  });

  it("when the coin vendor's plug is pulled while coins are in the escrow: nothing is lost, and staff are named", async () => {
    await open();
    await come(citizen("mi-001", { purse: [100] }), ({ view }) => {
      if (view.step === "pay" && view.insertedYen === 100)
        void bench.call("plug", { device: "coinVendor", connected: false });
      if (view.step === "ended" || view.step === "outOfService")
        void bench.call("plug", { device: "coinVendor", connected: true });
    });
    expect(endedScreen).toMatch(/係の人/);
  });
});

describe("a page that loses its kiosk", () => {
  it("says so, and shows the kiosk's step again when the kiosk is back", async () => {
    await open("touch", { lost: true });
    await untilStep("language");
    const gone = town.find("kiosk");
    gone?.kill();
    await panel.page.locator("[data-lost]").waitFor();
    await panel.page.locator("[data-lost]").waitFor({ state: "detached" });
    await untilStep("language");
    expect((await come(citizen("mi-001"))).ending.step).toBe("issued");
  });

  it("and a browser that is started again shows the same step", async () => {
    await open();
    await reachPin("mi-001");
    await panel.page.locator('[data-touch="pinDigit:1"]').tap();
    await untilStep("pin", ({ view }) => view.step === "pin" && view.digits === 1);
    await context.close();
    context = await panelContext(browser);
    await open();
    await untilStep("pin", ({ view }) => view.step === "pin" && view.digits === 1);
    await panel.page.locator('[data-touch="pinClear"]').tap();
    await typePin("1234");
    await untilStep("removeCard");
    unwrap(await bench.call("takeCard", {}));
    await untilStep("choose");
    await giveUp();
    expectNoTrouble();
  });
});
