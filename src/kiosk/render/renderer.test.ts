import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { PrintOverlay } from "../../../devices/certificate-printer/port.ts";
import { greyOf, readPwg } from "../../../devices/certificate-printer/pwg/decode.ts";
import { A4_600, HEADER_BYTES } from "../../../devices/certificate-printer/pwg/header.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { plainPayload } from "../../../test/support/payloads.ts";
import { perfectScan } from "../../../test/support/print-scan/backs.ts";
import { TestCentre } from "../../../test/support/scramble.ts";
import { smallPdf } from "../../../test/support/small-pdf.ts";
import { systemClock } from "../../kernel/clock.ts";
import type { EventName } from "../../kernel/events/catalogue.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { Personal } from "../../kernel/personal.ts";
import { fail, ok, type Result, unwrap } from "../../kernel/result.ts";
import { mmToPx, PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../security-print/composition/page.ts";
import { DETECTION_PLACE } from "../../security-print/detection/place.ts";
import { defaultChoice } from "../../security-print/deterrent/choice.ts";
import { drawGround } from "../../security-print/deterrent/ground.ts";
import { createDeterrentPainter } from "../../security-print/deterrent/painter.ts";
import { inspectPicture } from "../../security-print/inspect/inspection.ts";
import { createPdfEngine, everyPage, withPdf } from "../../security-print/pages/engine.ts";
import { encodePayload } from "../../security-print/scramble/payload.ts";
import type { RenderChild } from "./child.ts";
import type { RenderAnswers } from "./messages.ts";
import { createRenderer, type ProcessRenderer } from "./renderer.ts";
import { createRenderWork } from "./work.ts";

const documentId = "019364e2-6a00-7000-8000-0123456789ab";
const text = (words: string) => `BT /F1 24 Tf 100 700 Td (${words}) Tj ET`;
const twoPages = smallPdf({ pages: [text("first"), text("second page")] });
const personal = (bytes: Uint8Array) => new Personal(new Uint8Array(bytes));

const deterrent = defaultChoice;
const payloads = [plainPayload(documentId, 1, 2), plainPayload(documentId, 2, 2)];
const running: ProcessRenderer[] = [];
afterEach(async () => {
  for (const renderer of running.splice(0)) await renderer.kill();
});

function processRenderer(): ProcessRenderer {
  const renderer = createRenderer({ clock: systemClock, logger: silentLogger });
  running.push(renderer);
  return renderer;
}

function codeOf(result: Result<unknown>): string | undefined {
  return result.ok ? undefined : result.error.code;
}

describe("the work on a document", () => {
  test("what the printer calls A4 at 600 dpi is what the pages are drawn at", () => {
    expect([A4_600.widthPx, A4_600.heightPx]).toEqual([PAGE_WIDTH_PX, PAGE_HEIGHT_PX]);
  });

  test("composes front and back of every page; the front is the engine's page under the deterrent text, pixel by pixel", async () => {
    const work = createRenderWork();
    const { pwgRaster, rasterHashes } = unwrap(await work.compose({ documentId, pdf: twoPages, payloads, deterrent }));
    const sides = unwrap(readPwg(pwgRaster));
    expect(sides.map((side) => side.header.totalPageCount)).toEqual([4, 4, 4, 4]);
    const drawn = unwrap(
      await withPdf(createPdfEngine(), twoPages, (pdf) =>
        everyPage(pdf, (page) => pdf.renderGrey(page, PAGE_WIDTH_PX, PAGE_HEIGHT_PX)),
      ),
    );
    const over = unwrap(await createDeterrentPainter().ground({ side: "front", step: deterrent.front }));
    for (const [page, grey] of drawn.entries()) {
      const front = sides[2 * page];
      drawGround({ widthPx: PAGE_WIDTH_PX, heightPx: PAGE_HEIGHT_PX, pixels: grey }, over);
      expect(front && Buffer.compare(unwrap(greyOf(front)), grey)).toBe(0);
    }
    expect(sides[1]?.encoded).not.toEqual(sides[3]?.encoded);
    expect(rasterHashes).toEqual(sides.map((side) => createHash("sha256").update(side.encoded).digest("base64url")));
    expect(sides.reduce((sum, side) => sum + side.encoded.length, 4)).toBe(pwgRaster.length);
    expect(sides.every((side) => side.encoded.length > HEADER_BYTES)).toBe(true);
  });

  test("the same document gives the same bytes, whether it was read before or not", async () => {
    const [fresh, used] = [createRenderWork(), createRenderWork()];
    await fresh.warm();
    const read = unwrap(await used.read(twoPages));
    expect(read.frontHashes).toHaveLength(2);
    const [a, b] = [
      unwrap(await fresh.compose({ documentId, pdf: twoPages, payloads, deterrent })),
      unwrap(await used.compose({ documentId, pdf: twoPages, payloads, deterrent })),
    ];
    expect(b.rasterHashes).toEqual(a.rasterHashes);
    expect(Buffer.compare(a.pwgRaster, b.pwgRaster)).toBe(0);
  });

  test("a back carries the scrambled image from which an inspector gets this very front", async () => {
    const centre = new TestCentre("compose");
    const page = smallPdf({ pages: [text("a certificate")] });
    const front = unwrap(await withPdf(createPdfEngine(), page, (pdf) => pdf.front(0)));
    const payload = encodePayload(centre.payload({ front, documentId }));
    const composed = unwrap(
      await createRenderWork().compose({ documentId, pdf: page, payloads: [payload], deterrent }),
    );
    const [, back] = unwrap(readPwg(composed.pwgRaster));
    if (!back) throw new Error("no back");
    const sheet = { widthPx: PAGE_WIDTH_PX, heightPx: PAGE_HEIGHT_PX, pixels: unwrap(greyOf(back)) };
    const [told, ...others] = inspectPicture(perfectScan(sheet), centre.inspectionKeys());
    expect(others).toEqual([]);
    expect(told).toMatchObject({ answer: "genuine", document: { documentId } });
    expect(Buffer.compare(told.front?.bits ?? Buffer.of(), front.bits)).toBe(0);
  });

  test("the place of the forgery-detection image is white when it will be printed, and the rest of the back as before", async () => {
    const work = createRenderWork();
    const document = { documentId, pdf: twoPages, payloads, deterrent };
    const backs = async (clearForDetection: boolean) =>
      unwrap(readPwg(unwrap(await work.compose({ ...document, clearForDetection })).pwgRaster)).map((side) =>
        unwrap(greyOf(side)),
      );
    const [before, after] = [await backs(false), await backs(true)];
    expect(Buffer.compare(before[0] ?? Buffer.of(), after[0] ?? Buffer.of(1))).toBe(0);
    const { xMm, yMm, widthMm, heightMm } = DETECTION_PLACE;
    const line = (grey: Uint8Array | undefined, yAtMm: number) =>
      grey
        ?.subarray(mmToPx(yAtMm) * PAGE_WIDTH_PX, (mmToPx(yAtMm) + 1) * PAGE_WIDTH_PX)
        .slice(mmToPx(xMm), mmToPx(xMm + widthMm));
    const lines = (grey: Uint8Array | undefined) =>
      Array.from({ length: 60 }, (_, i) => line(grey, yMm + (i * heightMm) / 60)).some((pixels) =>
        pixels?.some((p) => p < 255),
      );
    expect([lines(before[1]), lines(after[1])]).toEqual([true, false]);
    const above = mmToPx(yMm - 2) * PAGE_WIDTH_PX;
    expect(
      Buffer.compare(before[1]?.subarray(0, above) ?? Buffer.of(), after[1]?.subarray(0, above) ?? Buffer.of(1)),
    ).toBe(0);
  });

  test("a payload too few, or one that cannot be drawn, composes nothing", async () => {
    const work = createRenderWork();
    const [first = Buffer.of()] = payloads;
    expect(codeOf(await work.compose({ documentId, pdf: twoPages, payloads: [first], deterrent }))).toBe("K-BIND-124");
    const torn = [first, first.subarray(0, 900)];
    expect(codeOf(await work.compose({ documentId, pdf: twoPages, payloads: torn, deterrent }))).toBe("K-IMAGE-101");
  });

  test("a page that is not a certificate's is refused, in reading and in composing", async () => {
    const work = createRenderWork();
    const letter = smallPdf({ pages: [text("letter")], pageEntries: "/MediaBox [0 0 612 792]" });
    for (const bad of [letter, Buffer.from("no PDF at all")]) {
      expect(codeOf(await work.read(bad))).toBe("K-BIND-138");
      expect(codeOf(await work.compose({ documentId, pdf: bad, payloads, deterrent }))).toBe("K-BIND-138");
    }
  });
});

describe("the child process", () => {
  test("reads and composes in a process of its own, which is gone after kill", async () => {
    const renderer = processRenderer();
    unwrap(await renderer.warm());
    const pid = renderer.pid();
    expect(pid).not.toBe(process.pid);
    const read = unwrap(await renderer.read(personal(twoPages)));
    const words = read.pages.reveal().map((page) => page.chars.map((char) => char.text).join(""));
    expect(words).toEqual(["first", "second page"]);
    const composed = unwrap(await renderer.compose({ documentId, pdf: personal(twoPages), payloads }));
    expect(composed).toMatchObject({ documentId, impressions: 4 });
    expect(composed.rasterHashes).toEqual(
      unwrap(await createRenderWork().compose({ documentId, pdf: twoPages, payloads, deterrent })).rasterHashes,
    );
    await renderer.kill();
    expect(renderer.pid()).toBeUndefined();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test("composes for the overlays of the moment, and hands them on", async () => {
    const overlay = { side: "back", ...DETECTION_PLACE, widthPx: 1, heightPx: 1, cmyk: new Uint8Array(4) } as const;
    let overlays: readonly PrintOverlay[] = [];
    const renderer = createRenderer({ clock: systemClock, logger: silentLogger, overlays: () => overlays });
    running.push(renderer);
    const compose = async () => unwrap(await renderer.compose({ documentId, pdf: personal(twoPages), payloads }));
    const without = await compose();
    overlays = [overlay];
    const composed = await compose();
    expect([without.overlays, composed.overlays]).toEqual([[], [overlay]]);
    const changed = composed.rasterHashes.map((hash, side) => hash !== without.rasterHashes[side]);
    expect(changed).toEqual([false, true, false, true]);
  });

  test("what it answers is personal, and its bytes can be wiped", async () => {
    const renderer = processRenderer();
    const composed = unwrap(await renderer.compose({ documentId, pdf: personal(twoPages), payloads }));
    const bytes = composed.pwgRaster.reveal();
    expect(String(composed.pwgRaster)).toBe("[personal]");
    composed.pwgRaster.wipe();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test("a killed child costs the document it worked on; the next one is served", async () => {
    const renderer = processRenderer();
    unwrap(await renderer.warm());
    const pid = renderer.pid() ?? 0;
    const reading = renderer.read(personal(twoPages));
    process.kill(pid, "SIGKILL");
    expect(codeOf(await reading)).toBe("K-PRINT-302");
    expect(codeOf(await renderer.read(personal(Buffer.from("%PDF-soup"))))).toBe("K-BIND-138");
    unwrap(await renderer.read(personal(twoPages)));
    expect(renderer.pid()).not.toBe(pid);
  });
});

/** A child that does only what the test tells it to. */
function puppet() {
  const children: {
    kills: number;
    answer: (result: Result<RenderAnswers[keyof RenderAnswers]>) => void;
    end(): void;
  }[] = [];
  const startChild = (): RenderChild => {
    let becomeGone: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      becomeGone = resolve;
    });
    let settle: (result: Result<never>) => void = () => {};
    const own = {
      kills: 0,
      answer: (result: Result<RenderAnswers[keyof RenderAnswers]>) => settle(result as Result<never>),
      end() {
        becomeGone();
        settle(fail("K-PRINT-302", { why: "SIGKILL" }));
      },
    };
    children.push(own);
    return {
      pid: 1000 + children.length,
      ready: Promise.resolve(ok()),
      gone,
      ask: () =>
        new Promise((resolve) => {
          settle = resolve;
        }),
      kill() {
        own.kills += 1;
        own.end();
      },
    };
  };
  const clock = createFakeClock();
  const events: EventName[] = [];
  const logger = { event: (name: EventName) => void events.push(name) };
  return { children, clock, events, renderer: createRenderer({ clock, logger, startChild, workTimeoutMs: 5_000 }) };
}

const answer: Result<RenderAnswers["read"]> = ok({ pages: [], frontHashes: ["x"] });

describe("a child that misbehaves", () => {
  test("a document that hangs is ended in time, and the next one gets a fresh child", async () => {
    const { renderer, children, clock, events } = puppet();
    const hanging = renderer.read(personal(twoPages));
    await clock.advance(5_000);
    expect(codeOf(await hanging)).toBe("K-PRINT-303");
    expect(children[0]?.kills).toBe(1);
    expect(events).toEqual(["pages.process.ended"]);
    const next = renderer.read(personal(twoPages));
    await clock.advance(0);
    children[1]?.answer(answer);
    expect(unwrap(await next).frontHashes).toEqual(["x"]);
  });

  test("a cancelled document ends the child, because it cannot be stopped otherwise", async () => {
    const { renderer, children, clock } = puppet();
    const cancelling = new AbortController();
    const reading = renderer.read(personal(twoPages), { signal: cancelling.signal });
    await clock.advance(10);
    cancelling.abort();
    expect(codeOf(await reading)).toBe("K-CMD-102");
    expect(children[0]?.kills).toBe(1);
  });

  test("kill ends what is under way with K-CMD-102, is no news, and may be said twice", async () => {
    const { renderer, children, clock, events } = puppet();
    const reading = renderer.read(personal(twoPages));
    await clock.advance(10);
    await renderer.kill();
    await renderer.kill();
    expect(codeOf(await reading)).toBe("K-CMD-102");
    expect(children[0]?.kills).toBe(1);
    expect(events).toEqual([]);
  });

  test("what waits for its turn when the session is killed starts no child after it", async () => {
    const { renderer, children, clock } = puppet();
    const [first, second] = [renderer.read(personal(twoPages)), renderer.read(personal(twoPages))];
    await clock.advance(10);
    await renderer.kill();
    expect([codeOf(await first), codeOf(await second)]).toEqual(["K-CMD-102", "K-CMD-102"]);
    expect(children).toHaveLength(1);
    const next = renderer.read(personal(twoPages));
    await clock.advance(0);
    children[1]?.answer(answer);
    unwrap(await next);
  });

  test("documents are served one at a time, and a cancelled one that waits costs no child", async () => {
    const { renderer, children, clock } = puppet();
    const cancelling = new AbortController();
    const first = renderer.read(personal(twoPages));
    const second = renderer.read(personal(twoPages), { signal: cancelling.signal });
    await clock.advance(10);
    cancelling.abort();
    children[0]?.answer(answer);
    unwrap(await first);
    expect(codeOf(await second)).toBe("K-CMD-102");
    expect(children).toHaveLength(1);
    expect(children[0]?.kills).toBe(0);
  });
});
