import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallPdf, stream } from "../../../test/support/small-pdf.ts";
import { type Result, unwrap } from "../../kernel/result.ts";
import type { PdfDocument } from "./document.ts";
import { createPdfEngine, everyPage, withPdf } from "./engine.ts";
import { limits } from "./limits.ts";

const engine = createPdfEngine();
const text = "BT /F1 20 Tf 100 700 Td (one) Tj ET";
const helvetica = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
const onFirst = <T>(pdf: Uint8Array, work: (document: PdfDocument) => Result<T>) => withPdf(engine, pdf, work);
const read = (pdf: Uint8Array) => onFirst(pdf, (document) => document.readPage(0));
const object = async (pdf: Uint8Array) => unwrap(await read(pdf)).objects[0];
const refusal = async (pdf: Uint8Array) => {
  const result = await read(pdf);
  if (result.ok) return "opened";
  expect(result.error.code).toBe("K-BIND-138");
  return result.error.detail?.why;
};

describe("a page reading", () => {
  it("has characters and objects in millimetres from the top left", async () => {
    const pdf = smallPdf({ pages: [`${text} 0.5 w 72 72 144 72 re S`] });
    const page = unwrap(await read(pdf));
    expect(page.chars.map((char) => char.text).join("")).toBe("one");
    expect(page.widthMm).toBeCloseTo(210, 1);
    expect(page.chars[0]?.box.x).toBeCloseTo(35.5, 0);
    expect(page.chars[0]?.box.y).toBeCloseTo((841.89 - 711) * (25.4 / 72), 0);
    const path = page.objects[1];
    if (path?.kind !== "path") throw new Error("the second object is the rectangle");
    expect(path.outline.x).toBeCloseTo(25.4, 1);
    expect(path.outline.y).toBeCloseTo(297 - 50.8, 1);
    expect(path.outline.width).toBeCloseTo(50.8, 1);
    expect(path).toMatchObject({ axisAligned: true, stroked: true, filled: false, points: 5 });
    expect(path.strokeWidthMm).toBeCloseTo(0.176, 2);
  });

  it("tells what a reader of the paper would not see as it is read", async () => {
    const of = (content: string, resources = helvetica) => object(smallPdf({ pages: [content], resources }));
    expect(await of(`3 Tr ${text}`)).toMatchObject({ kind: "text", filled: false });
    expect(await of(`1 1 1 rg ${text}`)).toMatchObject({ colour: { red: 255, green: 255, blue: 255 } });
    expect(await of(`0 0 10 10 re W n ${text}`)).toMatchObject({ clipped: true });
    expect(await of(`/Span << /ActualText (two) >> BDC ${text} EMC`)).toMatchObject({ marked: true });
    expect(await of("BT /F1 20 Tf 0 1 -1 0 100 700 Tm (one) Tj ET")).toMatchObject({ upright: false });
    expect(await of("BT /F1 20 Tf -1 0 0 1 100 700 Tm (one) Tj ET")).toMatchObject({ upright: false });
    expect(await of("BT /F1 .5 Tf 100 700 Td (one) Tj ET")).toMatchObject({ sizePt: 0.5 });
    expect(await of(`/G gs ${text}`, `/ExtGState << /G << /ca 0.01 >> >> ${helvetica}`)).toMatchObject({
      transparent: true,
    });
    expect(await of(`/G gs ${text}`, `/ExtGState << /G << /BM /Multiply >> >> ${helvetica}`)).toMatchObject({
      transparent: true,
    });
    expect(await of(text)).toMatchObject({ fontBytes: 0, clipped: false, transparent: false, marked: false });
  });

  it("knows a font whose letters are drawn by programs of their own", async () => {
    const font =
      "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [.1 0 0 .1 0 0] /CharProcs << /a 101 0 R >> /Encoding << /Type /Encoding /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [10] >>";
    const pdf = smallPdf({
      pages: ["BT /F3 20 Tf 100 700 Td (a) Tj ET"],
      resources: "/Font << /F3 100 0 R >>",
      objects: [font, stream("", "10 0 d0 0 0 10 10 re f")],
    });
    expect(await object(pdf)).toMatchObject({ kind: "text", fontBytes: 0 });
  });

  it("knows slopes, curves and fills of a drawing", async () => {
    const of = (content: string) => object(smallPdf({ pages: [content] }));
    expect(await of("10 10 m 50 60 l S")).toMatchObject({ axisAligned: false });
    expect(await of("10 10 m 20 20 30 20 40 10 c S")).toMatchObject({ axisAligned: false });
    expect(await of("10 10 50 50 re f")).toMatchObject({ filled: true, stroked: false });
    expect(await of("10 10 m 60 10 l S")).toMatchObject({ axisAligned: true, outline: { height: 0 } });
    expect(await of(`10 10 m ${"20 10 l 10 10 l ".repeat(limits.pointsPerPath)} S`)).toMatchObject({
      axisAligned: false,
    });
  });

  it("does not look into forms and counts annotations", async () => {
    const pdf = smallPdf({
      pages: ["/X Do"],
      resources: `/XObject << /X 100 0 R >> ${helvetica}`,
      pageEntries: "/Annots [101 0 R]",
      objects: [
        stream(`/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << ${helvetica} >>`, text),
        "<< /Type /Annot /Subtype /FreeText /Rect [0 0 100 100] /Contents (x) >>",
      ],
    });
    const page = unwrap(await read(pdf));
    expect(page.objects.map((each) => each.kind)).toEqual(["form"]);
    expect(page.chars.every((char) => char.object === -1)).toBe(true);
    expect(page.annotations).toBe(1);
  });

  it("leaves text that is drawn a second time in the same place without characters", async () => {
    const page = unwrap(await read(smallPdf({ pages: [`${text} ${text}`] })));
    expect(page.objects).toHaveLength(2);
    expect(new Set(page.chars.map((char) => char.object)).size).toBe(1);
  });
});

