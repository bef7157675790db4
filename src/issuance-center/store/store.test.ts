import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabases, databaseKinds, type TestDatabases } from "../../../test/support/databases.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { createIdSource } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { unwrap } from "../../kernel/result.ts";
import type { SignedStatement } from "../../protocol/statement.ts";
import { CLAIM_LIFE_MS } from "./messages.ts";
import type { PreparedRow } from "./requests.ts";
import { type IssuanceStore, openIssuanceStore } from "./store.ts";

describe.each(databaseKinds)("the issuance centre's store on %s", (kind) => {
  const clock = createFakeClock();
  const ids = createIdSource(clock);
  const statement: SignedStatement = { statement: "e30", signature: "c2ln", certificate: "Y2VydA" };
  let databases: TestDatabases;
  let store: IssuanceStore;

  beforeAll(async () => {
    databases = createTestDatabases(kind);
    store = unwrap(await openIssuanceStore(databases.config("issuance"), { clock, logger: silentLogger }));
  });
  afterAll(async () => {
    await store.close();
    databases.destroy();
  });

  const message = (more: object = {}) => ({
    messageId: ids(),
    kiosk: "kiosk-1",
    operation: "open",
    requestHash: "h1",
    nowMs: clock.nowMs(),
    ...more,
  });
  const reply = { version: 1, enc: "ZW5j", ciphertext: "Y3Q" } as const;

  const openRequest = async () => {
    const requestId = ids();
    await store.requests.open({
      request_id: requestId,
      kiosk: "kiosk-1",
      kiosk_certificate_hash: "k",
      nonce: `nonce ${requestId}`,
      not_after_ms: clock.nowMs() + 120_000,
      opened_at_ms: clock.nowMs(),
    });
    return requestId;
  };
  const document = (more: Partial<PreparedRow> = {}): PreparedRow => {
    const documentId = ids();
    return {
      documentId,
      copy: 1,
      pdfHash: `pdf ${documentId}`,
      printByMs: clock.nowMs(),
      release: statement,
      centre: statement,
      centreHash: "c",
      ...more,
    };
  };

  it("gives a message to one of many that claim it at once", async () => {
    const one = message();
    const claims = await Promise.all(Array.from({ length: 6 }, () => store.messages.claim(one)));
    expect(claims.map((c) => c.claim).sort()).toEqual(["busy", "busy", "busy", "busy", "busy", "mine"]);
  });

  it("gives the kept reply to whoever asks again, and refuses another message of the id", async () => {
    const one = message();
    await store.messages.claim(one);
    await store.messages.answer(one.messageId, reply, clock.nowMs());
    expect(await store.messages.claim(one)).toEqual({ claim: "answered", reply });
    expect(await store.messages.claim({ ...one, requestHash: "h2" })).toEqual({ claim: "other" });
    expect(await store.messages.claim({ ...one, kiosk: "kiosk-2" })).toEqual({ claim: "other" });
  });

  it("lets one other take over a claim whose holder is gone, never an answered one", async () => {
    const one = message();
    await store.messages.claim(one);
    const later = { ...one, nowMs: one.nowMs + CLAIM_LIFE_MS + 1 };
    const claims = await Promise.all([store.messages.claim(later), store.messages.claim(later)]);
    expect(claims.map((c) => c.claim).sort()).toEqual(["busy", "mine"]);
    await store.messages.answer(one.messageId, reply, clock.nowMs());
    const muchLater = { ...one, nowMs: one.nowMs + 10 * CLAIM_LIFE_MS };
    expect(await store.messages.claim(muchLater)).toEqual({ claim: "answered", reply });
    await store.messages.abandon(one.messageId);
    expect((await store.messages.claim(one)).claim).toBe("answered");
  });

  it("forgets old messages and abandoned ones", async () => {
    const [old, abandoned] = [message(), message({ nowMs: clock.nowMs() + 1_000 })];
    for (const one of [old, abandoned]) await store.messages.claim(one);
    await store.messages.abandon(abandoned.messageId);
    await store.messages.forgetBefore(clock.nowMs() + 1);
    expect((await store.messages.claim(old)).claim).toBe("mine");
    expect((await store.messages.claim(abandoned)).claim).toBe("mine");
  });

  it("binds one A and one S to a request, and each to one request", async () => {
    const [one, two] = [await openRequest(), await openRequest()];
    const a = { hash: `a ${one}`, municipality: "131016", sessionKey: "e" };
    expect(await store.requests.bindApplication(one, a)).toBe(true);
    expect(await store.requests.bindApplication(one, a)).toBe(true);
    expect(await store.requests.bindApplication(one, { ...a, hash: "another" })).toBe(false);
    expect(await store.requests.bindApplication(two, a)).toBe(false);
    expect(await store.requests.bindChoice(one, `s ${one}`)).toBe(true);
    expect(await store.requests.bindChoice(one, "another")).toBe(false);
    expect(await store.requests.bindChoice(two, `s ${one}`)).toBe(false);
    expect(await store.requests.find(one)).toMatchObject({ application_hash: a.hash, session_key: "e" });
  });

  it("keeps documents all or none, and each id and PDF once in the whole country", async () => {
    const [one, two] = [await openRequest(), await openRequest()];
    const first = document();
    unwrap(await store.requests.prepared(one, statement, [first, document({ copy: 2 })], 5));
    const seenId = await store.requests.prepared(
      two,
      statement,
      [document(), document({ copy: 2, documentId: first.documentId })],
      6,
    );
    const seenPdf = await store.requests.prepared(
      two,
      statement,
      [document(), document({ copy: 2, pdfHash: first.pdfHash })],
      6,
    );
    expect([seenId, seenPdf]).toMatchObject([{ error: { code: "K-BIND-118" } }, { error: { code: "K-BIND-118" } }]);
    expect(await store.requests.documents(two)).toEqual([]);
    expect(await store.requests.find(two)).toMatchObject({ prepared_at_ms: null });
    expect(await store.requests.documents(one)).toMatchObject([
      { copy: 1, release_statement: statement, print_result: null },
      { copy: 2 },
    ]);
  });

  it("keeps one settlement with its print statements", async () => {
    const requestId = await openRequest();
    const one = document();
    unwrap(await store.requests.prepared(requestId, statement, [one], 5));
    const prints = [{ documentId: one.documentId, statement, result: "done" }];
    expect(await store.requests.settled(requestId, { hash: "x", result: "issued", prints }, 7)).toBe(true);
    expect(await store.requests.settled(requestId, { hash: "x", result: "issued", prints }, 8)).toBe(true);
    expect(await store.requests.settled(requestId, { hash: "y", result: "unknown", prints: [] }, 9)).toBe(false);
    expect(await store.requests.documents(requestId)).toMatchObject([
      { print_statement: statement, print_result: "done" },
    ]);
    expect(await store.requests.find(requestId)).toMatchObject({ result: "issued" });
  });

  it("gives back, on the embedded kind only, what a process that ended had claimed", async () => {
    const one = message();
    await store.messages.claim(one);
    await store.close();
    store = unwrap(await openIssuanceStore(databases.config("issuance"), { clock, logger: silentLogger }));
    expect((await store.messages.claim(one)).claim).toBe(kind === "embedded" ? "mine" : "busy");
  });
});
