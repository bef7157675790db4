import { type CodeData, type ImageFields, parseCodeText } from "./fields.ts";
import type { FrameHeader } from "./frame.ts";
import { type InspectionKeys, signingKey } from "./keys.ts";

/**
 * What the 2-D code of a back proves: `ok` its issuer signed it, and it speaks of this sheet as far as that is known;
 * `unreadable`; `false` nobody signed it; `other` it is signed, and speaks of another sheet; `unknown-key` of a key that is not
 * known, or was revoked.
 */
export type CodeState = "ok" | "unreadable" | "false" | "other" | "unknown-key";

export interface CodeJudgement {
  readonly state: CodeState;
  /** What it says, where its signature holds. */
  readonly data?: CodeData;
}

/** Judges a code's text beside what the scrambled image of the same sheet has said. Pure; never throws on what it is given. */
export function judgeCode(
  text: string | undefined,
  keys: InspectionKeys,
  sheet: { readonly header?: FrameHeader; readonly fields?: ImageFields | undefined } = {},
): CodeJudgement {
  if (text === undefined) return { state: "unreadable" };
  const code = parseCodeText(text);
  if (!code) return { state: "false" };
  const { data, signature, signed, signedBy } = code;
  const signer = signingKey(keys, signedBy);
  if (!signer) return { state: "unknown-key" };
  if (!signer.verify(signed, signature) || signer.issuer !== data.issuer) return { state: "false" };
  if (signer.revokedFromMs !== undefined && data.issuedAtMs >= signer.revokedFromMs) return { state: "unknown-key" };
  return { state: isOfSheet(data, sheet) ? "ok" : "other", data };
}

function isOfSheet(data: CodeData, { header, fields }: Parameters<typeof judgeCode>[2] & {}): boolean {
  const sameHeader =
    !header || (data.documentId === header.documentId && data.page === header.page && data.pages === header.pages);
  return sameHeader && (!fields || (data.frontHash === fields.frontHash && data.issuedAtMs === fields.issuedAtMs));
}
