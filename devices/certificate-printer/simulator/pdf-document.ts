import { inflateSync } from "node:zlib";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import { overlayDrawing, pageOf } from "../pdf/encode.ts";
import { pwgLimits } from "../pwg/decode.ts";
import { encodeGreyPage } from "../pwg/encode.ts";
import { certificateHeader, type PwgHeader } from "../pwg/header.ts";
import type { EnginePage, PrintedOverlay } from "./jobs.ts";

/**
 * The PDF side of the simulated printer: it reads files of the one shape that the kiosk makes, a grey image over each whole
 * page and overlays of four inks on it, by their cross-reference table (ISO 32000-1, section 7.5.4). Everything else is refused, so that a picture that
 * was scaled, moved or drawn upon is never printed as if it were the one that was sent.
 */

const MAX_OVERLAYS = 4;
const MAX_OVERLAY_PIXELS = 10_000_000;
const MM_PER_POINT = 25.4 / 72;

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Uint8Array | undefined;
}

/** The sides of a file, as the engine takes them. `K-PRINT-301` with `why`; never throws. */
export function readPdf(bytes: Uint8Array): Result<readonly EnginePage[]> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const objects = objectsOf(file);
    const root = numberIn(trailerOf(file), /\/Root (\d+) 0 R/);
    const tree = numberIn(objectOf(objects, root).dictionary, /\/Pages (\d+) 0 R/);
    const kids = [...objectOf(objects, tree).dictionary.matchAll(/(\d+) 0 R/g)].map(([, id]) => Number(id));
    if (kids.length === 0 || kids.length > pwgLimits.maxPages) throw new Refusal("the number of pages");
    return ok(kids.map((id) => sideOf(objects, objectOf(objects, id).dictionary, kids.length)));
  } catch (thrown) {
    if (thrown instanceof Refusal) return fail("K-PRINT-301", { why: thrown.message });
    throw thrown;
  }
}

/** Leaves the reader from any depth; it never leaves this file. */
class Refusal extends Error {}

function sideOf(objects: ReadonlyMap<number, PdfObject>, page: string, totalPageCount: number): EnginePage {
  const content = objectOf(objects, numberIn(page, /\/Contents (\d+) 0 R/)).stream ?? new Uint8Array(0);
  const image = objectOf(objects, numberIn(page, /\/Side (\d+) 0 R/));
  const widthPx = numberIn(image.dictionary, /\/Width (\d+)/);
  const heightPx = numberIn(image.dictionary, /\/Height (\d+)/);
  if (widthPx < 1 || widthPx > pwgLimits.maxWidthPx || heightPx < 1 || heightPx > pwgLimits.maxHeightPx) {
    throw new Refusal("a size that is not supported");
  }
  const header = { ...certificateHeader(totalPageCount), widthPx, heightPx, bytesPerLine: widthPx };
  const wanted = pageOf(header);
  if (!page.includes(`/MediaBox ${wanted.mediaBox} `)) throw new Refusal("a page of another size");
  const drawn = Buffer.from(content).toString("latin1");
  if (!drawn.startsWith(wanted.content)) throw new Refusal("another drawing");
  const overlays = overlaysOf(objects, page, header, drawn.slice(wanted.content.length));
  const grey = samplesOf(image, "DeviceGray", widthPx * heightPx);
  return { header, encoded: encodeGreyPage(grey, header), overlays };
}

const NUMBER = "(\\d+(?:\\.\\d+)?)";
const OVERLAY = new RegExp(`^ q ${NUMBER} 0 0 ${NUMBER} ${NUMBER} ${NUMBER} cm /Overlay(\\d) Do Q`);

