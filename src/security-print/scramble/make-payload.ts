import { randomBytes } from "node:crypto";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { joinFields } from "../../protocol/encoding.ts";
import { codePlan } from "./channel-code.ts";
import { codeText, encodeFields, type ImageFields, SIGNATURE_BYTES, signedFieldBytes } from "./fields.ts";
import { BODY_BYTES, encodeHeader, type FrameHeader, joinFrame, STRIPS } from "./frame.ts";
import { KEY_BYTES, sealGcm } from "./gcm.ts";
import { CELL_SIZES } from "./geometry.ts";
import type { ImageSigner, KeyWrapper } from "./keys.ts";
import type { Payload } from "./payload.ts";
import { BODY_NONCE, type CodedFront, nonceOf, STRIP_HASH_BYTES, sealStrip, stripHash } from "./strips.ts";

/** What the centre knows of a page. */
export interface PageToScramble {
  readonly front: CodedFront;
  readonly frontHash: string;
  readonly municipality: string;
  readonly documentId: string;
  readonly page: number;
  readonly pages: number;
  readonly issuedAtMs: number;
  readonly values: ImageFields["values"];
}

export interface ScrambleKeys {
  readonly issuer: string;
  readonly wrapper: KeyWrapper;
  readonly signer: ImageSigner;
}

/** A payload for which only the wrapped data key is missing. */
export interface PreparedPayload {
  readonly dataKey: Uint8Array;
  /** What the wrapped data key is to be bound to. */
  readonly aad: Uint8Array;
  /** With the data key wrapped (60 bytes) under the key of this id. */
  finish(keyId: string, wrapped: Uint8Array): Payload;
}

/**
 * Makes a page's payload with a data key of its own. `K-IMAGE-102` when the front fits into no size of cell; `K-IMAGE-120` …
 * `K-IMAGE-126` when a token does not wrap the data key.
 */
export async function makePayload(page: PageToScramble, keys: ScrambleKeys): Promise<Result<Payload>> {
  const prepared = preparePayload(page, keys);
  if (!prepared.ok) return prepared;
  const { dataKey, aad, finish } = prepared.value;
  const wrapped = await keys.wrapper.wrap(dataKey, aad);
  return wrapped.ok ? ok(finish(keys.wrapper.keyId, wrapped.value)) : wrapped;
}

/** `makePayload` up to the wrapping of the data key. `K-IMAGE-102`. */
export function preparePayload(
  page: PageToScramble,
  { issuer, signer }: Pick<ScrambleKeys, "issuer" | "signer">,
  random: (bytes: number) => Uint8Array = randomBytes,
): Result<PreparedPayload> {
  const coded = page.front.strips;
  const needed = coded.reduce((sum, strip) => sum + strip.length + 16, 0);
  const cellPx = CELL_SIZES.find((size) => codePlan(size).imageBytes >= needed);
  if (!cellPx) return fail("K-IMAGE-102", { page: page.page, bytes: needed });
  const { frontHash, issuedAtMs, values } = page;
  const fields = encodeFields(
    { issuer, issuedAtMs, frontHash, signedBy: signer.keyId, values },
    BODY_BYTES - SIGNATURE_BYTES - STRIPS * STRIP_HASH_BYTES,
  );
  const header: FrameHeader = {
    cellPx,
    page: page.page,
    pages: page.pages,
    municipality: page.municipality,
    documentId: page.documentId,
    widthPx: page.front.widthPx,
    heightPx: page.front.heightPx,
    stripBytes: coded.map((strip) => strip.length),
    fieldBytes: fields.length,
  };
  const headerBytes = encodeHeader(header);
  const dataKey = random(KEY_BYTES);
  const finish = (keyId: string, wrapped: Uint8Array): Payload => {
    const hashes = Buffer.concat(coded.map(stripHash));
    const signature = signer.sign(signedFieldBytes(headerBytes, hashes, fields));
    const rest = random(BODY_BYTES - hashes.length - fields.length - signature.length);
    const said = Buffer.concat([hashes, fields, signature, rest]);
    const body = sealGcm(dataKey, nonceOf(BODY_NONCE), bodyAad(headerBytes), said);
    const strips = coded.map((strip, i) => sealStrip(dataKey, headerBytes, i, strip));
    const padding = random(codePlan(cellPx).imageBytes - needed);
    return {
      cellPx,
      codeText: codeText({ ...page, issuer }, signer),
      frame: joinFrame({ headerBytes, keyId, wrapped, body }),
      image: Buffer.concat([...strips, padding]),
    };
  };
  return ok({ dataKey, aad: wrapAad(headerBytes), finish });
}

/** What the wrapped data key is bound to. */
export function wrapAad(headerBytes: Uint8Array): Buffer {
  return joinFields("MDG-WRAP-1", headerBytes);
}

/** What the sealed body is bound to. */
export function bodyAad(headerBytes: Uint8Array): Buffer {
  return joinFields("MDG-FIELD-1", headerBytes);
}
