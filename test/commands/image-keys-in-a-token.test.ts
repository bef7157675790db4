import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { hashPackedFront } from "../../src/security-print/pages/front.ts";
import { imageKeyFile, keysInUse } from "../../src/security-print/scramble/key-store.ts";
import { makePayload } from "../../src/security-print/scramble/make-payload.ts";
import { codeFront } from "../../src/security-print/scramble/strips.ts";
import { createTokenProcess } from "../../src/security-print/token/token-process.ts";
import { drawnBack, perfectScan } from "../support/print-scan/backs.ts";
import { begin, madoguchi } from "../support/run-command.ts";
import { DOCUMENT_ID, ISSUED_AT_MS, textLikeFront, VALUES } from "../support/scramble.ts";
import { createTestSoftHsm } from "../support/softhsm.ts";

const hsm = createTestSoftHsm();
const pkcs11 = hsm.token("centre");
const [tokenFile, otherFile] = [hsm.tokenFile("centre"), hsm.tokenFile("other")];
const at = (name: string) => join(hsm.folder, name);
const [store, exported, fresh] = [at("store.json"), at("inspection.json"), at("fresh.json")];
/** Scans of backs that were made with the keys in the file, and later with those in the token. */
const [byFile, byToken] = [at("by-file.png"), at("by-token.png")];

const done = async (...words: string[]) => {
  const ran = await madoguchi("image-keys", ...words);
  expect(ran.code, ran.err).toBe(0);
  return ran.out;
};
const listed = async () => JSON.parse(await done("list", store, "--json")).keys as { keyId: string; where: string }[];

/** Draws and scans a back under the keys that the store has in use. */
async function scanInto(file: string): Promise<void> {
  const token = createTokenProcess(pkcs11, { clock: systemClock });
  const front = textLikeFront(1);
  const page = { municipality: "482013", documentId: DOCUMENT_ID, page: 1, pages: 1, issuedAtMs: ISSUED_AT_MS };
  const whole = { ...page, values: VALUES, front: codeFront(front), frontHash: hashPackedFront(front) };
  const payload = unwrap(await makePayload(whole, unwrap(keysInUse(unwrap(imageKeyFile(store)), token))));
  await token.close();
  const { widthPx: width, heightPx: height, pixels } = perfectScan(await drawnBack(payload));
  await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toFile(file);
}

beforeAll(async () => {
  await done("new", store, "--issuer", "centre.example");
  await scanInto(byFile);
  await done("rotate", store, "--token", tokenFile);
  await scanInto(byToken);
  await done("export", store, "--out", exported);
});
afterAll(() => hsm.destroy());

describe("./madoguchi image-keys with a token", () => {
  it("moves a store to the token by rotating, and shows where each key lies", async () => {
    expect((await listed()).map(({ where }) => where)).toEqual(["file", "token", "file", "file"]);
    expect(await done("list", store)).toMatch(/encryption [0-9a-f]{16} {2}in the token {2}made .* in use\n/);
  });

  it("has nothing of the token's key in the store, nor in what inspectors are given", async () => {
    const keyId = (await listed())[1]?.keyId;
    expect(JSON.parse(readFileSync(store, "utf8")).encryption[1]).toEqual({
      madeAtMs: expect.any(Number),
      token: { keyId },
    });
    expect(JSON.parse(readFileSync(exported, "utf8")).encryption[1]).toEqual({ keyId, token: true });
  });

  it("makes a new store with its first key in the token, which revoking and voiding leave there", async () => {
    await done("new", fresh, "--issuer", "centre.example", "--token", tokenFile);
    const [key] = JSON.parse(await done("list", fresh, "--json")).keys as { keyId: string; where: string }[];
    expect(key?.where).toBe("token");
    await done("revoke", fresh, key?.keyId ?? "");
    expect(await done("list", fresh)).toContain("in the token  made");
    expect(hsm.pkcs11Tool("centre", "--list-objects", "--type", "secrkey")).toContain(key?.keyId);
  });

  it("never takes a key out of the token because an option was forgotten", async () => {
    const before = readFileSync(store, "utf8");
    const refused = await madoguchi("image-keys", "rotate", store);
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/K-IMAGE-125.*\n.*--token FILE\.yaml/) });
    expect(readFileSync(store, "utf8")).toBe(before);
  });

  it("leaves the store as it is when the token does not take the PIN, and tells none", async () => {
    const [pinFile, file] = [at("wrong-pin"), at("wrong-pin.yaml")];
    writeFileSync(pinFile, "90210\n");
    writeFileSync(file, JSON.stringify({ ...pkcs11, pinFile }));
    const before = readFileSync(store, "utf8");
    const refused = await madoguchi("image-keys", "rotate", store, "--token", file);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("K-IMAGE-122") });
    expect(refused.err).not.toContain("90210");
    expect(readFileSync(store, "utf8")).toBe(before);
  });

  it("refuses a file that names no token, with line and key", async () => {
    const file = at("half.yaml");
    writeFileSync(file, `module: libsofthsm2.so\nlabel: centre\npin: "${hsm.pin}"\n`);
    const refused = await madoguchi("image-keys", "rotate", store, "--token", file);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/K-CONF-103.*line=1, key=module.*absolute path/);
    expect(refused.err).toMatch(/K-CONF-103.*key=pin\b.*no such key/);
    expect(refused.err).not.toContain(hsm.pin);
  });
});

describe("./madoguchi inspect with keys that lie in a token", () => {
  const inspect = (...words: string[]) => madoguchi("inspect", ...words, "--keys", exported);

  it("opens with the token what was sealed in it, and what was sealed before", async () => {
    const opened = await inspect(byFile, byToken, "--json", "--token", tokenFile);
    expect(opened.code, opened.err).toBe(0);
    const answers = opened.out.trimEnd().split("\n");
    expect(answers.map((line) => JSON.parse(line).answer)).toEqual(["genuine", "genuine"]);
  });

  it("asks for the token when none is named, and judges nothing", async () => {
    const refused = await inspect(byToken);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toMatch(/K-IMAGE-125.*\n.*Name the token with --token/);
  });

  it("says of another token that the keys are not in it, and judges nothing", async () => {
    const refused = await inspect(byToken, "--token", otherFile);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toMatch(/K-IMAGE-124.*\n.*Name the token in which the key was made/);
  });
});

describe("./madoguchi inquiry with keys that lie in a token", () => {
  it("opens with the token, and tells a code instead of an answer while it is away", async () => {
    const site = begin("inquiry", "--keys", exported, "--token", tokenFile, "--port", "18473");
    const url = await site.lineOf(/^http:/);
    const asked = async (scan: string) =>
      (await fetch(`${url}v1/inspect`, { method: "POST", body: readFileSync(scan) })).text();
    expect(await asked(byToken)).toContain('"answer":"genuine"');
    hsm.pull();
    const away = await asked(byToken);
    const inFile = await asked(byFile);
    hsm.plugIn();
    expect(away).toContain('{"kind":"failed","code":"K-IMAGE-123"}');
    expect(away).not.toContain('"answer"');
    expect(inFile).toContain('"answer":"genuine"');
    expect(await asked(byToken)).toContain('"answer":"genuine"');
    site.process.kill("SIGINT");
    expect((await site.finished).code).toBe(0);
  });

  it("asks for the token when none is named, and serves nothing", async () => {
    const refused = await madoguchi("inquiry", "--keys", exported, "--port", "18474");
    expect(refused).toMatchObject({ code: 2, out: "", err: expect.stringContaining("K-IMAGE-125") });
  });
});
