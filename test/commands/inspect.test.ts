import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashPackedFront, packBilevel } from "../../src/security-print/pages/front.ts";
import type { InspectionKeys } from "../../src/security-print/scramble/keys.ts";
import { drawnBack, sixTimes } from "../support/print-scan/backs.ts";
import { printAndScan } from "../support/print-scan/channel.ts";
import { levels } from "../support/print-scan/levels.ts";
import { begin, madoguchi } from "../support/run-command.ts";
import { DOCUMENT_ID, ISSUED_AT_MS, TestCentre, textLikeFront } from "../support/scramble.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-inspect-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const centre = new TestCentre("command");
const keep = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const keepKeys = (name: string, keys: InspectionKeys) => keep(name, JSON.stringify(keys));
const keys = keepKeys("keys.json", centre.inspectionKeys());
const answers = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** A PNG whose header (IHDR, PNG specification 11.2.1) claims another size. */
function claiming(png: Buffer, side: number): Buffer {
  png.writeUInt32BE(side, 16);
  png.writeUInt32BE(side, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

/** A scan of a front at 200 dpi, with a white patch when one is given. */
async function frontScan(
  name: string,
  { widthPx, heightPx, bits }: ReturnType<typeof textLikeFront>,
  patch?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): Promise<string> {
  const stride = Math.ceil(widthPx / 8);
  const pixels = Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    return (bits[y * stride + (x >> 3)] as number) & (0x80 >> (x & 7)) ? 20 : 240;
  });
  const page = sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 1 } });
  if (!patch) return keep(name, await page.png().toBuffer());
  const { left, top, ...size } = patch;
  const input = { create: { ...size, channels: 3 as const, background: "#f0f0f0" } };
  return keep(name, await page.composite([{ input, left, top }]).png().toBuffer());
}

let genuine: string;
let altered: string;
beforeAll(async () => {
  const honest = centre.payload();
  const other = centre.payload({ front: textLikeFront(2), documentId: DOCUMENT_ID.replace("ab", "ac") });
  genuine = keep("genuine.jpg", await printAndScan(await drawnBack(honest), levels.typical, 300, 1));
  const forged = await drawnBack({ ...honest, image: other.image });
  altered = keep("altered.jpg", await printAndScan(forged, levels.typical, 200, 2));
});

