import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { pemFile, startMunicipality, type TestMunicipality, type Visit } from "../../test/support/municipality.ts";
import { type Result, unwrap } from "../kernel/result.ts";
import { applicationHash } from "../protocol/application.ts";
import type { CertificateChoice } from "../protocol/certificates.ts";
import { fromBase64Url, hashText } from "../protocol/encoding.ts";
import { addressHash, personHash, valueHash } from "../protocol/folding.ts";
import { openSealed } from "../protocol/sealing.ts";
import { openStatement, statementHash } from "../protocol/statement.ts";
import { registerStatement, releaseStatement } from "../protocol/statements.ts";

const MIDORINO = join(import.meta.dirname, "../../examples/towns/midorino");
const CODE = "482013";
const SEAL: CertificateChoice = { kind: "seal-registration", options: {} };
const record = (
  options: Partial<Extract<CertificateChoice, { kind: "resident-record" }>["options"]>,
): CertificateChoice => ({
  kind: "resident-record",
  options: { scope: "household", headAndRelationship: true, domicile: false, myNumber: false, ...options },
});
let town: TestMunicipality;

beforeAll(async () => {
  town = await startMunicipality({ town: MIDORINO, code: CODE });
  for (const id of town.register.residentIds().filter((i) => i !== "mi-002")) await town.link(id);
});
afterAll(() => town.stop());

const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);

async function offeredVisit(residentId: string): Promise<Visit> {
  const visit = await town.visit(residentId);
  unwrap(await town.offer(visit));
  return visit;
}

async function issueTo(residentId: string, statement: Parameters<TestMunicipality["choice"]>[1] = {}) {
  const visit = await offeredVisit(residentId);
  return town.issue(visit, town.choice(visit, statement));
}

describe("a session key that nothing can be sealed to", () => {
  // Of another length, and the point of order one, with which no secret can be agreed (RFC 7748, section 6.1).
  it.each([["short"], [Buffer.alloc(32).toString("base64url")]])(
    "refuses the choice and ends nothing: %s",
    async (key) => {
      const visit = await town.visit("mi-001", { sessionKey: key });
      unwrap(await town.offer(visit));
      expect(codeOf(await town.issue(visit, town.choice(visit)))).toBe("K-BIND-103");
      expect((await issueTo("mi-001")).ok).toBe(true);
    },
  );
});

