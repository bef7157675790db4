import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { unwrap } from "../../../src/kernel/result.ts";
import { certificate, codeOf, printerBench } from "../../../test/support/printer-bench.ts";
import { greyOf, readPwg } from "../pwg/decode.ts";
import { encodeGreyPage } from "../pwg/encode.ts";
import { certificateHeader, colorSpaces, encodeHeader } from "../pwg/header.ts";
import { readPdf } from "../simulator/pdf-document.ts";
import { greyPage, pwgStream } from "../simulator/test-pages.ts";
import { pageOf, pdfOfRaster } from "./encode.ts";

const code = async (raster: Uint8Array) => {
  const made = await pdfOfRaster(raster);
  return made.ok ? undefined : made.error.code;
};

describe("a raster wrapped in a PDF", () => {
  test("is written object by object as ISO 32000-1 has it, and its image unpacks to the raster's octets", async () => {
    const pdf = Buffer.from(unwrap(await pdfOfRaster(pwgStream([greyPage(600, 300, 7)]))));
    const text = pdf.toString("latin1");
    expect(text.slice(0, 9)).toBe("%PDF-1.4\n");
    expect(text).toContain("/MediaBox [ 0 0 72 36 ]");
    expect(text).toContain("stream\nq 71.998 0 0 35.998 0.001 0.001 cm /Side Do Q\nendstream");
    const image = /\/Width 600 \/Height 300 \/Filter \/FlateDecode \/Length (\d+) >>\nstream\n/.exec(text);
    const start = (image?.index ?? 0) + (image?.[0].length ?? 0);
    const samples = inflateSync(pdf.subarray(start, start + Number(image?.[1])));
    expect(samples.equals(Buffer.alloc(600 * 300, 7))).toBe(true);
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
    expect(text.slice(table, table + 5)).toBe("xref\n");
    for (const [, offset] of text.slice(table).matchAll(/(\d{10}) 00000 n \n/g)) {
      expect(text.slice(Number(offset))).toMatch(/^\d 0 obj\n/);
    }
  });

  test("an A4 side at 600 dpi is 595.2 by 841.92 points: a pixel is a pixel", () => {
    expect(pageOf(certificateHeader(2)).mediaBox).toBe("[ 0 0 595.2 841.92 ]");
  });

  test("comes back pixel by pixel, whatever its sides", async () => {
    const side = fc
      .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 12 }), seed: fc.integer() })
      .map(({ width, height, seed }) => {
        const grey = Uint8Array.from({ length: width * height }, (_, i) => (i * seed) >>> (i % 5));
        const header = { ...certificateHeader(2), widthPx: width, heightPx: height, bytesPerLine: width };
        return encodeGreyPage(grey, header);
      });
    await fc.assert(
      fc.asyncProperty(fc.array(side, { minLength: 1, maxLength: 5 }), async (sides) => {
        const raster = pwgStream(sides);
        const pages = unwrap(readPdf(unwrap(await pdfOfRaster(raster))));
        const wanted = unwrap(readPwg(raster));
        expect(pages.map((page) => unwrap(greyOf(page)))).toEqual(wanted.map((page) => unwrap(greyOf(page))));
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test("what is no raster of 8-bit grey is refused", async () => {
    expect(await code(Buffer.from("no raster"))).toBe("K-PRINT-301");
    const bits = { bitsPerColor: 1, bitsPerPixel: 1, colorSpace: colorSpaces.black, bytesPerLine: 1 };
    const black = encodeHeader({ ...certificateHeader(1), widthPx: 8, heightPx: 1, ...bits });
    expect(await code(pwgStream([Buffer.concat([black, Buffer.from("0000aa", "hex")])]))).toBe("K-PRINT-301");
  });

  test("the simulated printer refuses any other PDF, and octets cut off or changed never make it throw", async () => {
    const pdf = Buffer.from(unwrap(await pdfOfRaster(pwgStream([greyPage(16, 8, 7)]))));
    const moved = Buffer.from(pdf.toString("latin1").replace("0.001 cm", "0.002 cm"), "latin1");
    expect(readPdf(moved)).toMatchObject({
      ok: false,
      error: { code: "K-PRINT-301", detail: { why: "another drawing" } },
    });
    fc.assert(
      fc.property(fc.nat(pdf.length - 1), fc.nat(255), fc.nat(pdf.length), (at, value, length) => {
        const changed = Buffer.from(pdf);
        changed[at] = value;
        readPdf(changed.subarray(0, length));
        readPdf(changed);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe("a printer that takes only PDF", () => {
  const printed = async (documentFormat: "image/pwg-raster" | "application/pdf") => {
    const b = await printerBench({ documentFormat });
    unwrap(await b.run(b.printer.check()));
    const submitted = b.printer.submit(certificate("doc-1", 2));
    // Packing the PDF takes real time on another thread; the fake clock stands still until the printer has the job.
    await vi.waitFor(
      async () => {
        await b.clock.advance(0);
        expect(b.simulator.jobs()).toHaveLength(1);
      },
      { timeout: 60_000, interval: 1 },
    );
    const job = unwrap(await b.run(submitted));
    const settled = unwrap(await b.run(b.printer.settle(job, () => {})));
    const sides = b.simulator.pages().map(({ side, width, height, grey }) => ({ side, width, height, grey: grey() }));
    await b.close();
    return { settled, sides };
  };

  test("prints the very pixels that a printer of rasters prints, and its job is settled alike", async () => {
    const pdf = await printed("application/pdf");
    expect(pdf.sides).toHaveLength(4);
    expect(pdf).toEqual(await printed("image/pwg-raster"));
  });

  test("is refused when it takes neither PDF nor raster, before money is taken", async () => {
    const b = await printerBench({ documentFormat: "application/pdf" });
    b.simulator.refuseFormat(true);
    expect(codeOf(await b.run(b.printer.check()))).toBe("K-PRINT-105");
    await b.close();
  });

  test("a raster that is none never reaches it", async () => {
    const b = await printerBench({ documentFormat: "application/pdf" });
    const torn = { ...certificate("doc-1"), pwgRaster: Buffer.from("RaS2") };
    expect(codeOf(await b.run(b.printer.submit(torn)))).toBe("K-PRINT-301");
    expect(b.simulator.jobs()).toEqual([]);
    await b.close();
  });
});
