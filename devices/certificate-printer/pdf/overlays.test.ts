import { inflateSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import type { EventName } from "../../../src/kernel/events/catalogue.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { certificate, printerBench } from "../../../test/support/printer-bench.ts";
import type { PrintJob, PrintOverlay } from "../port.ts";
import { encodeGreyPage } from "../pwg/encode.ts";
import { certificateHeader } from "../pwg/header.ts";
import { readPdf } from "../simulator/pdf-document.ts";
import { greyPage, pwgStream } from "../simulator/test-pages.ts";
import { pdfOfRaster } from "./encode.ts";

const samples = Uint8Array.from({ length: 4 * 6 * 3 }, (_, i) => (i * 37) & 0xff);
const overlay: PrintOverlay = {
  side: "back",
  xMm: 1,
  yMm: 2,
  widthMm: 4,
  heightMm: 3,
  widthPx: 6,
  heightPx: 3,
  cmyk: samples,
};
const place = { xMm: 1, yMm: 2, widthMm: 4, heightMm: 3, widthPx: 6, heightPx: 3 };
/** Sides of 10.2 × 6.8 mm. */
const side = (grey: number) => greyPage(240, 160, grey);
const sheets = pwgStream([side(7), side(9), side(11), side(13)]);

describe("a raster with an overlay, wrapped in a PDF", () => {
  test("has the overlay's samples once, as they are, in DeviceCMYK without a profile", async () => {
    const pdf = Buffer.from(unwrap(await pdfOfRaster(sheets, [overlay])));
    const text = pdf.toString("latin1");
    expect(text.match(/DeviceCMYK/g)).toHaveLength(1);
    expect(text).not.toMatch(/ICCBased|OutputIntent|\/Decode |\/Intent/);
    const image = /\/ColorSpace \/DeviceCMYK .*\/Width 6 \/Height 3 .*\/Length (\d+) >>\nstream\n/.exec(text);
    const start = (image?.index ?? 0) + (image?.[0].length ?? 0);
    expect(inflateSync(pdf.subarray(start, start + Number(image?.[1]))).equals(samples)).toBe(true);
  });

  test("draws it over every back, counted from the lower edge, and over no front", async () => {
    const text = Buffer.from(unwrap(await pdfOfRaster(sheets, [overlay]))).toString("latin1");
    const drawings = [...text.matchAll(/stream\n(q .*)\nendstream/g)].map(([, drawing]) => drawing);
    const page = "q 28.798 0 0 19.198 0.001 0.001 cm /Side Do Q";
    // 19.2 points high; its lower edge is 5 mm = 14.173 points from the top.
    const over = " q 11.339 0 0 8.504 2.835 5.027 cm /Overlay0 Do Q";
    expect(drawings).toEqual([page, page + over, page, page + over]);
  });

  test("is what a PDF without overlays is, octet by octet, when there is none", async () => {
    const [none, empty] = [unwrap(await pdfOfRaster(sheets)), unwrap(await pdfOfRaster(sheets, []))];
    expect(Buffer.compare(none, empty)).toBe(0);
    expect(Buffer.from(none).toString("latin1")).not.toMatch(/Overlay|CMYK/);
  });

  test("is refused when the overlay reaches beyond the sheet or its samples are not of its size", async () => {
    for (const wrong of [{ xMm: 7 }, { yMm: 4 }, { xMm: -1 }, { widthPx: 7 }, { heightPx: 0, cmyk: Buffer.of() }]) {
      expect(await pdfOfRaster(sheets, [{ ...overlay, ...wrong }]), JSON.stringify(wrong)).toMatchObject({
        ok: false,
        error: { code: "K-PRINT-301", detail: { why: "an overlay that does not fit" } },
      });
    }
  });

  test("is read by the simulated printer with its place and samples, and never when something else is drawn", async () => {
    const pdf = Buffer.from(unwrap(await pdfOfRaster(sheets, [overlay])));
    const [front, back] = unwrap(readPdf(pdf));
    expect(front?.overlays).toEqual([]);
    expect(
      back?.overlays?.map(({ cmyk, ...where }) => ({ ...where, same: samples.every((v, i) => v === cmyk[i]) })),
    ).toEqual([{ ...place, same: true }]);
    const text = pdf.toString("latin1");
    for (const [from, to] of [
      ["/Overlay0 Do Q", "/Overlay0 Do S"],
      ["2.835 5.027 cm", "2.836 5.027 cm"],
      ["/ColorSpace /DeviceCMYK", "/ColorSpace /DeviceRGBA"],
    ] as const) {
      expect(readPdf(Buffer.from(text.replace(from, to), "latin1")).ok, to).toBe(false);
    }
  });
});

describe("a job with an overlay", () => {
  /** Prints two sheets and tells what came out, and what the printer was asked for. */
  const printed = async (
    options: Parameters<typeof printerBench>[0],
    overlays: readonly PrintOverlay[] = [overlay],
  ) => {
    const requests: string[] = [];
    const b = await printerBench({
      overlays: true,
      ...options,
      onExchange: (request) => requests.push(Buffer.from(request).toString("latin1")),
    });
    const job: PrintJob = { ...certificate("doc-1", 2), pwgRaster: sheets, overlays };
    await b.run(b.printer.check());
    const submitted = b.printer.submit(job);
    await vi.waitFor(
      async () => {
        await b.clock.advance(0);
        expect(b.simulator.jobs()).toHaveLength(1);
      },
      { timeout: 60_000, interval: 1 },
    );
    const settled = unwrap(await b.run(b.printer.settle(unwrap(await b.run(submitted)), () => {})));
    const sides = b.simulator
      .pages()
      .map(({ overlays: over, grey, side: name }) => ({ name, grey: grey()[0], over: over.length }));
    const takes = b.printer.takesOverlays();
    await b.close();
    const sent = requests.find((request) => request.includes("doc-1")) ?? "";
    return { state: settled.state, sides, takes, sent };
  };
  const greys = [7, 9, 11, 13];

  test("is sent to a printer with colours as PDF in colour, and comes out over the same pixels", async () => {
    const { state, sides, takes, sent } = await printed({ color: true });
    expect(takes).toBe(true);
    expect(state).toBe("done");
    expect(sides.map(({ grey }) => grey)).toEqual(greys);
    expect(sides.map(({ name, over }) => `${name} ${over}`)).toEqual(["front 0", "back 1", "front 0", "back 1"]);
    expect(sent).toMatch(/print-color-mode..color/s);
    expect(sent).toContain("application/pdf");
  });

  test("is sent to a printer without colours as if there were none: the raster, nothing over it, no word of colour", async () => {
    for (const documentFormat of ["image/pwg-raster", "application/pdf"] as const) {
      const plain = await printed({ documentFormat }, []);
      const { takes, sides, sent } = await printed({ documentFormat });
      expect(takes).toBe(false);
      expect(sides).toEqual(plain.sides);
      expect(sides.map(({ grey, over }) => [grey, over])).toEqual(greys.map((grey) => [grey, 0]));
      expect(sent).not.toContain("print-color-mode");
      expect(sent.includes("application/pdf")).toBe(documentFormat === "application/pdf");
    }
  });

  test("is left out by a driver that does not ask for colours, whatever the printer has", async () => {
    const { takes, sides, sent } = await printed({ color: true, overlays: false });
    expect(takes).toBe(false);
    expect(sides.map(({ over }) => over)).toEqual([0, 0, 0, 0]);
    expect(sent).toContain("image/pwg-raster");
  });

  test("a job without overlays goes to a printer with colours as it always did", async () => {
    const { sides, sent } = await printed({ color: true }, []);
    expect(sides.map(({ over }) => over)).toEqual([0, 0, 0, 0]);
    expect(sent).toContain("image/pwg-raster");
    expect(sent).not.toContain("print-color-mode");
  });
});

test("a printer that lost its colours between the check and the job prints without, and the log says so", async () => {
  const events: EventName[] = [];
  const b = await printerBench({ overlays: true, logger: { event: (name: EventName) => void events.push(name) } });
  const job = { ...certificate("doc-1"), pwgRaster: pwgStream([side(1), side(2)]), overlays: [overlay] };
  const taken = unwrap(await b.run(b.printer.submit(job)));
  expect(events.filter((name) => name === "printer.overlaysLeftOut")).toHaveLength(1);
  unwrap(await b.run(b.printer.settle(taken, () => {})));
  unwrap(await b.run(b.printer.submit({ ...job, documentId: "doc-2", overlays: [] })));
  expect(events.filter((name) => name === "printer.overlaysLeftOut")).toHaveLength(1);
  await b.close();
});

test("an A4 back at 600 dpi has its overlay where the millimetres say", async () => {
  const header = certificateHeader(2);
  const white = encodeGreyPage(new Uint8Array(header.widthPx * header.heightPx).fill(255), header);
  const wide = { ...overlay, xMm: 25, yMm: 212, widthMm: 160, heightMm: 66 };
  const [, back] = unwrap(readPdf(unwrap(await pdfOfRaster(pwgStream([white, white]), [wide]))));
  expect(back?.overlays?.[0]).toMatchObject({ xMm: 25, yMm: 212, widthMm: 160, heightMm: 66 });
});
