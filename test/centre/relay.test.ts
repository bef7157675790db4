import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createRateLimit } from "../../src/kernel/rate-limit.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { fromBase64Url, toBase64Url } from "../../src/protocol/encoding.ts";
import { createJsonClient } from "../../src/protocol/http/client.ts";
import { loadSigner, loadTlsIdentity, type SignerFiles } from "../../src/protocol/identity-files.ts";
import { relayReply, type UsageRecord, usageReply } from "../../src/protocol/messages/kiosk.ts";
import { generateSealingKeyPair, openSealed, type SealedMessage, seal } from "../../src/protocol/sealing.ts";
import { codeOf, makeCard, makeKiosk, type TestKiosk } from "../support/centre-kiosk.ts";
import { type CentreTown, CITY, KIOSK, OTHER_KIOSK, startCentreTown } from "../support/centre-town.ts";
import { createTestDatabases } from "../support/databases.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const databases = createTestDatabases("embedded");
let town: CentreTown;
let kiosk: TestKiosk;

beforeAll(async () => {
  town = await startCentreTown({ database: databases.config });
});
afterAll(async () => {
  await town.stop();
  databases.destroy();
});
beforeEach(async () => {
  kiosk = await makeKiosk(town);
});
afterEach(() => kiosk.close());

/** The same message with one bit of its ciphertext changed. */
function bent(message: SealedMessage): SealedMessage {
  const bytes = fromBase64Url(message.ciphertext);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  return { ...message, ciphertext: toBase64Url(bytes) };
}

describe("the relay", () => {
  it("carries bytes in which nothing of the request or the reply can be read", async () => {
    const card = await makeCard(town);
    const opened = unwrap(await kiosk.call("open", {}));
    const message = await kiosk.message("apply", { application: kiosk.application(card, opened) });
    const reply = unwrap(await kiosk.sendRaw(message.sealed));
    for (const one of [message.sealed, reply.message]) {
      const seen = Buffer.concat([fromBase64Url(one.enc), fromBase64Url(one.ciphertext)]);
      for (const secret of [CITY, opened.requestId, KIOSK, opened.nonce]) expect(seen.includes(secret)).toBe(false);
    }
    const ofOperator = await generateSealingKeyPair();
    const asCentre = await openSealed(ofOperator, "MDG-SEAL-KIOSK-TO-CENTRE-1", message.sealed);
    const asKiosk = await openSealed(ofOperator, "MDG-SEAL-CENTRE-TO-KIOSK-1", reply.message, message.messageId);
    expect([codeOf(asCentre), codeOf(asKiosk)]).toEqual(["K-BIND-105", "K-BIND-105"]);
  });

  it("gives a reply that neither another kiosk nor another session of this kiosk can open", async () => {
    const message = await kiosk.message("open", {});
    const reply = unwrap(await kiosk.sendRaw(message.sealed));
    const other = await makeKiosk(town);
    const opened = await openSealed(other.session, "MDG-SEAL-CENTRE-TO-KIOSK-1", reply.message, message.messageId);
    expect(codeOf(opened)).toBe("K-BIND-105");
    other.close();
  });

  it("is found out when it alters a message, a reply, or swaps two replies", async () => {
    const one = await kiosk.message("open", {});
    const two = await kiosk.message("open", {});
    const swapped = { ...one, sealed: two.sealed };
    expect(codeOf(await kiosk.send({ ...one, sealed: bent(one.sealed) }))).toBe("K-BIND-105");
    expect(codeOf(await kiosk.send(swapped))).toBe("K-TUNNEL-104");
  });

  it("cannot write a message of its own: its key is not a kiosk's", async () => {
    const operator = unwrap(loadSigner(town.pki.operatorCenter.tls));
    expect(codeOf(await kiosk.send(await kiosk.message("open", {}, { signer: operator })))).toBe("K-BIND-102");
  });

  it("cannot replay a message after its time", async () => {
    const message = await kiosk.message("open", {}, { atMs: town.clock.nowMs() - 5 * 60_000 - 1 });
    expect(codeOf(await kiosk.send(message))).toBe("K-BIND-104");
  });

  it("carries no message that is not sealed to the centre or not a signed request", async () => {
    const key = readFileSync(town.pki.issuanceCenter.sealing.publicKey, "utf8").trim();
    const soup = await seal(key, "MDG-SEAL-KIOSK-TO-CENTRE-1", Buffer.from("{}", "utf8"));
    const wrongPurpose = await seal(key, "MDG-SEAL-PERSON-KEY-1", Buffer.from("{}", "utf8"));
    const codes = [codeOf(await kiosk.sendRaw(soup)), codeOf(await kiosk.sendRaw(wrongPurpose))];
    expect(codes).toEqual(["K-NET-104", "K-BIND-105"]);
  });

  it("refuses a message that is larger than any request", async () => {
    const huge = { version: 1 as const, enc: "A".repeat(43), ciphertext: "A".repeat(300_000) };
    expect(codeOf(await kiosk.sendRaw(huge))).toBe("K-NET-106");
  });

  it("tells a kiosk with a wrong clock so, in a sealed reply", async () => {
    const message = await kiosk.message("open", {}, { atMs: town.clock.nowMs() + 3_600_000 });
    const answered = await kiosk.send(message);
    expect(answered).toMatchObject({ ok: false, error: { code: "K-BIND-104", detail: { differenceMs: 3_600_000 } } });
  });

  it("refuses a request whose body has another form, sealed", async () => {
    const message = await kiosk.message("apply", { application: "none" } as never);
    expect(codeOf(await kiosk.send(message))).toBe("K-NET-104");
  });
});

