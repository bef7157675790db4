import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { smallPdf } from "../../../test/support/small-pdf.ts";
import { ok, unwrap } from "../../kernel/result.ts";
import { createPdfEngine, withPdf } from "./engine.ts";
import { FRONT_HEIGHT_PX, FRONT_WIDTH_PX, frontOf, hashPackedFront, packBilevel } from "./front.ts";

const engine = createPdfEngine();
const front = (content: string, pageEntries = "") =>
  withPdf(engine, smallPdf({ pages: [content], pageEntries }), (pdf) => pdf.frontHash(0));

describe("packBilevel", () => {
  it("puts the leftmost pixel in the highest bit, ink as 1 below grey 128, and pads each row", () => {
    const grey = Uint8Array.from([0, 255, 127, 128, 255, 255, 255, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
    expect([...packBilevel(grey, 9, 2)]).toEqual([0b10100001, 0b10000000, 0b00000000, 0b10000000]);
  });
});

describe("the front hash", () => {
  it("is SHA-256 over the domain, the size and the bits, each after its length", () => {
    const white = new Uint8Array(FRONT_WIDTH_PX * FRONT_HEIGHT_PX).fill(255);
    const bits = Buffer.alloc(207 * 2339);
    const prefix = Buffer.from("0000000b4d44472d46524f4e542d3100000008000006760000092300076375", "hex");
    prefix.writeUInt32BE(bits.length, prefix.length - 4);
    expect(hashPackedFront(frontOf(white))).toBe(createHash("sha256").update(prefix).update(bits).digest("base64url"));
  });

  it("of a page with known drawings never changes: another engine would break the chain from town to paper", async () => {
    const drawn = await front("2 w 72 72 300 500 re S 0.3 0.3 0.3 rg 100 600 200 40 re f 10 10 m 500 800 l S");
    expect(unwrap(drawn)).toBe("Kxb9LvoPuOptsVXV7jU0m24M3GNDwCFdHLm9UqStu6w");
  });

  it("differs as soon as a dot of the page differs", async () => {
    expect(unwrap(await front("100 600 1 1 re f"))).not.toBe(unwrap(await front("101 600 1 1 re f")));
  });

  it("exists only for A4", async () => {
    expect(await front("", "/MediaBox [0 0 612 792]")).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
  });
});

describe("renderGrey", () => {
  const grey = (widthPx: number, heightPx: number) =>
    withPdf(engine, smallPdf({ pages: ["0 420.945 595.28 420.945 re f"] }), (pdf) =>
      pdf.renderGrey(0, widthPx, heightPx),
    );

  it("draws A4 at exactly 600 dpi, black above and white below", async () => {
    const pixels = unwrap(await grey(4960, 7016));
    expect(pixels).toHaveLength(4960 * 7016);
    expect(pixels[4960 * 100 + 2480]).toBe(0);
    expect(pixels[4960 * 6900 + 2480]).toBe(255);
  });

  it("refuses sizes that no page needs", async () => {
    for (const [width, height] of [
      [0, 10],
      [10, -1],
      [1.5, 10],
      [60_000, 60_000],
    ] as const) {
      expect(await grey(width, height)).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
    }
  });
});

describe("useGrey", () => {
  const half = smallPdf({ pages: ["0 420.945 595.28 420.945 re f"] });

  it("shows the pixels that renderGrey copies, and wipes them afterwards, also when their user fails", async () => {
    unwrap(
      await withPdf(engine, half, (pdf) => {
        const kept: Uint8Array[] = [];
        const use = (pixels: Uint8Array) => {
          kept.push(pixels);
          return pixels.slice();
        };
        const copy = unwrap(pdf.useGrey(0, 496, 702, use));
        expect(copy[0]).toBe(0);
        expect(Buffer.compare(copy, unwrap(pdf.renderGrey(0, 496, 702)))).toBe(0);
        const broken = () =>
          pdf.useGrey(0, 496, 702, (pixels) => {
            kept.push(pixels);
            throw new Error("a bug of the user");
          });
        expect(broken).toThrow("a bug of the user");
        expect(kept).toHaveLength(2);
        for (const pixels of kept) expect(pixels.every((value) => value === 0)).toBe(true);
        return ok();
      }),
    );
  });

  it("lets its user change the pixels, and draws the page anew the next time", async () => {
    const drawings = await withPdf(engine, half, (pdf) => {
      unwrap(pdf.useGrey(0, 50, 70, (pixels) => pixels.fill(7)));
      return pdf.useGrey(0, 50, 70, (pixels) => [pixels[0], pixels.at(-1)]);
    });
    expect(unwrap(drawings)).toEqual([0, 255]);
  });
});
