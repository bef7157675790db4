import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IssuanceCenterConfig } from "../../src/issuance-center/config.ts";
import { loadKeys } from "../../src/issuance-center/keys.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { parseFrame } from "../../src/security-print/scramble/frame.ts";
import { newKeyStore } from "../../src/security-print/scramble/key-store.ts";
import { wrapAad } from "../../src/security-print/scramble/make-payload.ts";
import { parsePayload } from "../../src/security-print/scramble/payload.ts";
import { createTokenProcess, type TokenProcess } from "../../src/security-print/token/token-process.ts";
import { applied, codeOf, makeCard, makeKiosk, type TestCard, type TestKiosk } from "../support/centre-kiosk.ts";
import { type CentreTown, startCentreTown } from "../support/centre-town.ts";
import { createTestDatabases } from "../support/databases.ts";
import { createTestSoftHsm } from "../support/softhsm.ts";

const databases = createTestDatabases("embedded");
const hsm = createTestSoftHsm();
const pkcs11 = hsm.token("centre");
const imageKeys = join(hsm.folder, "image-keys.json");
let token: TokenProcess;
let keyId: string;
let town: CentreTown;
let kiosk: TestKiosk;
let card: TestCard;

beforeAll(async () => {
  token = createTokenProcess(pkcs11, { clock: systemClock });
  keyId = unwrap(await token.generate());
  writeFileSync(imageKeys, JSON.stringify(newKeyStore("issuance-center", 0, keyId)));
  town = await startCentreTown({ database: databases.config, imageKeys: { imageKeys, pkcs11 } });
  card = await makeCard(town);
  kiosk = await makeKiosk(town);
});
afterAll(async () => {
  kiosk?.close();
  await town?.stop();
  await token.close();
  databases.destroy();
  hsm.destroy();
});

describe("an issuance centre whose image keys lie in a token", () => {
  it("refuses an issuance with the token's code while it is away, and prepares the very same choice when it is back", async () => {
    const { requestId, application } = await applied(kiosk, card);
    const choice = kiosk.choice(application);
    hsm.pull();
    expect(codeOf(await kiosk.call("prepare", { requestId, choice }))).toBe("K-IMAGE-123");
    hsm.plugIn();
    const { documents } = unwrap(await kiosk.call("prepare", { requestId, choice }));
    const payload = unwrap(parsePayload(Buffer.from(documents[0]?.payloads[0] ?? "", "base64url")));
    const frame = unwrap(parseFrame(payload.frame));
    expect(frame.keyId).toBe(keyId);
    expect(unwrap(await token.unwrap(keyId, frame.wrapped, wrapAad(frame.headerBytes)))).toHaveLength(32);
  });

  it("does not start without its token, nor with another one, and says which file needs it; a token that is away is no error in a file", async () => {
    const config = { ...centreFiles(town), imageKeys } as IssuanceCenterConfig;
    expect(await loadKeys(config)).toMatchObject({
      error: { code: "K-CONF-101", detail: { file: imageKeys }, cause: { code: "K-IMAGE-125" } },
    });
    const other = createTokenProcess(hsm.token("other"), { clock: systemClock });
    expect(await loadKeys(config, other)).toMatchObject({
      error: { code: "K-CONF-101", cause: { code: "K-IMAGE-124", detail: { keyId } } },
    });
    await other.close();
    hsm.pull();
    const away = createTokenProcess(pkcs11, { clock: systemClock });
    expect(await loadKeys(config, away)).toMatchObject({ ok: false, error: { code: "K-IMAGE-123" } });
    hsm.plugIn();
    expect((await loadKeys(config, away)).ok).toBe(true);
    await away.close();
  });
});

/** The files of the centre that runs. */
function centreFiles({ pki }: CentreTown): Partial<IssuanceCenterConfig> {
  return {
    tls: { ...pki.issuanceCenter.tls, authorities: [pki.authorities.centre] },
    signer: pki.issuanceCenter.signer,
    sealingKey: pki.issuanceCenter.sealing.privateKey,
    kioskAuthorities: [pki.authorities.device],
    municipalityAuthorities: [pki.authorities.municipality],
    jpkiAuthorities: [...pki.authorities.jpki],
  };
}
