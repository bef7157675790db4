import { decodeCommand, decodeResponse, encodeCommand } from "../../../devices/card-reader/apdu/apdu.ts";
import { decodeIpp } from "../../../devices/certificate-printer/ipp/decode.ts";
import { goldenVectors, octets } from "../../../devices/certificate-printer/ipp/rfc8010.vectors.ts";
import { encodeFrame, type FrameCheck } from "../../../devices/coin-vendor/codec/frame.ts";
import { createFrameParser } from "../../../devices/coin-vendor/codec/parser.ts";
import { createId003Parser, encodeId003 } from "../../../devices/coin-vendor/id003/frame.ts";
import { createStatusParser } from "../../../devices/receipt-printer/escpos/status.ts";
import { createFirmataParser, encodeFirmata } from "../../../firmware-bridge/firmata-codec.ts";
import { createLineReader, encodeLine, toKiosk } from "../../../firmware-bridge/protocol.ts";

/** A codec that is fed, and good frames of it for the soup. */
export interface FuzzTarget {
  readonly name: string;
  readonly good: readonly Uint8Array[];
  /** A fresh one; what it takes it must survive. */
  make(): (bytes: Uint8Array) => unknown;
}

const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
const ccTalk = (check: FrameCheck): FuzzTarget => ({
  name: check === "checksum" ? "ccTalk" : "ccTalk-CRC",
  good: [encodeFrame({ destination: 1, source: 2, header: 0, data }, check)],
  make: () => createFrameParser(check).push,
});

export const fuzzTargets: readonly FuzzTarget[] = [
  ccTalk("checksum"),
  ccTalk("crc"),
  {
    name: "ID-003",
    good: [encodeId003({ code: 0x13, data: Uint8Array.of(0x61) })],
    make: () => createId003Parser().push,
  },
  {
    name: "ESC/POS status",
    good: [Uint8Array.of(0x14, 0, 0, 0x0f), Uint8Array.of(0x37, 0x22, 0x41, 0x42, 0x43, 0x44, 0)],
    make: () => createStatusParser().push,
  },
  { name: "IPP", good: goldenVectors.map((vector) => octets(vector.octets)), make: () => decodeIpp },
  {
    name: "APDU",
    good: [encodeCommand({ cla: 0, ins: 0xa4, p1: 4, p2: 12, data })],
    make: () => (bytes) => [decodeCommand(bytes), decodeResponse(bytes)],
  },
  {
    name: "Firmata",
    good: [encodeFirmata({ kind: "sysex", command: 0x79, data: Uint8Array.of(2, 6, 73, 0) })],
    make: () => createFirmataParser().push,
  },
  {
    name: "bridge lines",
    good: [encodeLine({ type: "done", id: 7 }), encodeLine({ type: "heartbeat", nonce: 1 })],
    make: () => createLineReader(toKiosk),
  },
];

/** xorshift32: the same soup on every machine. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const MAX_PIECE_BYTES = 400;

/**
 * At least `bytes` bytes in pieces of 1 to 400: a third noise, a third good frames, a third good frames with one byte
 * changed, so that the deep paths are met as well as the shallow ones.
 */
export function soupFor(target: FuzzTarget, bytes: number, seed: number): readonly Uint8Array[] {
  const random = createRandom(seed);
  const pieces: Uint8Array[] = [];
  for (let made = 0; made < bytes; ) {
    const piece = pieceOf(target, random);
    pieces.push(piece);
    made += piece.length;
  }
  return pieces;
}

function pieceOf({ good }: FuzzTarget, random: () => number): Uint8Array {
  const kind = random() % 3;
  if (kind === 0) return Uint8Array.from({ length: (random() % MAX_PIECE_BYTES) + 1 }, () => random() & 0xff);
  const frame = Uint8Array.from(good[random() % good.length] ?? []);
  if (kind === 1) frame[random() % frame.length] = random() & 0xff;
  return frame;
}
