import { describe, expect, test } from "vitest";
import { TestCentre } from "../../../test/support/scramble.ts";
import type { InspectionKeys } from "../scramble/keys.ts";
import { readInspectionKeys } from "./keys-file.ts";

const keys = new TestCentre("keys").inspectionKeys();
const others = new TestCentre("others").inspectionKeys();
const read = (value: unknown) => readInspectionKeys(Buffer.from(JSON.stringify(value)));
const with1 = (change: Partial<InspectionKeys>) => ({ ...keys, ...change });
const [signing] = keys.signing;
const [encryption] = keys.encryption.flatMap((one) => ("key" in one ? [one] : []));

describe("the file with an inspector's keys", () => {
  test("is read as it was written", () => {
    expect(read(keys)).toEqual({ ok: true, value: keys });
  });

  test("may have only the id of a key that lies in a token", () => {
    const named = with1({ encryption: [...keys.encryption, { keyId: "0".repeat(16), token: true, revokedFromMs: 9 }] });
    expect(read(named)).toEqual({ ok: true, value: named });
  });

  test.each([
    [
      "a key that lies in a token and in the file",
      with1({ encryption: [{ ...keys.encryption[0], token: true } as never] }),
    ],
    ["no JSON", "not JSON at all"],
    ["another version", { ...keys, version: 2 }],
    ["a key more than the format has", { ...keys, private: "x" }],
    [
      "an encryption key under another's id",
      with1({ encryption: [{ ...others.encryption[0], keyId: "0".repeat(16), key: encryption?.key ?? "" }] }),
    ],
    ["a short encryption key", with1({ encryption: [{ keyId: encryption?.keyId ?? "", key: "AAAA" }] })],
    [
      "a signing key under another's id",
      with1({ signing: [{ keyId: "0".repeat(16), publicKey: signing?.publicKey ?? "", issuer: "x" }] }),
    ],
    ["a signing key of garbage", with1({ signing: [{ keyId: "0".repeat(16), publicKey: "AAAA", issuer: "x" }] })],
  ])("is refused for %s", (_, value) => {
    expect(read(value)).toMatchObject({ ok: false, error: { code: "K-IMAGE-105" } });
  });
});
