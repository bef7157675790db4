import { z } from "zod";
import { joinFields } from "../../protocol/encoding.ts";
import { hash256, shortText, timeMs } from "../../protocol/schema.ts";

/** What the field layer says in words, as JSON with short names; it is sealed, and signed inside. */
export const imageFields = z.strictObject({
  /** Who issued: the issuance centre's name, as its signing key's entry has it. */
  issuer: shortText,
  issuedAtMs: timeMs,
  /** Front hash of this page; see `pages/front.ts`. */
  frontHash: hash256,
  /** Id of the key that signed. */
  signedBy: z.string().regex(/^[0-9a-f]{16}$/),
  /** The certificate's key fields of this page: label and value. As many as there is room for, in their order. */
  values: z.array(z.tuple([z.string().max(40), z.string().max(200)])).max(40),
});
export type ImageFields = z.infer<typeof imageFields>;

export const SIGNATURE_BYTES = 64;

/** What the signature in the body covers: the whole header, the hash of every strip, and the fields. */
export function signedFieldBytes(headerBytes: Uint8Array, stripHashes: Uint8Array, fields: Uint8Array): Buffer {
  return joinFields("MDG-SCRAMBLE-1", headerBytes, stripHashes, fields);
}

/** The fields as bytes, with as many values as fit into `roomBytes`. */
export function encodeFields(fields: ImageFields, roomBytes: number): Buffer {
  const values = [...fields.values];
  for (;;) {
    const bytes = Buffer.from(JSON.stringify({ ...fields, values }), "utf8");
    if (bytes.length <= roomBytes) return bytes;
    if (values.pop() === undefined) throw new RangeError("an issuer's name that does not fit into a frame");
  }
}

/** The data of the 2-D code beside the readable line, signed; no personal data. */
export interface CodeData {
  readonly documentId: string;
  readonly issuer: string;
  readonly issuedAtMs: number;
  readonly page: number;
  readonly pages: number;
  readonly frontHash: string;
}

const CODE_PREFIX = "MDG1";
const CODE_DOMAIN = "MDG-CODE-1";

/** The code's text: fields between slashes, then the signer's key id and signature. */
export function codeText(data: CodeData, signer: { readonly keyId: string; sign(bytes: Uint8Array): Buffer }): string {
  const { documentId, issuer, issuedAtMs, page, pages, frontHash } = data;
  const said = [CODE_PREFIX, documentId, issuer, issuedAtMs, page, pages, frontHash, signer.keyId].join("/");
  return `${said}/${signer.sign(joinFields(CODE_DOMAIN, said)).toString("base64url")}`;
}

/** A code's text taken apart, not verified: what was signed, by which key, and the signature. Undefined for other codes. */
export function parseCodeText(
  text: string,
):
  | { readonly data: CodeData; readonly signedBy: string; readonly signed: Buffer; readonly signature: Buffer }
  | undefined {
  const parts = text.split("/");
  const [prefix, documentId, issuer, issuedAtMs, page, pages, frontHash, signedBy, signature] = parts;
  if (parts.length !== 9 || prefix !== CODE_PREFIX || !documentId || !issuer || !frontHash || !signedBy || !signature) {
    return undefined;
  }
  return {
    data: { documentId, issuer, issuedAtMs: Number(issuedAtMs), page: Number(page), pages: Number(pages), frontHash },
    signedBy,
    signed: joinFields(CODE_DOMAIN, parts.slice(0, -1).join("/")),
    signature: Buffer.from(signature, "base64url"),
  };
}