describe("the offer", () => {
  it("names what this person can have, and the household by references of this request", async () => {
    const { offer } = unwrap(await town.offer(await town.visit("mi-001")));
    expect(offer.items.map((i) => [i.kind, i.feePerCopyYen, i.maxCopies])).toEqual([
      ["resident-record", 200, 5],
      ["seal-registration", 200, 5],
    ]);
    expect(offer.items[0]?.hours.ja).toBe("サービス提供時間は24時間です。");
    expect(offer.members).toEqual([
      { ref: "m0", name: "佐藤　健一", holder: true },
      { ref: "m1", name: "佐藤　美咲", holder: false },
      { ref: "m2", name: "佐藤　蓮", holder: false },
      { ref: "m3", name: "佐藤　結衣", holder: false },
    ]);
  });

  it("leaves out the seal registration of somebody without a seal, and of a cancelled one", async () => {
    for (const id of ["mi-005", "mi-034"]) {
      const { offer } = unwrap(await town.offer(await town.visit(id)));
      expect(offer.items.map((i) => i.kind)).toEqual(["resident-record"]);
    }
  });

  it("leaves a deceased member out of the household", async () => {
    const { offer } = unwrap(await town.offer(await town.visit("mi-028")));
    expect(offer.members.map((m) => m.name)).toEqual(["森　京子"]);
  });

  it("is the same when it is asked again with the same A", async () => {
    const visit = await town.visit("mi-001");
    expect(unwrap(await town.offer(visit))).toEqual(unwrap(await town.offer(visit)));
  });

  it("is refused with another A of the same request", async () => {
    const visit = await offeredVisit("mi-001");
    const again = await town.visit("mi-005", { requestId: visit.application.fields.requestId });
    expect(codeOf(await town.offer(again))).toBe("K-BIND-118");
  });

  it.each([
    ["somebody whom the link table does not know", "mi-002", "K-CERT-114"],
    ["a child under 15", "mi-003", "K-CERT-111"],
    ["somebody who moved out", "mi-030", "K-CERT-110"],
    ["a deceased person", "mi-029", "K-CERT-110"],
    ["a household whose move is pending", "mi-031", "K-CERT-110"],
    ["somebody who filed a notice of moving out", "mi-033", "K-CERT-110"],
    ["a name with a private glyph", "mi-035", "K-CERT-110"],
    ["a name longer than the limit", "mi-036", "K-CERT-110"],
    ["protective measures", "mi-026", "K-CERT-110"],
  ])("is refused to %s", async (_, residentId, code) => {
    expect(codeOf(await town.offer(await town.visit(residentId)))).toBe(code);
  });

  it("refuses protective measures with the very bytes of any other refusal", async () => {
    const raw = async (residentId: string) => {
      const { application, ocspResponse } = await town.visit(residentId);
      return rawPost("/v1/offer", { application, ocspResponse });
    };
    const protectedPerson = await raw("mi-026");
    const others = await Promise.all(["mi-030", "mi-029", "mi-031", "mi-033"].map(raw));
    expect(protectedPerson.body).toBe('{"error":{"code":"K-CERT-110"}}');
    for (const other of others) expect(protectedPerson).toEqual(other);
  });

  it("is refused when A does not verify, is late, or is meant for somebody else", async () => {
    const forged = await town.visit("mi-001");
    const fields = { ...forged.application.fields, nonce: forged.application.fields.sessionKey };
    expect(codeOf(await town.offer({ ...forged, application: { ...forged.application, fields } }))).toBe("K-BIND-120");
    const late = await town.visit("mi-001", { notAfterMs: town.clock.nowMs() - 1 });
    expect(codeOf(await town.offer(late))).toBe("K-BIND-104");
    const early = await town.visit("mi-001", { notAfterMs: town.clock.nowMs() + 86_400_000 });
    expect(codeOf(await town.offer(early))).toBe("K-BIND-104");
    expect(codeOf(await town.offer(await town.visit("mi-001", { municipality: "483419" })))).toBe("K-CERT-123");
    expect(codeOf(await town.offer(await town.visit("mi-001", { relation: "domicile" })))).toBe("K-CERT-115");
  });

  it("is refused when the validity service says revoked, speaks of another card, or is made up", async () => {
    const visit = await town.visit("mi-001");
    const said = async (ocspResponse: string) => codeOf(await town.offer({ ...visit, ocspResponse }));
    expect(await said(await town.ocsp("mi-001", "revoked"))).toBe("K-CERT-130");
    expect(await said(await town.ocsp("mi-001", "unknown"))).toBe("K-CERT-130");
    expect(await said(await town.ocsp("mi-005"))).toBe("K-CERT-131");
    expect(await said("AAAA")).toBe("K-CERT-131");
    expect(await said(visit.ocspResponse)).toBe("ok");
  });
});

