import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawnBack, perfectScan } from "../support/print-scan/backs.ts";
import { madoguchi } from "../support/run-command.ts";
import { TestCentre, textLikeFront } from "../support/scramble.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-inspect-pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const centre = new TestCentre("pages");
const keys = join(folder, "keys.json");
writeFileSync(keys, JSON.stringify(centre.inspectionKeys()));

type Page = "blank" | "genuine" | "altered";
const pixelsOf: Partial<Record<Page, Uint8Array>> = {};
const [WIDTH_PX, HEIGHT_PX] = [2480, 3508];
beforeAll(async () => {
  const honest = centre.payload();
  const other = centre.payload({ front: textLikeFront(2) });
  pixelsOf.genuine = perfectScan(await drawnBack(honest)).pixels;
  pixelsOf.altered = perfectScan(await drawnBack({ ...honest, image: other.image })).pixels;
  pixelsOf.blank = new Uint8Array(WIDTH_PX * HEIGHT_PX).fill(255);
});

/** A TIFF of these pages, as a scanner of both sides gives it. */
async function scanOf(...pages: readonly Page[]): Promise<string> {
  const path = join(folder, `${pages.join("-")}.tif`);
  const pixels = Buffer.concat(pages.map((page) => pixelsOf[page] as Uint8Array));
  const raw = { width: WIDTH_PX, height: pages.length * HEIGHT_PX, channels: 1, pageHeight: HEIGHT_PX } as const;
  await sharp(pixels, { raw }).tiff({ compression: "deflate" }).toFile(path);
  return path;
}

const NEXT_STEP = "  Is it the back, with all of its pattern in the picture?\n";

describe("./madoguchi inspect of a file of one page", () => {
  it("asks what to look for when there is no back on it", async () => {
    const scan = await scanOf("blank");
    const { code, out } = await madoguchi("inspect", scan, "--keys", keys);
    expect(code).toBe(1);
    expect(out).toContain(`${scan}: not-ours (there is no scrambled image in the picture)\n${NEXT_STEP}`);
  });
});

describe("./madoguchi inspect of a file of several pages", () => {
  it.each([["genuine", "blank"] as const, ["blank", "genuine"] as const])(
    "takes the page without a back for the front and leaves with 0: %s, %s",
    async (...pages) => {
      const scan = await scanOf(...pages);
      const { code, out } = await madoguchi("inspect", scan, "--keys", keys);
      expect(code).toBe(0);
      const front = pages.indexOf("blank") + 1;
      expect(out).toContain(`${scan}, page ${front} of 2: no back on it (perhaps the front)\n`);
      expect(out).toContain(`${scan}, page ${3 - front} of 2: genuine`);
      expect(out).not.toContain("not-ours");
    },
  );

  it("leaves with 1 when the back on another page is not genuine", async () => {
    expect((await madoguchi("inspect", await scanOf("blank", "altered"), "--keys", keys)).code).toBe(1);
  });

  it("calls it not-ours and leaves with 1 when no page has a back, also beside a file that has one", async () => {
    const scan = await scanOf("blank", "blank");
    const { code, out } = await madoguchi("inspect", scan, await scanOf("genuine"), "--keys", keys);
    expect(code).toBe(1);
    expect(out).toContain(`${scan}: not-ours (there is no scrambled image on any of its pages)\n${NEXT_STEP}`);
    expect(out.split(NEXT_STEP)).toHaveLength(2);
  });
});
