/**
 * The page header of PWG 5102.4-2012, section 4.3: 1796 octets, big-endian, the same places as a CUPS raster version 2
 * header. Reserved octets are 0. Only the fields that a printer of sheets needs have names here; all others keep their
 * default 0 (VendorData among them).
 */

/** The four octets before the first page (section 4.2): version 2, compressed, big-endian. */
export const SYNC_WORD = Buffer.from("RaS2", "latin1");
export const HEADER_BYTES = 1796;
/** The first field of each header (section 4.3.1.23). */
const MARK = "PwgRaster";
const TEXT_BYTES = 64;

/** ColorSpaceEnum, Table 3. */
export const colorSpaces = { rgb: 1, black: 3, sgray: 18, srgb: 19 } as const;

const textFields = {
  mediaColor: 64,
  mediaType: 128,
  printContentOptimize: 192,
  renderingIntent: 1668,
  pageSizeName: 1732,
} as const;

const numberFields = {
  cutMedia: 268,
  duplex: 272,
  crossFeedDpi: 276,
  feedDpi: 280,
  insertSheet: 300,
  jog: 304,
  leadingEdge: 308,
  mediaPosition: 324,
  mediaWeightMetric: 328,
  numCopies: 340,
  orientation: 344,
  pageWidthPt: 352,
  pageHeightPt: 356,
  tumble: 368,
  widthPx: 372,
  heightPx: 376,
  bitsPerColor: 384,
  bitsPerPixel: 388,
  bytesPerLine: 392,
  colorOrder: 396,
  colorSpace: 400,
  numColors: 420,
  totalPageCount: 452,
  crossFeedTransform: 456,
  feedTransform: 460,
  imageBoxLeftPx: 464,
  imageBoxTopPx: 468,
  imageBoxRightPx: 472,
  imageBoxBottomPx: 476,
  alternatePrimary: 480,
  printQuality: 484,
  vendorIdentifier: 508,
  vendorLength: 512,
} as const;

/** CrossFeedTransform and FeedTransform are signed; every other number is not. */
const signedFields: ReadonlySet<string> = new Set(["crossFeedTransform", "feedTransform"]);

type TextField = keyof typeof textFields;
type NumberField = keyof typeof numberFields;

/** The named fields of a page header. */
export type PwgHeader = { readonly [F in TextField]: string } & { readonly [F in NumberField]: number };

const textNames = Object.keys(textFields) as TextField[];
const numberNames = Object.keys(numberFields) as NumberField[];

/** The header's 1796 octets. Throws a RangeError on a text that is not up to 63 octets of ASCII: a bug of the caller. */
export function encodeHeader(header: PwgHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MARK, 0, "latin1");
  for (const name of textNames) {
    const value = header[name];
    if (!/^[\x20-\x7e]{0,63}$/.test(value)) throw new RangeError(`the PWG field ${name} must be up to 63 ASCII octets`);
    bytes.write(value, textFields[name], "latin1");
  }
  for (const name of numberNames) {
    if (signedFields.has(name)) bytes.writeInt32BE(header[name], numberFields[name]);
    else bytes.writeUInt32BE(header[name], numberFields[name]);
  }
  return bytes;
}

/** Reads a header; undefined when it is too short or does not begin with `PwgRaster`. */
export function decodeHeader(bytes: Uint8Array): PwgHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (cString(input, 0) !== MARK) return undefined;
  const header: Record<string, string | number> = {};
  for (const name of textNames) header[name] = cString(input, textFields[name]);
  for (const name of numberNames) {
    const at = numberFields[name];
    header[name] = signedFields.has(name) ? input.readInt32BE(at) : input.readUInt32BE(at);
  }
  return header as PwgHeader;
}

function cString(bytes: Buffer, at: number): string {
  const field = bytes.subarray(at, at + TEXT_BYTES);
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end === -1 ? TEXT_BYTES : end);
}

/** A4 at 600 dpi, the one format of certificates: 210 × 297 mm, pinned to whole pixels. */
export const A4_600 = { widthPx: 4960, heightPx: 7016, dpi: 600, widthPt: 595, heightPt: 842 } as const;

/**
 * The header of one side of a certificate: sgray_8, A4, 600 dpi, two-sided on the long edge (Duplex true, Tumble false,
 * Table 9: both transforms 1 for a printer whose `pwg-raster-document-sheet-back` is `normal`).
 * `totalPageCount` counts sides.
 */
export function certificateHeader(totalPageCount: number): PwgHeader {
  return {
    mediaColor: "",
    mediaType: "",
    printContentOptimize: "",
    renderingIntent: "",
    pageSizeName: "iso_a4_210x297mm",
    cutMedia: 0,
    duplex: 1,
    crossFeedDpi: A4_600.dpi,
    feedDpi: A4_600.dpi,
    insertSheet: 0,
    jog: 0,
    leadingEdge: 0,
    mediaPosition: 0,
    mediaWeightMetric: 0,
    numCopies: 1,
    orientation: 0,
    pageWidthPt: A4_600.widthPt,
    pageHeightPt: A4_600.heightPt,
    tumble: 0,
    widthPx: A4_600.widthPx,
    heightPx: A4_600.heightPx,
    bitsPerColor: 8,
    bitsPerPixel: 8,
    bytesPerLine: A4_600.widthPx,
    colorOrder: 0,
    colorSpace: colorSpaces.sgray,
    numColors: 1,
    totalPageCount,
    crossFeedTransform: 1,
    feedTransform: 1,
    imageBoxLeftPx: 0,
    imageBoxTopPx: 0,
    imageBoxRightPx: 0,
    imageBoxBottomPx: 0,
    alternatePrimary: 0x00ffffff,
    printQuality: 0,
    vendorIdentifier: 0,
    vendorLength: 0,
  };
}