describe("the issuance", () => {
  it("gives R, k and released pages that agree with the register and with each other", async () => {
    const visit = await offeredVisit("mi-006");
    const choice = town.choice(visit, { choice: record({ domicile: true, myNumber: true }) });
    const answer = unwrap(await town.issue(visit, choice));
    const trust = { authorities: [pemFile(town.pki.authorities.municipality)], nowMs: town.clock.nowMs() };
    const expectR = { tag: "MDG-REGISTER-1", schema: registerStatement, role: "attestor", party: CODE } as const;
    const r = unwrap(openStatement(answer.register, expectR, trust)).body;
    const { requestId } = visit.application.fields;
    const k = unwrap(await openSealed(visit.session, "MDG-SEAL-PERSON-KEY-1", answer.personKey, requestId));
    const [holder, wife, child] = ["mi-006", "mi-007", "mi-008"].map((id) => town.register.resident(id));
    if (!holder || !wife || !child) throw new Error("the example town has changed");
    expect(r.persons).toEqual([holder, wife, child].map((p) => personHash(k, p)));
    expect(r.holder).toBe(personHash(k, holder));
    expect(r.address).toBe(addressHash(k, "若葉県緑野市若宮三丁目21番11号"));
    expect(r.linkVersion).toBe(town.links.version());
    const hashOf = (field: string, person?: number) =>
      r.values.find((v) => v.field === field && v.person === person)?.hash;
    expect(hashOf("householder")).toBe(valueHash(k, "householder", undefined, "田中　大輔"));
    expect(hashOf("nationality", 1)).toBe(valueHash(k, "nationality", 1, "ベトナム"));
    expect(hashOf("domicile", 1)).toBeUndefined();
    expect(hashOf("domicileHead", 2)).toBe(valueHash(k, "domicileHead", 2, "田中　大輔"));
    expect(hashOf("myNumber", 2)).toBe(valueHash(k, "myNumber", 2, child.myNumber));
    expect(hashOf("movedFrom", 0)).toBe(valueHash(k, "movedFrom", 0, ""));
    const expectM = { tag: "MDG-RELEASE-1", schema: releaseStatement, role: "gate", party: CODE } as const;
    const [document] = answer.documents;
    if (!document) throw new Error("no document");
    const m = unwrap(openStatement(document.release, expectM, trust)).body;
    expect(m).toMatchObject({
      requestId,
      applicationHash: applicationHash(visit.application),
      choiceHash: statementHash(choice),
      registerHash: statementHash(answer.register),
      printedFields: ["headAndRelationship", "domicile", "myNumber"],
      pdfHash: hashText(fromBase64Url(document.pdf)),
    });
  });

  it("gives each copy a document id of its own, and a household of nine its pages", async () => {
    const answer = unwrap(await issueTo("mi-017", { copies: 2 }));
    const released = answer.documents.map((d) => JSON.parse(fromBase64Url(d.release.statement).toString()));
    expect(released.map((m) => [m.copy, m.copies, m.pageCount])).toEqual([
      [1, 2, 3],
      [2, 2, 3],
    ]);
    expect(new Set(released.map((m) => m.documentId)).size).toBe(2);
  });

  it("prints chosen members in the register's order, whatever the order of the choice", async () => {
    const answer = unwrap(await issueTo("mi-001", { choice: record({ scope: "members" }), members: ["m2", "m1"] }));
    const r = JSON.parse(fromBase64Url(answer.register.statement).toString());
    expect(r.persons).toHaveLength(2);
    expect(r.values.filter((v: { field: string }) => v.field === "relationship")).toHaveLength(2);
  });

  it("gives the seal registration of the holder, and a name with a variation selector that has a glyph", async () => {
    const answer = unwrap(await issueTo("mi-012", { choice: SEAL }));
    expect(answer.documents).toHaveLength(1);
  });

  it("refuses a name whose variation has no glyph, and prints nothing", async () => {
    expect(await issueTo("mi-014")).toMatchObject({
      ok: false,
      error: { code: "K-CERT-101", detail: { missing: "U+845B U+E0102" } },
    });
  });

  it("answers a repeat with the same documents, and refuses another choice", async () => {
    const visit = await offeredVisit("mi-001");
    const choice = town.choice(visit);
    const [first, second] = await Promise.all([town.issue(visit, choice), town.issue(visit, choice)]);
    expect(unwrap(second)).toEqual(unwrap(first));
    expect(codeOf(await town.issue(visit, town.choice(visit, { copies: 2 })))).toBe("K-BIND-118");
  });

  it.each<[string, string, Parameters<TestMunicipality["choice"]>[1]]>([
    ["a fee that is not today's", "K-CERT-117", { feePerCopyYen: 10 }],
    ["more copies than offered", "K-CERT-116", { copies: 6 }],
    ["a member who is not of the household", "K-CERT-116", { choice: record({ scope: "members" }), members: ["m7"] }],
    ["no member where members were chosen", "K-CERT-116", { choice: record({ scope: "members" }) }],
    ["a choice of another application", "K-BIND-111", { applicationHash: hashText(Buffer.from("x")) }],
  ])("refuses %s", async (_, code, statement) => {
    expect(codeOf(await issueTo("mi-001", statement))).toBe(code);
  });

  it("refuses a choice that another kiosk signed", async () => {
    const visit = await offeredVisit("mi-001");
    expect(codeOf(await town.issue(visit, town.choice(visit, {}, "kiosk-2")))).toBe("K-BIND-115");
  });

  it("refuses a choice without an offer", async () => {
    const visit = await town.visit("mi-001");
    expect(codeOf(await town.issue(visit, town.choice(visit)))).toBe("K-CERT-118");
  });

  it("sees at issue time that a seal was cancelled since the offer", async () => {
    const visit = await offeredVisit("mi-016");
    change("UPDATE seals SET state = 'cancelled' WHERE resident_id = 'mi-016'");
    expect(codeOf(await town.issue(visit, town.choice(visit, { choice: SEAL })))).toBe("K-CERT-112");
  });

  it("sees at issue time that somebody moved out of the household since the offer", async () => {
    const visit = await offeredVisit("mi-009");
    change("UPDATE residents SET status = 'movedOut' WHERE resident_id = 'mi-011'");
    expect(codeOf(await town.issue(visit, town.choice(visit)))).toBe("K-CERT-119");
  });

  it("sees at issue time that the card was linked to somebody else since the offer", async () => {
    const visit = await offeredVisit("mi-005");
    await town.link("mi-005", "mi-001");
    expect(codeOf(await town.issue(visit, town.choice(visit)))).toBe("K-CERT-119");
    await town.link("mi-005");
  });
});

