import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type InsertedCard, insertCard } from "../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard, type SimulatedCard } from "../../devices/card-reader/simulator/simulated-card.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createJudgedCard } from "../support/judged-card.ts";
import { openscTools, runTool } from "../support/opensc.ts";
import { createTestPcscd, type TestPcscd } from "../support/pcscd/pcscd.ts";

/** OpenSC, which has a driver for JPKI cards that nobody here wrote, uses the simulated card as if it were plastic. */
const judged = createJudgedCard();
let pcscd: TestPcscd;
let lying: InsertedCard | undefined;
const tools = openscTools();

beforeAll(async () => {
  pcscd = await createTestPcscd();
});
afterEach(async () => {
  await lying?.remove();
  lying = undefined;
});
afterAll(async () => {
  await pcscd?.destroy();
});

/** Puts a card on the reader and waits until pcscd has seen it (it looks every 400 ms). */
async function put(card: SimulatedCard = createSimulatedCard({ profile: judged.profile })): Promise<SimulatedCard> {
  lying = unwrap(insertCard(card, `tcp:127.0.0.1:${pcscd.port}`, { clock: systemClock }));
  await run("opensc-tool", "--wait", "--atr");
  return card;
}

/** Runs one of OpenSC's tools against this pcscd. */
const run = (tool: string, ...args: string[]) => runTool(pcscd, tool, args);
const pkcs11 = (...args: string[]) => run("pkcs11-tool", "--module", tools.module, ...args);
const verified = (message: string, signature: string, key: string) =>
  spawnSync("openssl", ["dgst", "-sha256", "-verify", key, "-signature", signature, message], { encoding: "utf8" });

describe("OpenSC", () => {
  it("names the card jpki by its own driver", async () => {
    await put();
    expect((await run("opensc-tool", "--name")).out.trim()).toBe("jpki");
  });

  it("lists both certificates, both keys and both PINs", async () => {
    await put();
    const { out } = await run("pkcs15-tool", "-D");
    for (const name of ["User Authentication Certificate", "Digital Signature Certificate"])
      expect(out).toContain(name);
    for (const name of ["User Authentication Key", "Digital Signature Key"]) expect(out).toContain(name);
    for (const name of ["User Authentication PIN", "Digital Signature PIN"]) expect(out).toContain(name);
  });

  it("reads the certificate out, byte for byte", async () => {
    await put();
    const { out } = await run("pkcs15-tool", "--read-certificate", "1");
    const der = Buffer.from(out.replace(/-----[^-]+-----|\s/g, ""), "base64");
    expect(der.equals(judged.certificate.raw)).toBe(true);
  });

  it("signs with PIN 1234, and openssl verifies with the certificate's key", async () => {
    await put();
    const message = join(pcscd.folder, "message");
    const signature = join(pcscd.folder, "signature");
    const key = join(pcscd.folder, "key.pem");
    writeFileSync(message, "a request");
    writeFileSync(key, judged.certificate.publicKey.export({ type: "spki", format: "pem" }));
    const signed = await pkcs11(
      ...["--login", "--pin", "1234", "--sign", "--mechanism", "SHA256-RSA-PKCS"],
      ...["--input-file", message, "--output-file", signature],
    );
    expect(signed.code).toBe(0);
    expect(verified(message, signature, key).stdout.trim()).toBe("Verified OK");
    // And the judge can say no.
    const other = readFileSync(signature);
    other.writeUInt8(other.readUInt8(100) ^ 1, 100);
    writeFileSync(signature, other);
    expect(verified(message, signature, key).status).not.toBe(0);
  });

  it.each([
    // A card that says 6984 before the login is none of its cards; one that says 63C0 has a PIN without tries.
    [0x6984, "CKR_TOKEN_NOT_RECOGNIZED", "Unsupported card"],
    [0x63c0, "CKR_PIN_INCORRECT", "Tries left     : 0"],
  ] as const)(
    "counts down with the card, and cannot log in once the PIN is blocked (a blocked PIN answers %i)",
    async (blockedAnswer, refusal, words) => {
      const card = await put(createSimulatedCard({ profile: judged.profile, behaviour: { blockedAnswer } }));
      for (const triesLeft of [2, 1, 0]) {
        const { code, err } = await pkcs11("--login", "--pin", "0000", "--list-objects");
        expect([code === 0, card.pins.auth.triesLeft]).toEqual([false, triesLeft]);
        expect(err).toContain("CKR_PIN_INCORRECT");
        if (triesLeft > 0) expect((await run("pkcs15-tool", "-D")).out).toContain(`Tries left     : ${triesLeft}`);
      }
      const blocked = await pkcs11("--login", "--pin", "1234", "--list-objects");
      expect([blocked.code === 0, card.pins.auth.triesLeft]).toEqual([false, 0]);
      expect(blocked.err).toContain(refusal);
      const { out, err } = await run("pkcs15-tool", "-D");
      expect(out + err).toContain(words);
    },
  );
});
