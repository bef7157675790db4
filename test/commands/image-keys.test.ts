import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { readInspectionKeys } from "../../src/security-print/inspect/keys-file.ts";
import { madoguchi } from "../support/run-command.ts";
import { DOCUMENT_ID } from "../support/scramble.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-image-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("./madoguchi image-keys", () => {
  it("makes a store, rotates, revokes and voids in it, and exports what an inspector needs", async () => {
    const [store, exported] = [join(folder, "store.json"), join(folder, "inspection.json")];
    const done = async (...words: string[]) => {
      const ran = await madoguchi("image-keys", ...words);
      expect(ran.code, ran.err).toBe(0);
      return ran.out;
    };
    await done("new", store, "--issuer", "centre.example");
    expect(statSync(store).mode & 0o777).toBe(0o600);
    const again = await madoguchi("image-keys", "new", store, "--issuer", "other");
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining("is there already") });

    const [old] = JSON.parse(await done("list", store, "--json")).keys as { keyId: string }[];
    await done("rotate", store);
    await done("revoke", store, old?.keyId ?? "", "--from", "2026-11-25T09:00:00+09:00");
    await done("void", store, DOCUMENT_ID, "--from", "2026-11-25T09:00:00+09:00");
    await done("export", store, "--out", exported);
    const keys = unwrap(readInspectionKeys(readFileSync(exported)));
    const fromMs = Date.UTC(2026, 10, 25);
    expect(keys.encryption.map(({ keyId, revokedFromMs }) => [keyId === old?.keyId, revokedFromMs])).toEqual([
      [true, fromMs],
      [false, undefined],
    ]);
    expect(keys.signing.map(({ issuer }) => issuer)).toEqual(["centre.example", "centre.example"]);
    expect(keys.voided).toEqual([{ documentId: DOCUMENT_ID, fromMs }]);

    const stranger = await madoguchi("image-keys", "revoke", store, "0".repeat(16));
    expect(stranger).toMatchObject({ code: 2, err: expect.stringContaining("no key of this store") });
    const none = await madoguchi("image-keys", "list", exported);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("K-IMAGE-108") });
  });
});