describe("the API", () => {
  it("serves only an issuance centre", async () => {
    const operator = town.clientOf(town.pki.operatorCenter.tls, town.pki.authorities.municipality);
    const answer = await operator.call("GET", "/v1/schema", undefined, z.unknown());
    expect(codeOf(answer)).toBe("K-NET-105");
    operator.close();
    const kiosk = town.pki.kiosks["kiosk-1"];
    if (!kiosk) throw new Error("no kiosk");
    const stranger = town.clientOf(kiosk, town.pki.authorities.municipality);
    const refused = codeOf(await stranger.call("GET", "/v1/schema", undefined, z.unknown()));
    // TLS 1.3 tells a client of its rejected certificate only after the handshake: an alert or a closed connection.
    expect(["K-NET-105", "K-NET-101"]).toContain(refused);
    stranger.close();
  });

  it("publishes its schema", async () => {
    const schema = unwrap(
      await town.centre.call(
        "GET",
        "/v1/schema",
        undefined,
        z.record(z.string(), z.looseObject({ request: z.unknown() })),
      ),
    );
    expect(Object.keys(schema)).toEqual(["POST /v1/offer", "POST /v1/issue"]);
    expect(schema["POST /v1/offer"]?.request).toMatchObject({
      type: "object",
      required: ["application", "ocspResponse"],
    });
  });

  it("refuses what is not of the schema, without repeating it", async () => {
    const answer = await rawPost("/v1/issue", { requestId: "佐藤健一" });
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain("佐藤");
  });
});

/** Changes the register behind the server's back, as the town hall's own system does. */
function change(sql: string): void {
  const db = new DatabaseSync(town.files.register);
  db.exec(sql);
  db.close();
}

/** One POST as the issuance centre, answered as the bytes that came. */
function rawPost(path: string, body: unknown): Promise<{ status: number; body: string }> {
  const { certificate, key } = town.pki.issuanceCenter.tls;
  const bytes = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, town.url),
      {
        method: "POST",
        cert: readFileSync(certificate),
        key: readFileSync(key),
        ca: readFileSync(town.pki.authorities.municipality),
        headers: { "content-type": "application/json", "content-length": bytes.length },
      },
      (res) => {
        const parts: Buffer[] = [];
        res.on("data", (part) => parts.push(part));
        res.on("end", () => resolve({ status: res.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
      },
    );
    sent.on("error", reject);
    sent.end(bytes);
  });
}
