import sharp, { type Metadata } from "sharp";
import { messageOf } from "../../kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import { cmykTiff } from "../detection/cmyk-tiff.ts";
import { inspectionLimits } from "../inspect/limits.ts";
import { cmykPicturesOf } from "./pdf-pictures.ts";
import { stretch } from "./stretch.ts";

/** What an infrared camera would show of one picture, and what the eye sees. */
export interface LatentPicture {
  /** 1 … count, of the pictures in the file. */
  readonly number: number;
  readonly count: number;
  /** From the black toner of a picture of four inks, or from a photograph that was taken in the infrared. */
  readonly kind: "separation" | "infrared";
  /** Of the picture in the file. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** The levels, 0 … 255, that were spread to black and white; equal when the picture has one level only. */
  readonly darkest: number;
  readonly lightest: number;
  readonly latentPng: Uint8Array;
  /** Only of a picture of four inks. */
  readonly seenPng?: Uint8Array;
}

/** How much is made of a file, where not all of it is wanted. */
export interface LatentMost {
  /** The first so many pictures. */
  readonly pictures: number;
  /** Pixels of each; a larger picture is made smaller after its contrast was spread. */
  readonly pixels: number;
}

const ALL: LatentMost = { pictures: inspectionLimits.pages, pixels: inspectionLimits.pixels };
const FORMATS: ReadonlySet<string> = new Set(["jpeg", "png", "tiff"]);
/** Channels of a grey photograph that was kept as colour: rounding moves them apart by so much. */
const SAME_GREY = 2;

/**
 * The latent pictures of a file, one after the other: the black separation of a TIFF or JPEG of four inks and of every such
 * image in a PDF, and a grey photograph (TIFF, JPEG, PNG), which is only stretched. `K-IMAGE-112` for pictures of other
 * colours, `K-IMAGE-113` for what is no picture, torn, or too large; it ends the list.
 */
export async function* latentPictures(file: Uint8Array, most = ALL): AsyncGenerator<Result<LatentPicture>> {
  const { bytes } = inspectionLimits;
  const input = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (file.length === 0) yield fail("K-IMAGE-113", { why: "the file is empty" });
  else if (file.length > bytes) yield fail("K-IMAGE-113", { why: `more than ${bytes / 1e6} MB` });
  else if (input.toString("latin1", 0, 5) === "%PDF-") yield* fromPdf(file, most);
  else yield* fromPicture(input, most);
}

async function* fromPdf(file: Uint8Array, most: LatentMost): AsyncGenerator<Result<LatentPicture>> {
  const pictures = cmykPicturesOf(file);
  if (!pictures.ok) {
    yield pictures;
    return;
  }
  const count = pictures.value.length;
  for (const [i, { widthPx, heightPx, cmyk }] of pictures.value.slice(0, most.pictures).entries()) {
    const place = { number: i + 1, count, page: 0, mostPixels: most.pixels };
    yield await separated(cmykTiff(widthPx, heightPx, cmyk), place);
  }
}

async function* fromPicture(input: Buffer, most: LatentMost): AsyncGenerator<Result<LatentPicture>> {
  const known = await headerOf(input);
  if (!known.ok) {
    yield known;
    return;
  }
  const { space, channels, pages: count = 1 } = known.value;
  for (let page = 0; page < Math.min(count, most.pictures); page++) {
    const place = { number: page + 1, count, page, mostPixels: most.pixels };
    const ofInks = space === "cmyk" && channels >= 4;
    const picture = ofInks ? await separated(input, place) : await photographed(input, place);
    yield picture;
    if (!picture.ok) return;
  }
}

