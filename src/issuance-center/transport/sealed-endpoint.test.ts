import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { createIdSource } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { fail, ok, type Result, unwrap } from "../../kernel/result.ts";
import { loadSigner } from "../../protocol/identity-files.ts";
import { tags } from "../../protocol/roles.ts";
import { generateSealingKeyPair, type SealedMessage, type SealingKeyPair, seal } from "../../protocol/sealing.ts";
import { type Signer, signStatement } from "../../protocol/statement.ts";
import { ensureTownPki, type TownPki } from "../../town/pki/town-pki.ts";
import type { Claim, MessageStore } from "../store/messages.ts";
import { createSealedEndpoint } from "./sealed-endpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "sealed-endpoint-"));
const clock = createFakeClock();
const ids = createIdSource(clock);
let pki: TownPki;
let kiosk: Signer;
let centre: Signer;
let sealing: SealingKeyPair;

beforeAll(async () => {
  pki = await ensureTownPki(folder, { municipalities: [], kiosks: ["kiosk-1"] });
  kiosk = unwrap(loadSigner(pki.kiosks["kiosk-1"] ?? { certificate: "", key: "" }));
  centre = unwrap(loadSigner(pki.issuanceCenter.signer));
  sealing = await generateSealingKeyPair();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A message store that claims as it is told, and remembers what was done. */
function storeThat(claim: Claim): MessageStore & { readonly done: string[] } {
  const done: string[] = [];
  return {
    done,
    claim: async () => claim,
    answer: async () => void done.push("answered"),
    abandon: async () => void done.push("abandoned"),
    forgetBefore: async () => {},
    abandonAll: async () => {},
  };
}

const endpoint = (messages: MessageStore, perform: () => Promise<Result<unknown>>) =>
  createSealedEndpoint({
    sealing,
    signer: centre,
    kioskAuthorities: [new X509Certificate(readFileSync(pki.authorities.device))],
    messages,
    clock,
    logger: silentLogger,
    perform,
  });

async function message(replyTo?: string): Promise<SealedMessage> {
  const envelope = {
    operation: "open",
    messageId: ids(),
    sentAtMs: clock.nowMs(),
    replyTo: replyTo ?? (await generateSealingKeyPair()).publicKey,
    body: {},
  };
  const signed = signStatement(tags.kioskRequest, envelope, kiosk);
  return seal(sealing.publicKey, "MDG-SEAL-KIOSK-TO-CENTRE-1", Buffer.from(JSON.stringify(signed), "utf8"));
}

describe("the sealed endpoint", () => {
  it("keeps the answer of a message that it was given to answer", async () => {
    const store = storeThat({ claim: "mine" });
    expect((await endpoint(store, async () => ok({}))(await message())).ok).toBe(true);
    expect(store.done).toEqual(["answered"]);
  });

  it("leaves a message to whoever answers it at this moment", async () => {
    const store = storeThat({ claim: "busy" });
    let performed = false;
    const answer = endpoint(store, async () => {
      performed = true;
      return ok({});
    });
    expect(await answer(await message())).toMatchObject({ ok: false, error: { code: "K-CENT-123" } });
    expect([performed, store.done]).toEqual([false, []]);
  });

  it.each(["K-CENT-123", "K-CENT-140"] as const)("gives the message back when its work ends with %s", async (code) => {
    const store = storeThat({ claim: "mine" });
    const answered = await endpoint(store, async () => fail(code))(await message());
    expect(answered).toMatchObject({ ok: false, error: { code } });
    expect(store.done).toEqual(["abandoned"]);
  });

  it("keeps a refusal as the message's answer", async () => {
    const store = storeThat({ claim: "mine" });
    expect((await endpoint(store, async () => fail("K-CENT-105"))(await message())).ok).toBe(true);
    expect(store.done).toEqual(["answered"]);
  });

  it("gives the message back when a bug ends its work, and does not hide the bug", async () => {
    const store = storeThat({ claim: "mine" });
    const answer = endpoint(store, () => Promise.reject(new TypeError("a bug")));
    await expect(answer(await message())).rejects.toThrow("a bug");
    expect(store.done).toEqual(["abandoned"]);
  });

  it("refuses a reply key that nothing can be sealed to", async () => {
    const store = storeThat({ claim: "mine" });
    const answered = await endpoint(store, async () => ok({}))(await message("AAAA"));
    expect(answered).toMatchObject({ ok: false, error: { code: "K-BIND-103", detail: { what: "replyTo" } } });
    expect(store.done).toEqual(["abandoned"]);
  });
});