describe("who may connect", () => {
  const connect = async (url: string | undefined, files: SignerFiles, path: "/v1/relay" | "/v1/sealed") => {
    const client = createJsonClient({
      url: url ?? "",
      clock: town.clock,
      timeoutMs: 5_000,
      tls: unwrap(loadTlsIdentity({ ...files, authorities: [town.pki.authorities.centre] })),
    });
    const message = (await kiosk.message("open", {})).sealed;
    const result = await client.call("POST", path, { message }, relayReply);
    client.close();
    return codeOf(result);
  };
  const device = () => town.pki.kiosks[KIOSK] ?? { certificate: "", key: "" };

  it("only kiosks reach the operator's centre", async () => {
    const url = town.operator.addresses.https;
    expect(await connect(url, device(), "/v1/relay")).toBe("ok");
    expect(await connect(url, town.pki.operatorCenter.tls, "/v1/relay")).toMatch(/^K-NET-10[15]$/);
  });

  it("only the operator's centre reaches the issuance centre", async () => {
    const url = town.centre.addresses.https;
    expect(await connect(url, town.pki.operatorCenter.tls, "/v1/sealed")).toBe("ok");
    expect(await connect(url, town.pki.issuanceCenter.tls, "/v1/sealed")).toBe("K-NET-105");
    expect(await connect(url, device(), "/v1/sealed")).toMatch(/^K-NET-10[15]$/);
  });

  it("a municipality's server that answers in another's place is not believed", async () => {
    const client = createJsonClient({
      url: town.city.url,
      clock: town.clock,
      timeoutMs: 5_000,
      tls: unwrap(
        loadTlsIdentity({ ...town.pki.issuanceCenter.tls, authorities: [town.pki.authorities.municipality] }),
      ),
      server: { role: "issuing-server", party: "999999" },
    });
    expect(codeOf(await client.call("POST", "/v1/offer", {}, relayReply))).toBe("K-NET-105");
    client.close();
  });
});

describe("the usage log", () => {
  const record = (): UsageRecord => ({
    requestId: town.ids(),
    municipality: CITY,
    kind: "resident-record",
    copies: 1,
    feeYen: 300,
    refundedYen: 0,
    result: "issued",
    bindingLevel: "L3",
    impressions: 2,
    startedAtMs: town.clock.nowMs() - 90_000,
    endedAtMs: town.clock.nowMs(),
  });
  const post = (by: TestKiosk, one: UsageRecord) => by.client.call("POST", "/v1/usage", one, usageReply);

  it("keeps a record once, under the kiosk of the connection, and acknowledges a repeat", async () => {
    const one = record();
    expect(unwrap(await post(kiosk, one))).toEqual({ requestId: one.requestId });
    expect(unwrap(await post(kiosk, one))).toEqual({ requestId: one.requestId });
    const recorded = town.events.filter((e) => e.name === "usage.recorded" && e.fields.requestId === one.requestId);
    expect(recorded.map((e) => e.fields)).toEqual([{ kiosk: KIOSK, requestId: one.requestId, result: "issued" }]);
  });

  it("refuses another record for the request, also from another kiosk", async () => {
    const one = record();
    unwrap(await post(kiosk, one));
    const other = await makeKiosk(town, OTHER_KIOSK);
    expect(codeOf(await post(kiosk, { ...one, feeYen: 200 }))).toBe("K-BIND-118");
    expect(codeOf(await post(other, one))).toBe("K-BIND-118");
    other.close();
  });

  it("takes no field that it does not know", async () => {
    expect(codeOf(await post(kiosk, { ...record(), name: "somebody" } as UsageRecord))).toBe("K-NET-104");
  });
});

describe("limits and outages", () => {
  it("slows down a kiosk that sends too much, and no other", () => {
    const clock = createFakeClock();
    const allowed = createRateLimit({ burst: 2, perMinute: 60 }, clock);
    expect([allowed("a"), allowed("a"), allowed("a"), allowed("b")]).toEqual([true, true, false, true]);
  });

  it("lets it send again as time passes, never more than its burst", async () => {
    const clock = createFakeClock();
    const allowed = createRateLimit({ burst: 2, perMinute: 60 }, clock);
    allowed("a");
    allowed("a");
    await clock.advance(999);
    expect(allowed("a")).toBe(false);
    await clock.advance(1);
    expect([allowed("a"), allowed("a")]).toEqual([true, false]);
    await clock.advance(3_600_000);
    expect([allowed("a"), allowed("a"), allowed("a")]).toEqual([true, true, false]);
  });

  it("says apart what cannot be reached, and counts refused requests", async () => {
    const own = createTestDatabases("embedded");
    const small = await startCentreTown({ database: own.config, rate: { burst: 4, perMinute: 1 } });
    const one = await makeKiosk(small);
    const card = await makeCard(small);
    await small.city.close();
    const opened = unwrap(await one.call("open", {}));
    expect(codeOf(await one.call("apply", { application: one.application(card, opened) }))).toBe("K-NET-101");
    await small.centre.stop();
    expect(codeOf(await one.call("open", {}))).toBe("K-TUNNEL-102");
    expect(codeOf(await one.call("open", {}))).toBe("K-TUNNEL-102");
    expect(codeOf(await one.call("open", {}))).toBe("K-CENT-130");
    one.close();
    await small.operator.stop();
    await Promise.all([small.otherCity.close(), small.ocsp.close()]);
    own.destroy();
  });
});