/** Looks at the header only, which claims the size before a pixel is unpacked: a bomb ends here. */
async function headerOf(input: Buffer): Promise<Result<Metadata>> {
  const { pixels, pages: most } = inspectionLimits;
  try {
    const known = await sharp(input, { limitInputPixels: false }).metadata();
    const { format, width, height, pages = 1, depth } = known;
    if (!format || !FORMATS.has(format)) return fail("K-IMAGE-113", { why: "not JPEG, PNG, TIFF or PDF" });
    if (width * height > pixels)
      return fail("K-IMAGE-113", { why: `more than ${pixels / 1e6} megapixels`, width, height });
    if (pages > most) return fail("K-IMAGE-113", { why: `more than ${most} pages`, pages });
    if (depth !== "uchar" && depth !== "ushort") return fail("K-IMAGE-112", { why: "not of 8 or 16 bits", depth });
    return ok(known);
  } catch {
    return fail("K-IMAGE-113", { why: "not JPEG, PNG, TIFF or PDF" });
  }
}

interface Place {
  readonly number: number;
  readonly count: number;
  readonly page: number;
  readonly mostPixels: number;
}

const openPage = (input: Buffer, { page }: Place) =>
  sharp(input, { limitInputPixels: inspectionLimits.pixels, failOn: "error", page });

/** Black toner as an infrared camera sees it, dark on white, and the four inks as libvips shows them on a screen. */
async function separated(input: Buffer, place: Place): Promise<Result<LatentPicture>> {
  return attempt(place, async () => {
    const { data, info } = await openPage(input, place)
      .pipelineColourspace("cmyk")
      .toColourspace("cmyk")
      .extractChannel(3)
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1) return fail("K-IMAGE-112", { why: "not of four inks", channels: info.channels });
    for (let i = 0; i < data.length; i++) data[i] = 255 - (data[i] as number);
    const seen = openPage(input, place).resize(within(place, info)).toColourspace("srgb");
    const seenPng = await seen.png().toBuffer();
    return ok({ ...(await told(place, "separation", data, info)), seenPng });
  });
}

async function photographed(input: Buffer, place: Place): Promise<Result<LatentPicture>> {
  return attempt(place, async () => {
    const { data, info } = await openPage(input, place)
      .flatten({ background: "#ffffff" })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { channels } = info;
    const grey = new Uint8Array(info.width * info.height);
    for (let i = 0; i < grey.length; i++) {
      const [first, second, third] = [data[i * channels], data[i * channels + 1], data[i * channels + 2]];
      grey[i] = first as number;
      if (channels < 3) continue;
      const all = [first, second, third] as [number, number, number];
      if (Math.max(...all) - Math.min(...all) > SAME_GREY) {
        return fail("K-IMAGE-112", { why: "colours that are neither four inks nor grey" });
      }
    }
    return ok(await told(place, "infrared", grey, info));
  });
}

async function told(
  place: Place,
  kind: LatentPicture["kind"],
  grey: Uint8Array,
  { width, height }: Size,
): Promise<LatentPicture> {
  const { number, count } = place;
  const { darkest, lightest, pixels } = stretch(grey);
  const latentPng = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(within(place, { width, height }))
    .toColourspace("b-w")
    .png()
    .toBuffer();
  return { number, count, kind, widthPx: width, heightPx: height, darkest, lightest, latentPng };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size itself, or one of the same shape that has no more pixels than wanted; a thread stays one pixel wide. */
function within({ mostPixels }: Place, { width, height }: Size): Size & { readonly fit: "fill" } {
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  const scaled = (px: number) => Math.min(mostPixels, Math.max(1, Math.floor(px * scale)));
  return { width: scaled(width), height: scaled(height), fit: "fill" };
}

async function attempt({ number }: Place, work: () => Promise<Result<LatentPicture>>): Promise<Result<LatentPicture>> {
  try {
    const done = await work();
    return done.ok ? done : err(done.error);
  } catch (thrown) {
    const said = messageOf(thrown).replaceAll(/\s+/g, " ").trim().slice(0, 120);
    return fail("K-IMAGE-113", { why: "a torn or damaged picture", number, said });
  }
}
