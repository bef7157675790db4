/**
 * The ESC/POS commands that are sent as raw bytes (Epson's ESC/POS command reference): what the composing library does not
 * know, or gets wrong for Japanese.
 */

/** ESC @: settings of the start; what is in the print buffer is dropped. */
export const initialize = bytes(0x1b, 0x40);

/**
 * Japanese: FS & (kanji mode), FS C 1 (Shift_JIS), ESC R 8 (international set Japan: 5C is ¥), ESC t 1 (code table with
 * half-width katakana). The library encodes Shift_JIS but selects none of this, which prints garbage.
 */
export const kanjiMode = bytes(0x1c, 0x26, 0x1c, 0x43, 0x01, 0x1b, 0x52, 0x08, 0x1b, 0x74, 0x01);

/** GS L and GS W: left margin and width of the printing area, in dots. */
export function printingArea(leftDots: number, widthDots: number): Uint8Array {
  return bytes(0x1d, 0x4c, ...u16(leftDots), 0x1d, 0x57, ...u16(widthDots));
}

/** GS a: automatic status back for online, error and paper changes; the printer answers with its status at once. */
export const enableStatusBack = bytes(0x1d, 0x61, 0x0e);

/** DLE EOT n: real-time status 1 printer, 2 offline cause, 3 error cause, 4 paper; answered even when offline. */
export function askStatus(n: 1 | 2 | 3 | 4): Uint8Array {
  return bytes(0x10, 0x04, n);
}

/** DLE DC4 8: drops everything received and not yet printed, in real time; answered by `37 25 00`. */
export const clearBuffers = bytes(0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08);

/**
 * DLE ENQ 2: the cause of a recoverable error (the cutter) is gone; forget what was received and go on. A printer keeps
 * such an error, cause or no cause, until it hears this or loses its power.
 */
export const recoverAndClear = bytes(0x10, 0x05, 0x02);

/** GS ( H, function 48: answered by `37 22 id 00` when everything before it is printed. `id`: four ASCII characters. */
export function processId(id: string): Uint8Array {
  return bytes(0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...Buffer.from(id, "latin1"));
}

/** GS v 0: a raster image, rows of `widthBytes` bytes, highest bit left. */
export function rasterImage(widthBytes: number, rows: Uint8Array): Uint8Array {
  const height = rows.length / widthBytes;
  return bytes(0x1d, 0x76, 0x30, 0x00, ...u16(widthBytes), ...u16(height), ...rows);
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function u16(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}
