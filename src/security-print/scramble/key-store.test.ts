import { describe, expect, test } from "vitest";
import { DOCUMENT_ID, ISSUED_AT_MS, textLikeFront } from "../../../test/support/scramble.ts";
import { ok, unwrap } from "../../kernel/result.ts";
import { hashPackedFront } from "../pages/front.ts";
import { parseFrame } from "./frame.ts";
import { judge } from "./judge.ts";
import {
  inspectionKeysOf,
  keysInUse,
  newKeyStore,
  readKeyStore,
  revoked,
  rotated,
  tokenKeyInUse,
  voided,
} from "./key-store.ts";
import { tokenKeyIds } from "./keys.ts";
import { makePayload } from "./make-payload.ts";
import { codeFront } from "./strips.ts";

const first = newKeyStore("issuance-center", ISSUED_AT_MS);
const second = rotated(first, ISSUED_AT_MS + 1000);
const front = textLikeFront(1);

/** What an inspector with one store's keys says of a page that was made with another's. */
async function answer(made: typeof first, asked: typeof first, issuedAtMs = ISSUED_AT_MS): Promise<string> {
  const page = { municipality: "482013", documentId: DOCUMENT_ID, page: 1, pages: 1, issuedAtMs, values: [] };
  const whole = { ...page, front: codeFront(front), frontHash: hashPackedFront(front) };
  const payload = unwrap(await makePayload(whole, unwrap(keysInUse(made))));
  const layer = { bytes: payload.image, wordsOk: Array.from({ length: 100 }, () => true) };
  return judge(unwrap(parseFrame(payload.frame)), layer, inspectionKeysOf(asked, ISSUED_AT_MS)).answer;
}

const withKey = (key: object) => ({ ...first, encryption: [{ madeAtMs: 0, ...key }] });

const idsOf = (store: typeof first) => {
  const keys = inspectionKeysOf(store, ISSUED_AT_MS);
  return [...keys.encryption, ...keys.signing].map(({ keyId }) => keyId);
};

describe("a centre's image keys", () => {
  test("seal what their inspector reads, and what strangers' inspectors do not", async () => {
    expect(await answer(first, first)).toBe("genuine");
    expect(await answer(first, newKeyStore("issuance-center", 0))).toBe("unknown-key");
  });

  test("that were replaced still read what they sealed, and new ones are not known before", async () => {
    expect(await answer(first, second)).toBe("genuine");
    expect(await answer(second, second)).toBe("genuine");
    expect(await answer(second, first)).toBe("unknown-key");
    expect(new Set(idsOf(second)).size).toBe(4);
  });

  test.each([0, 2])("that are revoked are believed before that time only (key %i)", async (index) => {
    const store = revoked(second, idsOf(second)[index] ?? "", ISSUED_AT_MS + 500) ?? second;
    expect(await answer(first, store, ISSUED_AT_MS)).toBe("genuine");
    expect(await answer(first, store, ISSUED_AT_MS + 500)).toBe("unknown-key");
    const later = revoked(store, idsOf(second)[index] ?? "", ISSUED_AT_MS + 9000);
    expect(later).toEqual(store);
  });

  test("name no key that is not there", () => {
    expect(revoked(first, "0".repeat(16), 0)).toBeUndefined();
  });

  test("list a void document once, from the earliest time", async () => {
    const store = voided(first, DOCUMENT_ID, 5);
    expect(voided(store, DOCUMENT_ID, 9)).toEqual(store);
    expect(voided(voided(first, DOCUMENT_ID, 9), DOCUMENT_ID, 5)).toEqual(store);
    expect(await answer(first, store)).toBe("voided");
  });

  test("are not used when the last of them is revoked", () => {
    const store = revoked(first, idsOf(first)[0] ?? "", 0) ?? first;
    expect(keysInUse(store)).toMatchObject({ ok: false, error: { code: "K-IMAGE-108" } });
    expect(keysInUse(rotated(store, 1)).ok).toBe(true);
  });

  test("that lie in a token are named in the store, and nothing of them is given to inspectors", () => {
    const store = rotated(first, 1, "0123456789abcdef");
    expect(tokenKeyInUse(store)).toBe("0123456789abcdef");
    expect(tokenKeyInUse(rotated(store, 2))).toBeUndefined();
    expect(readKeyStore(Buffer.from(JSON.stringify(store)))).toEqual({ ok: true, value: store });
    const keys = inspectionKeysOf(revoked(store, "0123456789abcdef", 7) ?? store, ISSUED_AT_MS);
    expect(keys.encryption[1]).toEqual({ keyId: "0123456789abcdef", token: true, revokedFromMs: 7 });
    expect(tokenKeyIds(keys)).toEqual(["0123456789abcdef"]);
  });

  test("that lie in a token are used through it only", () => {
    const store = newKeyStore("issuance-center", 0, "0123456789abcdef");
    expect(keysInUse(store)).toMatchObject({ ok: false, error: { code: "K-IMAGE-125" } });
    const wrapper = (keyId: string) => ({ keyId, wrap: async () => ok(Buffer.alloc(60)) });
    expect(unwrap(keysInUse(store, { wrapper })).wrapper.keyId).toBe("0123456789abcdef");
  });

  test("come back from their file", () => {
    expect(readKeyStore(Buffer.from(JSON.stringify(second)))).toEqual({ ok: true, value: second });
  });

  test.each([
    ["nothing", ""],
    ["no keys", { ...first, encryption: [] }],
    ["a short key", { ...first, encryption: [{ madeAtMs: 0, key: "AAAA" }] }],
    ["a key both in the file and in a token", withKey({ key: "A".repeat(43), token: { keyId: "0".repeat(16) } })],
    ["a token's key without an id", withKey({ token: {} })],
    ["a signing key of garbage", { ...first, signing: [{ madeAtMs: 0, privateKey: "AAAA" }] }],
    ["an issuer with a slash", { ...first, issuer: "a/b" }],
  ])("are refused as %s", (_, value) => {
    const read = readKeyStore(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
    expect(read).toMatchObject({ ok: false, error: { code: "K-IMAGE-108" } });
  });

  test("of an inspector hold no private key", () => {
    const text = JSON.stringify(inspectionKeysOf(second, 0));
    for (const { privateKey } of second.signing) expect(text).not.toContain(privateKey);
  });
});
