/** One piece of what is sent to an ESC/POS printer. Together the pieces are the bytes, nothing left out. */
export interface EscposPiece {
  /** A command's name; `text` for printable bytes, `unknown` for a control byte that no command of the table begins with. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Command {
  readonly prefix: readonly number[];
  readonly name: string;
  /** Bytes behind the prefix; a function where the first of them tell how many follow, undefined while they are missing. */
  readonly parameters: number | ((rest: Uint8Array) => number | undefined);
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
const upToZero = (rest: Uint8Array) => {
  const end = rest.indexOf(0);
  return end < 0 ? undefined : end + 1;
};

/** Epson's ESC/POS command reference: what receipt printers are usually sent. Longer prefixes come first. */
export const escposCommands: readonly Command[] = [
  { prefix: [0x10, 0x04], name: "DLE EOT real-time status", parameters: 1 },
  { prefix: [0x10, 0x05], name: "DLE ENQ real-time request", parameters: 1 },
  { prefix: [0x10, 0x14, 0x08], name: "DLE DC4 clear buffers", parameters: 7 },
  { prefix: [0x10, 0x14], name: "DLE DC4 real-time pulse", parameters: 3 },
  { prefix: [0x1b, 0x40], name: "ESC @ initialise", parameters: 0 },
  { prefix: [0x1b, 0x20], name: "ESC SP right-side spacing", parameters: 1 },
  { prefix: [0x1b, 0x21], name: "ESC ! print mode", parameters: 1 },
  { prefix: [0x1b, 0x24], name: "ESC $ absolute position", parameters: 2 },
  { prefix: [0x1b, 0x2a], name: "ESC * bit image", parameters: bitImage },
  { prefix: [0x1b, 0x2d], name: "ESC - underline", parameters: 1 },
  { prefix: [0x1b, 0x32], name: "ESC 2 default line spacing", parameters: 0 },
  { prefix: [0x1b, 0x33], name: "ESC 3 line spacing", parameters: 1 },
  { prefix: [0x1b, 0x3d], name: "ESC = select device", parameters: 1 },
  { prefix: [0x1b, 0x44], name: "ESC D tab positions", parameters: upToZero },
  { prefix: [0x1b, 0x45], name: "ESC E bold", parameters: 1 },
  { prefix: [0x1b, 0x47], name: "ESC G double-strike", parameters: 1 },
  { prefix: [0x1b, 0x4a], name: "ESC J print and feed", parameters: 1 },
  { prefix: [0x1b, 0x4c], name: "ESC L page mode", parameters: 0 },
  { prefix: [0x1b, 0x4d], name: "ESC M font", parameters: 1 },
  { prefix: [0x1b, 0x52], name: "ESC R international set", parameters: 1 },
  { prefix: [0x1b, 0x53], name: "ESC S standard mode", parameters: 0 },
  { prefix: [0x1b, 0x56], name: "ESC V rotate", parameters: 1 },
  { prefix: [0x1b, 0x5c], name: "ESC \\ relative position", parameters: 2 },
  { prefix: [0x1b, 0x61], name: "ESC a justification", parameters: 1 },
  { prefix: [0x1b, 0x64], name: "ESC d print and feed lines", parameters: 1 },
  { prefix: [0x1b, 0x70], name: "ESC p pulse", parameters: 3 },
  { prefix: [0x1b, 0x74], name: "ESC t code table", parameters: 1 },
  { prefix: [0x1b, 0x7b], name: "ESC { upside-down", parameters: 1 },
  { prefix: [0x1c, 0x26], name: "FS & kanji mode", parameters: 0 },
  { prefix: [0x1c, 0x2e], name: "FS . cancel kanji mode", parameters: 0 },
  { prefix: [0x1c, 0x43], name: "FS C kanji code system", parameters: 1 },
  { prefix: [0x1d, 0x21], name: "GS ! character size", parameters: 1 },
  {
    prefix: [0x1d, 0x28],
    name: "GS ( function",
    parameters: (rest) => (rest.length < 3 ? undefined : 3 + u16(rest, 1)),
  },
  { prefix: [0x1d, 0x42], name: "GS B reverse", parameters: 1 },
  { prefix: [0x1d, 0x48], name: "GS H barcode text", parameters: 1 },
  { prefix: [0x1d, 0x49], name: "GS I printer id", parameters: 1 },
  { prefix: [0x1d, 0x4c], name: "GS L left margin", parameters: 2 },
  { prefix: [0x1d, 0x56], name: "GS V cut", parameters: ([m]) => (m === undefined ? undefined : m >= 65 ? 2 : 1) },
  { prefix: [0x1d, 0x57], name: "GS W printing area", parameters: 2 },
  { prefix: [0x1d, 0x61], name: "GS a automatic status back", parameters: 1 },
  { prefix: [0x1d, 0x66], name: "GS f barcode font", parameters: 1 },
  { prefix: [0x1d, 0x68], name: "GS h barcode height", parameters: 1 },
  { prefix: [0x1d, 0x6b], name: "GS k barcode", parameters: barcode },
  { prefix: [0x1d, 0x72], name: "GS r transmit status", parameters: 1 },
  { prefix: [0x1d, 0x76, 0x30], name: "GS v 0 raster image", parameters: rasterImage },
  { prefix: [0x1d, 0x77], name: "GS w barcode width", parameters: 1 },
  { prefix: [0x0a], name: "LF", parameters: 0 },
  { prefix: [0x0c], name: "FF", parameters: 0 },
  { prefix: [0x0d], name: "CR", parameters: 0 },
  { prefix: [0x09], name: "HT", parameters: 0 },
  { prefix: [0x18], name: "CAN", parameters: 0 },
];

/**
 * Takes a stream of ESC/POS bytes apart. Never fails and loses nothing: what fits no command is `unknown`, what is cut short
 * is `incomplete`, and runs of printable bytes are one `text`.
 */
export function dissectEscpos(bytes: Uint8Array): readonly EscposPiece[] {
  const pieces: EscposPiece[] = [];
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    const piece = commandAt(rest) ?? textAt(rest) ?? { name: "unknown", bytes: rest.subarray(0, 1) };
    pieces.push(piece);
    at += piece.bytes.length;
  }
  return pieces;
}