/** What is drawn after the page's own image: overlays and nothing else. */
function overlaysOf(
  objects: ReadonlyMap<number, PdfObject>,
  page: string,
  header: PwgHeader,
  drawing: string,
): readonly PrintedOverlay[] {
  const overlays: PrintedOverlay[] = [];
  for (let rest = drawing; rest !== ""; ) {
    const found = OVERLAY.exec(rest);
    if (!found) throw new Refusal("another drawing");
    const [width, height, x, bottom, index] = found.slice(1).map(Number) as [number, number, number, number, number];
    const image = objectOf(objects, numberIn(page, new RegExp(`/Overlay${index} (\\d+) 0 R`)));
    const [widthPx, heightPx] = [
      numberIn(image.dictionary, /\/Width (\d+)/),
      numberIn(image.dictionary, /\/Height (\d+)/),
    ];
    if (widthPx * heightPx > MAX_OVERLAY_PIXELS) throw new Refusal("a size that is not supported");
    const heightPt = (header.heightPx * 72) / header.feedDpi;
    const [xMm, yMm, widthMm, heightMm] = [x, heightPt - bottom - height, width, height].map(
      (points) => Math.round(points * MM_PER_POINT * 100) / 100,
    ) as [number, number, number, number];
    const place = { xMm, yMm, widthMm, heightMm };
    if (!rest.startsWith(overlayDrawing(header, place, index)))
      throw new Refusal("an overlay at a fraction of a place");
    const cmyk = samplesOf(image, "DeviceCMYK", 4 * widthPx * heightPx);
    overlays.push({ ...place, widthPx, heightPx, cmyk });
    rest = rest.slice(found[0].length);
  }
  return overlays;
}

function samplesOf(image: PdfObject, space: string, length: number): Uint8Array {
  const kind = new RegExp(`/ColorSpace /${space} /BitsPerComponent 8 .*/Filter /FlateDecode`);
  if (!kind.test(image.dictionary)) throw new Refusal("another kind of image");
  return unpacked(image.stream ?? new Uint8Array(0), length);
}

function unpacked(packed: Uint8Array, length: number): Uint8Array {
  let samples: Buffer;
  try {
    samples = inflateSync(packed, { maxOutputLength: length });
  } catch {
    throw new Refusal("an image that cannot be unpacked");
  }
  if (samples.length !== length) throw new Refusal("an image that is too short");
  return samples;
}

function trailerOf(file: Buffer): string {
  const at = file.lastIndexOf("trailer");
  if (at < 0 || file.toString("latin1", 0, 5) !== "%PDF-") throw new Refusal("no PDF");
  return file.toString("latin1", at);
}

/** The objects in use, each where the cross-reference table has it. */
function objectsOf(file: Buffer): ReadonlyMap<number, PdfObject> {
  const table = numberIn(trailerOf(file), /startxref\n(\d+)\n%%EOF\n$/);
  const rows = /^xref\n0 (\d+)\n/.exec(file.toString("latin1", table, table + 40));
  const count = Number(rows?.[1] ?? 0);
  if (!rows || count > 3 * pwgLimits.maxPages + 3 + MAX_OVERLAYS) throw new Refusal("no table of objects");
  const objects = new Map<number, PdfObject>();
  for (let id = 1; id < count; id++) {
    const row = table + rows[0].length + 20 * id;
    const offset = numberIn(file.toString("latin1", row, row + 20), /^(\d{10}) 00000 n \n$/);
    objects.set(id, objectAt(file, id, offset));
  }
  return objects;
}

function objectAt(file: Buffer, id: number, offset: number): PdfObject {
  const head = `${id} 0 obj\n`;
  const end = file.indexOf("\n", offset + head.length);
  if (end < 0 || file.toString("latin1", offset, offset + head.length) !== head) throw new Refusal(`no object ${id}`);
  const dictionary = file.toString("latin1", offset + head.length, end);
  if (file.toString("latin1", end + 1, end + 8) !== "stream\n") return { dictionary, stream: undefined };
  const length = numberIn(dictionary, /\/Length (\d+) >>$/);
  const stream = file.subarray(end + 8, end + 8 + length);
  if (file.toString("latin1", end + 8 + length, end + 19 + length) !== "\nendstream\n") throw new Refusal("a stream");
  return { dictionary, stream };
}

function objectOf(objects: ReadonlyMap<number, PdfObject>, id: number): PdfObject {
  const found = objects.get(id);
  if (!found) throw new Refusal(`no object ${id}`);
  return found;
}

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Refusal(`no ${pattern.source}`);
  return Number(found);
}
