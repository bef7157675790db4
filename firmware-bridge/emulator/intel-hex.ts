import { fail, ok, type Result } from "../../src/kernel/result.ts";

/**
 * Reads an Intel HEX text (records 00 data, 01 end, 02 and 04 address bases, 03 and 05 start addresses) into a flash image
 * of `sizeBytes`, filled with FF where nothing is written. `K-FIRM-107` names the line that is wrong.
 */
export function readIntelHex(text: string, sizeBytes: number): Result<Uint8Array> {
  const image = new Uint8Array(sizeBytes).fill(0xff);
  let base = 0;
  let ended = false;
  const lines = text.split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const refuse = (why: string) => fail("K-FIRM-107", { line: i + 1, why });
    if (ended) return refuse("text after the end record");
    if (!/^:([0-9a-fA-F]{2}){5,}$/.test(line)) return refuse("no record");
    const bytes = Buffer.from(line.slice(1), "hex");
    const [length = 0, high = 0, low = 0, kind = 0] = bytes;
    if (bytes.length !== length + 5) return refuse("wrong length");
    if (bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0) !== 0) return refuse("wrong checksum");
    const data = bytes.subarray(4, -1);
    if (kind === 0) {
      const at = base + (high << 8) + low;
      if (at + length > sizeBytes) return refuse("does not fit into the flash");
      image.set(data, at);
    } else if (kind === 1) ended = true;
    else if (kind === 2 && length === 2) base = data.readUInt16BE() * 16;
    else if (kind === 4 && length === 2) base = data.readUInt16BE() * 65_536;
    else if (kind !== 3 && kind !== 5) return refuse(`unknown record ${kind}`);
  }
  return ended ? ok(image) : fail("K-FIRM-107", { line: lines.length, why: "the end record is missing" });
}
