import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { unwrap } from "../../src/kernel/result.ts";
import type { Bilevel } from "../../src/security-print/bilevel/generic-region.ts";
import { FRONT_HEIGHT_PX, FRONT_WIDTH_PX, hashPackedFront } from "../../src/security-print/pages/front.ts";
import type { ImageFields } from "../../src/security-print/scramble/fields.ts";
import {
  encryptionKeyId,
  type ImageSigner,
  type InspectionKeys,
  imageSigner,
  wrapDataKey,
} from "../../src/security-print/scramble/keys.ts";
import { type PageToScramble, preparePayload } from "../../src/security-print/scramble/make-payload.ts";
import type { Payload } from "../../src/security-print/scramble/payload.ts";
import { codeFront } from "../../src/security-print/scramble/strips.ts";

/** Bytes that are the same on every run. */
export function seededBytes(seed: string): (count: number) => Buffer {
  let drawn = 0;
  return (count) => {
    const blocks: Buffer[] = [];
    for (let bytes = 0; bytes < count; bytes += 32) {
      blocks.push(createHash("sha256").update(`${seed} ${drawn}`).digest());
      drawn += 1;
    }
    return Buffer.concat(blocks).subarray(0, count);
  };
}

const ISSUER = "issuance-center";
/** The fixed part of an Ed25519 private key in PKCS#8 (RFC 8410); the 32 bytes of the seed follow. */
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** The keys of a centre in a test, by a seed. */
export class TestCentre {
  readonly encryptionKey: Buffer;
  readonly signingKey: KeyObject;
  readonly signer: ImageSigner;
  readonly random: (count: number) => Buffer;

  constructor(seed: string) {
    this.encryptionKey = seededBytes(`${seed} encryption`)(32);
    const raw = Buffer.concat([ED25519_PKCS8, seededBytes(`${seed} signing`)(32)]);
    this.signingKey = createPrivateKey({ key: raw, format: "der", type: "pkcs8" });
    this.signer = imageSigner(this.signingKey);
    this.random = seededBytes(`${seed} random`);
  }

  /** What an inspector of this centre's documents holds. */
  inspectionKeys(change: Partial<InspectionKeys> = {}): InspectionKeys {
    const publicKey = createPublicKey(this.signingKey).export({ type: "spki", format: "der" });
    return {
      version: 1,
      asOfMs: ISSUED_AT_MS,
      encryption: [{ keyId: encryptionKeyId(this.encryptionKey), key: this.encryptionKey.toString("base64url") }],
      signing: [{ keyId: this.signer.keyId, publicKey: publicKey.toString("base64url"), issuer: ISSUER }],
      voided: [],
      ...change,
    };
  }

  /** The payload of a page. */
  payload(
    page: Partial<Omit<PageToScramble, "front">> & { readonly front?: Bilevel } = {},
    as: ImageSigner = this.signer,
  ): Payload {
    const front = page.front ?? textLikeFront(1);
    const whole = {
      frontHash: hashPackedFront(front),
      municipality: "482013",
      documentId: DOCUMENT_ID,
      page: 1,
      pages: 1,
      issuedAtMs: ISSUED_AT_MS,
      values: VALUES,
      ...page,
      front: codeFront(front),
    };
    const { dataKey, aad, finish } = unwrap(preparePayload(whole, { issuer: ISSUER, signer: as }, this.random));
    return finish(encryptionKeyId(this.encryptionKey), wrapDataKey(this.encryptionKey, dataKey, aad, this.random));
  }
}

export const ISSUED_AT_MS = Date.UTC(2026, 10, 24, 1, 2, 3);
export const DOCUMENT_ID = "019364e2-6a00-7000-8000-0123456789ab";
export const VALUES: ImageFields["values"] = [
  ["name", "緑野　花子"],
  ["birthDate", "平成2年3月4日"],
];

/** A key pair that no test centre has. */
export function strangeSigner(): ImageSigner {
  return imageSigner(generateKeyPairSync("ed25519").privateKey);
}

/** A front with rules and blocks like text, other ones for each seed, about as dense as a certificate. */
export function textLikeFront(seed: number, density = 1): Bilevel {
  const [widthPx, heightPx] = [FRONT_WIDTH_PX, FRONT_HEIGHT_PX];
  const stride = Math.ceil(widthPx / 8);
  const bits = new Uint8Array(stride * heightPx);
  const put = (x: number, y: number) => {
    const at = y * stride + (x >> 3);
    bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
  };
  const random = seededBytes(`front ${seed}`);
  for (let y = 150; y < heightPx - 150; y += 90) for (let x = 140; x < widthPx - 140; x++) put(x, y);
  for (let line = 180; line < heightPx - 180; line += Math.max(30, 90 / density)) {
    for (let glyph = 160; glyph < widthPx - 200; glyph += 34) {
      const shape = random(12);
      if ((shape[0] ?? 0) > 110) continue;
      for (let stroke = 1; stroke < 8; stroke++) {
        const [at, length] = [(shape[stroke] ?? 0) % 26, 8 + ((shape[stroke + 1] ?? 0) % 18)];
        for (let i = 0; i < length; i++) {
          for (let w = 0; w < 3; w++) {
            if (stroke % 2) put(glyph + i, line + at + w);
            else put(glyph + at + w, line + i);
          }
        }
      }
    }
  }
  return { widthPx, heightPx, bits };
}