describe("opening a PDF", () => {
  it("refuses what no certificate has", async () => {
    expect(await refusal(Buffer.from("GIF89a"))).toBe("the file does not begin as a PDF");
    expect(await refusal(Buffer.alloc(0))).toBe("the file does not begin as a PDF");
    expect(await refusal(Buffer.from("%PDF-1.7 and nothing more"))).toBe("the engine cannot open the file");
    expect(await refusal(Buffer.alloc(limits.bytes + 1))).toBe("the file is too large");
    expect(await refusal(smallPdf({ pages: Array<string>(limits.pages + 1).fill(text) }))).toBe(
      "the number of pages is not allowed",
    );
    expect(await refusal(smallPdf({ pages: [text], pageEntries: "/Rotate 90" }))).toBe("the page is turned");
    for (const box of ["[-10 0 595 842]", "[0 0 5950 8420]", "[0 50 595 842]"]) {
      expect(await refusal(smallPdf({ pages: [text], pageEntries: `/MediaBox ${box}` }))).toBe(
        "the page box is not allowed",
      );
    }
    const cropped = smallPdf({ pages: [text], pageEntries: "/CropBox [100 100 500 500]" });
    expect(await refusal(cropped)).toBe("the page box is not allowed");
    expect(
      await refusal(
        smallPdf({
          pages: [text],
          catalogue: "/AcroForm << /Fields [100 0 R] >>",
          objects: ["<< /FT /Tx /T (a) /V (b) /Subtype /Widget /Rect [0 0 9 9] >>"],
        }),
      ),
    ).toBe("the file has a form");
    expect(
      await refusal(
        smallPdf({
          pages: [text],
          catalogue: "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >>",
        }),
      ),
    ).toBe("the file has scripts");
    expect(
      await refusal(
        smallPdf({
          pages: [text],
          catalogue: "/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a) /EF << /F 100 0 R >> >>] >> >>",
          objects: [stream("/Type /EmbeddedFile", "x")],
        }),
      ),
    ).toBe("the file has attachments");
  });

  it("refuses pages with more objects or characters than a certificate can have", async () => {
    expect(await refusal(smallPdf({ pages: ["0 0 m 9 0 l S ".repeat(limits.objectsPerPage + 1)] }))).toBe(
      "too many objects",
    );
    expect(await refusal(smallPdf({ pages: [`BT /F1 5 Tf (${"x".repeat(limits.charsPerPage + 1)}) Tj ET`] }))).toBe(
      "too many characters",
    );
  });

  it("survives a decompression bomb and a form within itself, and serves the next document", async () => {
    const bomb = smallPdf({
      pages: ["x"],
      pageEntries: "/Contents 100 0 R",
      objects: [stream("/Filter /FlateDecode", deflateSync(Buffer.alloc(400_000_000, 0x20)).toString("latin1"))],
    });
    expect(await refusal(bomb)).toBe("the engine trapped");
    const within = smallPdf({
      pages: ["/X Do"],
      resources: "/XObject << /X 100 0 R >>",
      objects: [
        stream(
          "/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Resources << /XObject << /X 100 0 R >> >>",
          "/X Do /X Do 0 0 10 10 re S",
        ),
      ],
    });
    expect(await refusal(within)).toBe("the engine trapped");
    expect(engine.memoryBytes()).toBeLessThanOrEqual(limits.engineBytes);
    expect(await refusal(smallPdf({ pages: [text] }))).toBe("opened");
  });

  it("never throws on a damaged file", async () => {
    const whole = smallPdf({ pages: [`${text} 0.5 w 72 72 144 72 re S`, text] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 }),
        fc.nat(whole.length),
        async (damage, cut) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of damage) bytes.writeUInt8(value, at);
          const damaged = cut % 3 === 0 ? bytes.subarray(0, cut) : bytes;
          const result = await onFirst(damaged, (document) =>
            everyPage(document, (page) => {
              document.renderGrey(page, 200, 283);
              return document.readPage(page);
            }),
          );
          return result.ok || result.error.code === "K-BIND-138";
        },
      ),
      { numRuns: 150 },
    );
  });

  it("answers with a failure, not with old memory, after a document is closed", async () => {
    const document = unwrap(await engine.openPdf(smallPdf({ pages: [text] })));
    expect(document.readPage(1)).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
    expect(document.readPage(-1)).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
    document.close();
    document.close();
    expect(document.readPage(0)).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
    expect(document.renderGrey(0, 10, 10)).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
  });
});