function commandAt(bytes: Uint8Array): EscposPiece | undefined {
  const command = escposCommands.find(({ prefix }) => prefix.every((byte, i) => bytes[i] === byte));
  if (!command) return undefined;
  const { prefix, name, parameters } = command;
  const rest = bytes.subarray(prefix.length);
  const count = typeof parameters === "number" ? parameters : parameters(rest);
  if (count === undefined || rest.length < count) return { name: `incomplete ${name}`, bytes };
  return { name, bytes: bytes.subarray(0, prefix.length + count) };
}

function textAt(bytes: Uint8Array): EscposPiece | undefined {
  const end = bytes.findIndex((byte) => byte < 0x20);
  return end === 0 ? undefined : { name: "text", bytes: end < 0 ? bytes : bytes.subarray(0, end) };
}

function bitImage(rest: Uint8Array): number | undefined {
  const [mode] = rest;
  if (mode === undefined || rest.length < 3) return undefined;
  return 3 + u16(rest, 1) * (mode >= 32 ? 3 : 1);
}

function rasterImage(rest: Uint8Array): number | undefined {
  return rest.length < 5 ? undefined : 5 + u16(rest, 1) * u16(rest, 3);
}

function barcode(rest: Uint8Array): number | undefined {
  const [kind, count] = rest;
  if (kind === undefined) return undefined;
  if (kind <= 6) {
    const end = upToZero(rest.subarray(1));
    return end === undefined ? undefined : 1 + end;
  }
  return count === undefined ? undefined : 2 + count;
}
