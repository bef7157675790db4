import { describe, expect, test } from "vitest";
import { DOCUMENT_ID, ISSUED_AT_MS, strangeSigner, TestCentre, textLikeFront } from "../../../test/support/scramble.ts";
import { unwrap } from "../../kernel/result.ts";
import { hashPackedFront } from "../pages/front.ts";
import { parseFrame } from "./frame.ts";
import { judgeCode } from "./judge-code.ts";

const centre = new TestCentre("code");
const keys = centre.inspectionKeys();
const honest = centre.payload();
const { header } = unwrap(parseFrame(honest.frame));
const fields = {
  issuer: "issuance-center",
  issuedAtMs: ISSUED_AT_MS,
  frontHash: hashPackedFront(textLikeFront(1)),
  signedBy: centre.signer.keyId,
  values: [],
};

describe("the 2-D code of a back", () => {
  test("that is the issuer's own, beside its image or alone, is good and says whose back it is", () => {
    const data = { documentId: DOCUMENT_ID, page: 1, pages: 1, issuedAtMs: ISSUED_AT_MS, frontHash: fields.frontHash };
    for (const sheet of [{}, { header }, { header, fields }]) {
      expect(judgeCode(honest.codeText, keys, sheet)).toMatchObject({ state: "ok", data });
    }
  });

  test.each([
    ["another document", { documentId: DOCUMENT_ID.replace("ab", "ac") }],
    ["another page", { page: 2, pages: 2 }],
    ["another front", { front: textLikeFront(2) }],
    ["another time", { issuedAtMs: ISSUED_AT_MS + 1 }],
  ])("that the issuer signed for %s is called another sheet's", (_, change) => {
    const { codeText } = centre.payload(change);
    expect(judgeCode(codeText, keys, { header, fields }).state).toBe("other");
    expect(judgeCode(codeText, keys).state).toBe("ok");
  });

  test("of which any sign was changed is false, of an unknown key, or no code of ours; never good", () => {
    for (let at = 0; at < honest.codeText.length; at++) {
      const sign = honest.codeText[at] === "1" ? "2" : "1";
      const changed = honest.codeText.slice(0, at) + sign + honest.codeText.slice(at + 1);
      const { state, data } = judgeCode(changed, keys);
      // The last sign of a signature in base64url has two bits that mean nothing.
      if (at === honest.codeText.length - 1) continue;
      expect([changed, ["false", "unknown-key"].includes(state), data]).toEqual([changed, true, undefined]);
    }
  });

  test("is unreadable, false, or of a key that is not known or was revoked", () => {
    expect(judgeCode(undefined, keys)).toEqual({ state: "unreadable" });
    expect(judgeCode("https://example.jp/", keys)).toEqual({ state: "false" });
    expect(judgeCode(centre.payload({}, strangeSigner()).codeText, keys)).toEqual({ state: "unknown-key" });
    const revoked = keys.signing.map((key) => ({ ...key, revokedFromMs: ISSUED_AT_MS }));
    expect(judgeCode(honest.codeText, { ...keys, signing: revoked })).toEqual({ state: "unknown-key" });
    const renamed = keys.signing.map((key) => ({ ...key, issuer: "another centre" }));
    expect(judgeCode(honest.codeText, { ...keys, signing: renamed })).toEqual({ state: "false" });
  });
});
