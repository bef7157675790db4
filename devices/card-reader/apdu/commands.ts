import { encodeCommand, MAX_RESPONSE_DATA_BYTES } from "./apdu.ts";

/** Instructions that the card is asked, ISO/IEC 7816-4 and 7816-8. */
export const ins = {
  verify: 0x20,
  changePin: 0x24,
  performSecurityOperation: 0x2a,
  select: 0xa4,
  readBinary: 0xb0,
} as const;

/** P2 of VERIFY and PSO in the JPKI applications: the reference data of the current file. */
const CURRENT_FILE = 0x80;
/** READ BINARY with an offset has 15 bits; the 16th would make P1 a short file identifier. */
const MAX_OFFSET = 0x7fff;

/** SELECT an application by name, no FCI wanted: `00 A4 04 0C Lc AID`. */
export function selectApplication(aid: Uint8Array): Uint8Array {
  return encodeCommand({ cla: 0, ins: ins.select, p1: 0x04, p2: 0x0c, data: aid });
}

/** SELECT an elementary file below the application: `00 A4 02 0C 02 hh ll`. */
export function selectFile(id: number): Uint8Array {
  return encodeCommand({ cla: 0, ins: ins.select, p1: 0x02, p2: 0x0c, data: Uint8Array.of(id >> 8, id & 0xff) });
}

/** READ BINARY of the current file: `00 B0 hi lo Le`; `length` 1…256. */
export function readBinary(offset: number, length: number = MAX_RESPONSE_DATA_BYTES): Uint8Array {
  if (offset < 0 || offset > MAX_OFFSET) throw new RangeError(`READ BINARY offset ${offset}`);
  return encodeCommand({ cla: 0, ins: ins.readBinary, p1: offset >> 8, p2: offset & 0xff, le: length });
}

/** VERIFY without data: asks for the tries left of the current PIN file and spends none. */
export function askTries(): Uint8Array {
  return encodeCommand({ cla: 0, ins: ins.verify, p1: 0, p2: CURRENT_FILE });
}

/** VERIFY the current PIN file. The caller zeroes the result after use: it holds the PIN. */
export function verify(pin: Uint8Array): Uint8Array {
  return encodeCommand({ cla: 0, ins: ins.verify, p1: 0, p2: CURRENT_FILE, data: pin });
}

/** PSO: COMPUTE DIGITAL SIGNATURE with the current key file over a DigestInfo: `80 2A 00 80 Lc … 00`. */
export function computeSignature(digestInfo: Uint8Array): Uint8Array {
  return encodeCommand({
    cla: 0x80,
    ins: ins.performSecurityOperation,
    p1: 0,
    p2: CURRENT_FILE,
    data: digestInfo,
    le: MAX_RESPONSE_DATA_BYTES,
  });
}
