import { spawnSync } from "node:child_process";
import sharp, { type Region } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import type { Bilevel } from "../../src/security-print/bilevel/generic-region.ts";
import type { GreyPage } from "../../src/security-print/composition/page.ts";
import { frontPicture } from "../../src/security-print/inspect/front-picture.ts";
import { inspectPicture } from "../../src/security-print/inspect/inspection.ts";
import { createPdfEngine, withPdf } from "../../src/security-print/pages/engine.ts";
import type { StripState } from "../../src/security-print/scramble/judge.ts";
import { stripTop } from "../../src/security-print/scramble/strips.ts";
import { drawnBack, pageOfFront } from "../support/print-scan/backs.ts";
import { printAndScan } from "../support/print-scan/channel.ts";
import { firstPicture } from "../support/print-scan/first-picture.ts";
import { levels } from "../support/print-scan/levels.ts";
import { renderedCertificate } from "../support/rendered-certificate.ts";
import { DOCUMENT_ID, TestCentre } from "../support/scramble.ts";

/** tesseract with its Japanese data reads what the inspector shows: legibility is not for us to judge. */
const PACKAGES = "tesseract is missing: install the Debian packages tesseract-ocr and tesseract-ocr-jpn";
const centre = new TestCentre("legibility");
let front: Bilevel;

beforeAll(async () => {
  const pdf = await renderedCertificate(2);
  front = unwrap(await withPdf(createPdfEngine(), pdf, (document) => document.front(0)));
});

/** What stands on the certificate, from the top, without spaces. */
const ABOVE = ["緑野県緑野市青葉町三丁目12番地5コーボ青葉201号室", "山田太郎", "世帯主"];
const BELOW = ["この写しは、世帯全員の住民", "令和8年11月24日", "緑野市長緑川太郎", DOCUMENT_ID];

/** What is read of the strips `from` … `to` (not included) of a picture of a front. */
function readStrips(picture: GreyPage, from: number, to: number): Promise<string> {
  const [top, bottom] = [stripTop(picture.heightPx, from), stripTop(picture.heightPx, to)];
  return read(picture, { left: 0, top, width: picture.widthPx, height: bottom - top }, SPARSE);
}

/** Ways of tesseract to look at a page: words anywhere, since a form is no column of lines; or one line. */
const SPARSE = "11";
const LINE = "7";

async function read(
  { widthPx: width, heightPx: height, pixels }: GreyPage,
  area: Region,
  way: typeof SPARSE | typeof LINE,
): Promise<string> {
  const input = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .extract(area)
    .extend({ top: 30, bottom: 30, left: 30, right: 30, background: "#fff" })
    .png()
    .toBuffer();
  const run = spawnSync("tesseract", ["-", "-", "-l", "jpn", "--psm", way, "--dpi", "200"], {
    input,
    encoding: "utf8",
    env: { ...process.env, OMP_THREAD_LIMIT: "1" },
  });
  if (run.status !== 0) throw new Error(`${PACKAGES} (${run.stderr ?? run.error})`);
  return run.stdout.replace(/\s/g, "");
}

describe("a reader that is not ours", () => {
  it("reads the values of a certificate on the front that came back through a hard scan", async () => {
    const back = await drawnBack(centre.payload({ front }));
    const scan = await firstPicture(await printAndScan(back, levels.hard, 300, 5, pageOfFront(front)));
    const [{ answer, front: decoded, strips }] = inspectPicture(scan, centre.inspectionKeys());
    if (!decoded) throw new Error(`nothing is shown: ${answer}`);
    const text = await readStrips(await frontPicture(decoded, strips), 0, 8);
    for (const value of [...ABOVE, "昭和60年3月7日", "令和元年5月1日", "123456789018", ...BELOW]) {
      expect(text).toContain(value);
    }
  });

  it("reads above and below lost parts of a front, and instead of them that they are lost", async () => {
    const lost = [2, 3];
    const strips = Array.from({ length: 8 }, (_, i): StripState => (lost.includes(i) ? "unreadable" : "ok"));
    const stride = Math.ceil(front.widthPx / 8);
    const bits = front.bits.slice();
    for (const i of lost) bits.fill(0, stripTop(front.heightPx, i) * stride, stripTop(front.heightPx, i + 1) * stride);
    const shown = await frontPicture({ ...front, bits }, strips);
    const above = await readStrips(shown, 0, 2);
    for (const value of ABOVE) expect(above).toContain(value);
    const below = await readStrips(shown, 4, 8);
    for (const value of BELOW) expect(below).toContain(value);
    for (const i of lost) {
      // The white place in the middle of the hatching, which this reader takes for letters.
      const middle = (stripTop(shown.heightPx, i) + stripTop(shown.heightPx, i + 1)) >> 1;
      const label = { left: (shown.widthPx >> 1) - 140, top: middle - 44, width: 280, height: 88 };
      expect(await read(shown, label, LINE)).toContain("判読不能");
    }
  });
});
