import { parseJson } from "../../protocol/statement.ts";
import { hashPackedFront } from "../pages/front.ts";
import { type ImageLayer, wordsOfBytes } from "./channel-code.ts";
import { type ImageFields, imageFields, SIGNATURE_BYTES, signedFieldBytes } from "./fields.ts";
import { type Frame, STRIPS } from "./frame.ts";
import { openGcm } from "./gcm.ts";
import { type InspectionKeys, type KeyUnwrapper, keyUnwrapper, signingKey } from "./keys.ts";
import { bodyAad, wrapAad } from "./make-payload.ts";
import { BODY_NONCE, nonceOf, openStrip, STRIP_HASH_BYTES, stripPlaces, stripTop } from "./strips.ts";

/** What a back proves. Only `genuine` says that the whole decoded front is what the issuer signed. */
export type Answer = "genuine" | "altered" | "voided" | "partial" | "unreadable" | "not-ours" | "unknown-key";

/** One strip: read and authentic, not readable, or readable and false. */
export type StripState = "ok" | "unreadable" | "altered";

export interface Judgement {
  readonly answer: Answer;
  /** Why, in the words of this module: which check decided. */
  readonly reason: string;
  /** Present when the body was opened and its signature holds, whatever else is wrong. */
  readonly fields?: ImageFields;
  readonly strips: readonly StripState[];
  /** The decoded front, white where a strip is missing; absent when no strip could be opened. */
  readonly front?: { readonly widthPx: number; readonly heightPx: number; readonly bits: Uint8Array };
}

const NO_STRIPS: readonly StripState[] = Array.from({ length: STRIPS }, () => "unreadable");
/** A4 at 200 dpi with room; what a header claims beyond it is no front of ours. */
const MAX_SIDE_PX = 4000;

/**
 * Judges a frame and its image layer against an inspector's keys. The order is from the outside in: is the key known,
 * does it open the body, does the signature hold, is the key or document revoked, do the strips hold, is the whole front
 * the one that was signed. Pure; never throws on what it is given. `unwrapper` opens data keys, by default with the keys that
 * the inspector has in memory. `nowMs` is the time of the check; it cannot lie before the list of void documents was made.
 */
export function judge(
  frame: Frame,
  image: ImageLayer,
  keys: InspectionKeys,
  unwrapper: KeyUnwrapper = keyUnwrapper(keys),
  nowMs: number = keys.asOfMs,
): Judgement {
  const closed = (answer: Answer, reason: string): Judgement => ({ answer, reason, strips: NO_STRIPS });
  if (!unwrapper.knows(frame.keyId)) return closed("unknown-key", "nobody here knows the encryption key");
  const { header, headerBytes } = frame;
  const dataKey = unwrapper.unwrap(frame.keyId, frame.wrapped, wrapAad(headerBytes));
  if (!dataKey) return closed("altered", "the data key does not belong to this header");
  const body = openGcm(dataKey, nonceOf(BODY_NONCE), bodyAad(headerBytes), frame.body);
  if (!body) return closed("altered", "the fields are not the sealed ones");
  const signatureAt = HASHES_BYTES + header.fieldBytes;
  if (signatureAt + SIGNATURE_BYTES > body.length) return closed("altered", "fields that do not fit their frame");
  const hashes = body.subarray(0, HASHES_BYTES);
  const bytes = body.subarray(HASHES_BYTES, signatureAt);
  const fields = parseJson(bytes, imageFields);
  if (!fields.ok) return closed("altered", "fields that are not of this format");
  const signer = signingKey(keys, fields.value.signedBy);
  if (!signer) return closed("unknown-key", "nobody here knows the signing key");
  const signature = body.subarray(signatureAt, signatureAt + SIGNATURE_BYTES);
  if (
    !signer.verify(signedFieldBytes(headerBytes, hashes, bytes), signature) ||
    signer.issuer !== fields.value.issuer
  ) {
    return closed("altered", "the signature does not hold");
  }
  const opened = openStrips(frame, dataKey, hashes, image);
  const known = { fields: fields.value, strips: opened.states, ...(opened.front ? { front: opened.front } : {}) };
  const asked = { ...keys, nowMs: Math.max(nowMs, keys.asOfMs) };
  return { ...known, ...verdict(frame, asked, signer.revokedFromMs, opened, fields.value) };
}

function verdict(
  frame: Frame,
  keys: InspectionKeys & { readonly nowMs: number },
  signerRevokedFromMs: number | undefined,
  opened: OpenedStrips,
  fields: ImageFields,
): { answer: Answer; reason: string } {
  const wrappingRevokedFromMs = keys.encryption.find((one) => one.keyId === frame.keyId)?.revokedFromMs;
  for (const fromMs of [signerRevokedFromMs, wrappingRevokedFromMs]) {
    if (fromMs !== undefined && fields.issuedAtMs >= fromMs) return { answer: "unknown-key", reason: "a revoked key" };
  }
  if (opened.states.includes("altered")) return { answer: "altered", reason: "a strip is not the sealed one" };
  const whole = opened.states.every((state) => state === "ok");
  if (whole && (!opened.front || hashPackedFront(opened.front) !== fields.frontHash)) {
    return { answer: "altered", reason: "the front is not the signed one" };
  }
  const { documentId } = frame.header;
  if (keys.voided.some((one) => one.documentId === documentId && one.fromMs <= keys.nowMs)) {
    return { answer: "voided", reason: "the issuer has declared the document void" };
  }
  if (whole) return { answer: "genuine", reason: "every strip, the signature and the front's hash hold" };
  return { answer: "partial", reason: "some strips cannot be read" };
}

interface OpenedStrips {
  readonly states: readonly StripState[];
  readonly front?: { readonly widthPx: number; readonly heightPx: number; readonly bits: Uint8Array };
}

const HASHES_BYTES = STRIPS * STRIP_HASH_BYTES;

function openStrips(
  { header, headerBytes }: Frame,
  dataKey: Uint8Array,
  hashes: Uint8Array,
  image: ImageLayer,
): OpenedStrips {
  const { widthPx, heightPx } = header;
  if (widthPx < 1 || widthPx > MAX_SIDE_PX || heightPx < STRIPS || heightPx > MAX_SIDE_PX) {
    return { states: NO_STRIPS.map(() => "altered") };
  }
  const stride = Math.ceil(widthPx / 8);
  const bits = new Uint8Array(stride * heightPx);
  const states = stripPlaces(header.stripBytes).map(({ from, to }, index): StripState => {
    if (to > image.bytes.length) return "altered";
    const [first, last] = wordsOfBytes(header.cellPx, from, to);
    if (!image.wordsOk.slice(first, last + 1).every(Boolean)) return "unreadable";
    const hash = hashes.subarray(index * STRIP_HASH_BYTES, (index + 1) * STRIP_HASH_BYTES);
    const strip = openStrip(dataKey, headerBytes, index, image.bytes.subarray(from, to), { widthPx, heightPx, hash });
    if (!strip) return "altered";
    bits.set(strip, stripTop(heightPx, index) * stride);
    return "ok";
  });
  return states.includes("ok") ? { states, front: { widthPx, heightPx, bits } } : { states };
}