describe("./madoguchi inspect", () => {
  it("says that a printed and scanned back is genuine, gives its front, and leaves with 0", async () => {
    const out = join(folder, "fronts");
    const done = await madoguchi("inspect", genuine, "--keys", keys, "--json", "--out", out);
    expect(done.code).toBe(0);
    const imagePath = join(out, "front-1.png");
    expect(answers(done.out)).toEqual([
      {
        scan: genuine,
        number: 1,
        count: 1,
        answer: "genuine",
        reason: expect.any(String),
        documentId: DOCUMENT_ID,
        page: 1,
        pages: 1,
        strips: Array.from({ length: 8 }, (_, index) => ({ index, ok: true })),
        fieldsOk: true,
        code: {
          state: "ok",
          documentId: DOCUMENT_ID,
          issuer: "issuance-center",
          issuedAtMs: ISSUED_AT_MS,
          page: 1,
          pages: 1,
          frontHash: hashPackedFront(textLikeFront(1)),
        },
        imagePath,
        frontFound: null,
        differences: [],
        mayBeMore: false,
      },
    ]);
    const { data, info } = await sharp(imagePath).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
    expect(Buffer.compare(packBilevel(data, info.width, info.height), textLikeFront(1).bits)).toBe(0);
    expect(statSync(imagePath).mode & 0o077).toBe(0);
    expect(done.err).toContain("a perfect copy passes it as well");
    expect(`${done.out}${done.err}`).not.toContain("緑野");
  });

  it("tells a person the same, and that a perfect copy passes as well", async () => {
    const done = await madoguchi("inspect", genuine, altered, "--keys", keys);
    expect(done.code).toBe(1);
    expect(done.out).toContain(`${genuine}: genuine`);
    expect(done.out).toContain(`document ${DOCUMENT_ID}, page 1 of 1\n  8 of 8 strips read`);
    expect(done.out).toContain(`${altered}: altered`);
    expect(done.out).toContain("a perfect copy passes it as well");
    expect(done.err).toContain("2 of 2:");
  });

  it("says that a picture may hold more backs than it reads in one, and leaves with 1", async () => {
    const { widthPx: width, heightPx: height, pixels } = sixTimes(await drawnBack(centre.payload()));
    const row = keep(
      "row.png",
      await sharp(pixels, { raw: { width, height, channels: 1 } })
        .png()
        .toBuffer(),
    );
    const done = await madoguchi("inspect", row, "--keys", keys);
    expect(done.code).toBe(1);
    expect(done.out.match(/: genuine/g)).toHaveLength(4);
    const said = `${row}: 4 backs were read in this picture, and there may be more: scan them apart`;
    expect(done.out.split("\n").filter((line) => line.includes("may be more"))).toEqual([said]);
    const told = answers((await madoguchi("inspect", row, "--keys", keys, "--json")).out);
    expect(told.map(({ mayBeMore }) => mayBeMore)).toEqual([false, false, false, true]);
  });

  it("gives no front of an altered back and leaves with 1", async () => {
    const out = join(folder, "nothing");
    const done = await madoguchi("inspect", altered, "--keys", keys, "--json", "--out", out);
    expect(done.code).toBe(1);
    expect(answers(done.out)).toMatchObject([{ answer: "altered", documentId: DOCUMENT_ID, imagePath: null }]);
    expect(existsSync(join(out, "front-1.png"))).toBe(false);
  });

  it.each([
    ["another centre's keys", new TestCentre("other").inspectionKeys(), "unknown-key", false],
    [
      "keys that list it as void",
      centre.inspectionKeys({ voided: [{ documentId: DOCUMENT_ID, fromMs: ISSUED_AT_MS }] }),
      "voided",
      true,
    ],
  ] as const)("answers by the keys that it is given: %s", async (name, other, answer, fieldsOk) => {
    const done = await madoguchi("inspect", genuine, "--keys", keepKeys(`${name}.json`, other), "--json");
    expect(done.code).toBe(1);
    expect(answers(done.out)).toMatchObject([{ answer, fieldsOk, imagePath: null }]);
  });

  it("lists where a scanned front differs from the decoded one, and says so when it is another sheet's", async () => {
    const [honest, forged, other] = await Promise.all([
      frontScan("honest.png", textLikeFront(1)),
      frontScan("forged.png", textLikeFront(1), { left: 700, top: 1000, width: 90, height: 60 }),
      frontScan("other.png", textLikeFront(9)),
    ]);
    const compared = async (front: string) =>
      answers((await madoguchi("inspect", genuine, "--keys", keys, "--json", "--front", front)).out)[0];
    expect(await compared(honest)).toMatchObject({ answer: "genuine", frontFound: true, differences: [] });
    const { frontFound, differences } = await compared(forged);
    expect(frontFound).toBe(true);
    expect(differences).toHaveLength(1);
    expect(differences[0].xMm).toBeGreaterThan((700 * 25.4) / 200 - 4);
    expect(differences[0].xMm + differences[0].widthMm).toBeLessThan((790 * 25.4) / 200 + 4);
    expect(await compared(other)).toMatchObject({ answer: "genuine", frontFound: false, differences: [] });
    const told = await madoguchi("inspect", genuine, "--keys", keys, "--front", forged);
    expect(told.out).toContain("differs from the decoded one in 1 places");
    const none = await madoguchi("inspect", genuine, "--keys", keys, "--front", join(folder, "none.png"));
    expect(none).toMatchObject({ code: 2, out: "" });
  });

  it("refuses what is no scan with a code, one by one, and still inspects the rest", async () => {
    const blank = (side: number) =>
      sharp({ create: { width: side, height: side, channels: 3, background: "#fff" }, limitInputPixels: false });
    const large = keep("large.tif", "");
    truncateSync(large, 25_000_001);
    mkdirSync(join(folder, "folder"));
    const scans = [
      [join(folder, "missing.jpg"), "K-IMAGE-106", /ENOENT/],
      [join(folder, "folder"), "K-IMAGE-106", /is no file/],
      [keep("empty.png", ""), "K-IMAGE-103", /empty/],
      [keep("letter.jpg", "a letter"), "K-IMAGE-103", /not JPEG, PNG, TIFF or PDF/],
      [keep("100-megapixels.png", await blank(10_000).png().toBuffer()), "K-IMAGE-103", /more than 45 megapixels/],
      [keep("bomb.png", claiming(await blank(10).png().toBuffer(), 60_000)), "K-IMAGE-103", /more than 45 megapixels/],
      [keep("torn.jpg", readFileSync(genuine).subarray(0, 200_000)), "K-IMAGE-103", /torn/],
      [large, "K-IMAGE-103", /more than 25 MB/],
    ] as const;
    const page = keep("blank.png", await blank(1000).png().toBuffer());
    const done = await madoguchi("inspect", ...scans.map(([path]) => path), page, "--keys", keys, "--json");
    expect(done.code).toBe(1);
    const said = answers(done.out);
    for (const [i, [scan, code, why]] of scans.entries()) {
      expect(said[i]).toMatchObject({ scan, error: { code, detail: { why: expect.stringMatching(why) } } });
    }
    expect(said.at(-1)).toMatchObject({ scan: page, answer: "not-ours", documentId: null, strips: [] });
    expect(done.err).toContain("Scan the back again as JPEG, PNG or TIFF");
  });

  it("leaves with 2 for a command line or a keys file that it cannot use", async () => {
    const wrong = [
      ["inspect", "--keys", keys],
      ["inspect", genuine],
      ["inspect", genuine, "--keys", keep("no-keys.json", "{}")],
      ["inspect", genuine, "--keys", join(folder, "no such file")],
    ];
    const done = await Promise.all(wrong.map((line) => madoguchi(...line)));
    expect(done.map(({ code, out }) => [code, out])).toEqual(wrong.map(() => [2, ""]));
    expect(done.map(({ err }) => /K-IMAGE-105|--keys is missing|which scans/.exec(err)?.[0])).toEqual([
      "which scans",
      "--keys is missing",
      "K-IMAGE-105",
      "K-IMAGE-105",
    ]);
  });
});

describe("./madoguchi inquiry", () => {
  it("serves the site until Ctrl-C", async () => {
    const site = begin("inquiry", "--keys", keys, "--port", "18470");
    const url = await site.lineOf(/^http:/);
    expect(url).toBe("http://127.0.0.1:18470/");
    expect(await (await fetch(url)).text()).toContain('id="inquiry"');
    const asked = await fetch(`${url}v1/inspect`, { method: "POST", body: readFileSync(genuine) });
    expect(await asked.text()).toContain('"answer":"genuine"');
    site.process.kill("SIGINT");
    expect((await site.finished).code).toBe(0);
  });

  it("leaves with 2 without keys, and with broken ones", async () => {
    const none = await madoguchi("inquiry");
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining("--keys is missing") });
    const broken = await madoguchi("inquiry", "--keys", keep("broken.json", "{}"));
    expect(broken).toMatchObject({ code: 2, err: expect.stringContaining("K-IMAGE-105") });
  });
});
