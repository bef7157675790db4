import { encodePixels, endOfRun, type GreyPixels, greyPixels, mostBytesFor } from "./line.ts";

/** Black pixels that are printed over everything on a page and come back down the page, such as a deterrent text. */
export interface Ground {
  /** Lines of the same number have the same black pixels; below 0 they have none. */
  patternOn(y: number): number;
  /** Makes black what is black in line `y`, from its pixel `left` to before `right`; the line begins at `pixels[start]`. */
  draw(pixels: Uint8Array, start: number, y: number, left: number, right: number): void;
}

/** A ground for pages of one width, its lines encoded as they lie on white, which is what most of a page is. */
export interface EncodedGround {
  readonly widthPx: number;
  readonly patternOn: Ground["patternOn"];
  /** So many bytes `encodeLine` writes at most. */
  readonly mostBytesPerLine: number;
  /**
   * Encodes line `y` of a page, which begins at `start` of `pixels`, with the ground over it to `out` from `outStart`; gives
   * the first place behind it. Where the page is not white the ground is drawn into it.
   */
  encodeLine(pixels: GreyPixels, start: number, y: number, out: Uint8Array, outStart: number): number;
}

/** A line of the ground alone: its bytes, and where in them each part of the line begins; one more for the end. */
interface EncodedLine {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
}

/** Lines are encoded in parts, so that beside a letter of the page the ground is copied as it is. */
const PART_PX = 160;
const WHITE = 255;

/** Keep it as long as its ground: each pattern is encoded when it is first met, and takes as much memory as its bytes. */
export function encodedGround(ground: Ground, widthPx: number): EncodedGround {
  const parts = Math.ceil(widthPx / PART_PX);
  const mostBytesPerLine = parts * mostBytesFor(PART_PX);
  const patterns = new Map<number, EncodedLine>();
  const endOf = (part: number) => Math.min(widthPx, (part + 1) * PART_PX);

  function alone(y: number): EncodedLine {
    const known = patterns.get(ground.patternOn(y));
    if (known) return known;
    const line = greyPixels(new Uint8Array(widthPx).fill(WHITE), widthPx);
    ground.draw(line.bytes, 0, y, 0, widthPx);
    const out = new Uint8Array(mostBytesPerLine);
    const starts = new Uint32Array(parts + 1);
    for (let part = 0; part < parts; part++) {
      starts[part + 1] = encodePixels(line, part * PART_PX, endOf(part), out, starts[part] as number);
    }
    const encoded = { bytes: out.slice(0, starts[parts]), starts };
    patterns.set(ground.patternOn(y), encoded);
    return encoded;
  }

  /** The first part from `part` on that is not all white; the line begins at `start`. */
  function firstInked(pixels: GreyPixels, start: number, part: number): number {
    const first = start + part * PART_PX;
    if (part >= parts || pixels.bytes[first] !== WHITE) return part;
    const end = endOfRun(pixels, first, start + widthPx);
    return end === start + widthPx ? parts : Math.floor((end - start) / PART_PX);
  }

  /** The first part from `part` on that is all white. */
  function firstWhite(pixels: GreyPixels, start: number, part: number): number {
    let white = part;
    for (; white < parts; white++) {
      const [first, end] = [start + white * PART_PX, start + endOf(white)];
      if (pixels.bytes[first] === WHITE && endOfRun(pixels, first, end) === end) break;
    }
    return white;
  }

  return {
    widthPx,
    patternOn: (y) => ground.patternOn(y),
    mostBytesPerLine,
    encodeLine(pixels, start, y, out, outStart) {
      const { bytes, starts } = alone(y);
      let at = outStart;
      for (let part = 0; part < parts; ) {
        const inked = firstInked(pixels, start, part);
        if (inked > part) {
          out.set(bytes.subarray(starts[part], starts[inked]), at);
          at += (starts[inked] as number) - (starts[part] as number);
        }
        part = firstWhite(pixels, start, inked);
        if (part === inked) break;
        ground.draw(pixels.bytes, start, y, inked * PART_PX, endOf(part - 1));
        at = encodePixels(pixels, start + inked * PART_PX, start + endOf(part - 1), out, at);
      }
      return at;
    },
  };
}
