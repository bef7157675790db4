import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { hashText } from "../../src/protocol/encoding.ts";
import { loadAuthorities } from "../../src/protocol/identity-files.ts";
import { tags } from "../../src/protocol/roles.ts";
import { openSealed } from "../../src/protocol/sealing.ts";
import { openStatement } from "../../src/protocol/statement.ts";
import { centreStatement, releaseStatement } from "../../src/protocol/statements.ts";
import { payloadHash } from "../../src/security-print/scramble/keys.ts";
import {
  applied,
  codeOf,
  makeCard,
  makeKiosk,
  prepared,
  print,
  type TestCard,
  type TestKiosk,
} from "../support/centre-kiosk.ts";
import { type CentreTown, CITY, KIOSK, OTHER_CITY, OTHER_KIOSK, startCentreTown } from "../support/centre-town.ts";
import { createTestDatabases } from "../support/databases.ts";

const databases = createTestDatabases("embedded");
let town: CentreTown;
let kiosk: TestKiosk;
let card: TestCard;

beforeAll(async () => {
  town = await startCentreTown({ database: databases.config });
  card = await makeCard(town);
});
afterAll(async () => {
  await town.stop();
  databases.destroy();
});
beforeEach(async () => {
  town.city.lies = {};
  town.ocsp.misbehave(undefined);
  kiosk?.close();
  kiosk = await makeKiosk(town);
});

describe("one issuance through both centres", () => {
  it("names the municipalities, and not where their servers are", async () => {
    const directory = unwrap(await kiosk.call("directory", {}));
    expect(directory.municipalities.map((m) => [m.code, m.relations])).toEqual([
      [CITY, ["residence", "domicile"]],
      [OTHER_CITY, ["residence"]],
    ]);
    expect(JSON.stringify(directory)).not.toContain("127.0.0.1");
  });

  it("opens, applies, prepares and settles; C binds each document to this kiosk and session", async () => {
    const opened = unwrap(await kiosk.call("open", {}));
    expect(opened.notAfterMs).toBe(town.clock.nowMs() + 120_000);
    const application = kiosk.application(card, opened);
    const offered = unwrap(await kiosk.call("apply", { application }));
    expect(offered.offer.municipality).toBe(CITY);
    const choice = kiosk.choice(application, { copies: 2, feeYen: 600 });
    const reply = unwrap(await kiosk.call("prepare", { requestId: opened.requestId, choice }));
    expect(reply.documents).toHaveLength(2);
    const trust = (file: string) => ({ authorities: unwrap(loadAuthorities([file])), nowMs: town.clock.nowMs() });
    for (const { release, centre, pdf, payloads } of reply.documents) {
      const gate = { tag: tags.release, schema: releaseStatement, role: "gate", party: CITY } as const;
      const m = unwrap(openStatement(release, gate, trust(town.pki.authorities.municipality)));
      const issuance = { tag: tags.centre, schema: centreStatement, role: "issuance-center" } as const;
      const c = unwrap(openStatement(centre, issuance, trust(town.pki.authorities.centre)));
      expect(c.body).toEqual({
        requestId: opened.requestId,
        documentId: m.body.documentId,
        releaseHash: m.hash,
        antiForgery: m.body.pageHashes.map((frontHash, i) => ({
          page: i + 1,
          pages: m.body.pageCount,
          frontHash,
          payloadHash: payloadHash(Buffer.from(payloads[i] ?? "", "base64url")),
        })),
        kioskCertificateHash: kiosk.certificateHash,
        sessionKey: kiosk.session.publicKey,
        printByMs: m.body.printByMs,
      });
      expect(hashText(Buffer.from(pdf, "base64url"))).toBe(m.body.pdfHash);
    }
    const key = await openSealed(kiosk.session, "MDG-SEAL-PERSON-KEY-1", reply.personKey, opened.requestId);
    expect(unwrap(key)).toHaveLength(32);
    const prints = [print(town, kiosk, reply, 0), print(town, kiosk, reply, 1)];
    const settled = await kiosk.call("settle", { requestId: opened.requestId, result: "issued", prints });
    expect(unwrap(settled)).toEqual({ requestId: opened.requestId });
  });

  it.each([0, 1, 2] as const)("takes a certificate of generation %i", async (ca) => {
    await applied(kiosk, await makeCard(town, { ca, serial: `77${ca}7` }));
  });

  it("hands the OCSP answer to the municipality", async () => {
    await applied(kiosk, card);
    const asked = town.city.asked.at(-1)?.body as { ocspResponse: string };
    expect(Buffer.from(asked.ocspResponse, "base64url").length).toBeGreaterThan(500);
  });
});

describe("asked again", () => {
  it("answers the same message with the same bytes, and asks the municipality once", async () => {
    const { requestId, application } = await applied(kiosk, card);
    const message = await kiosk.message("prepare", { requestId, choice: kiosk.choice(application) });
    const before = town.city.asked.length;
    const [first, same] = await Promise.all([kiosk.sendRaw(message.sealed), kiosk.sendRaw(message.sealed)]);
    const later = await kiosk.sendRaw(message.sealed);
    expect([same, later]).toEqual([first, first]);
    expect(first?.ok).toBe(true);
    expect(town.city.asked.length - before).toBe(1);
  });

  it("gives the same content to the same step under another message id", async () => {
    const { requestId, application } = await applied(kiosk, card);
    const again = await kiosk.call("apply", { application });
    expect(codeOf(again)).toBe("ok");
    const choice = kiosk.choice(application);
    const first = unwrap(await kiosk.call("prepare", { requestId, choice }));
    expect(unwrap(await kiosk.call("prepare", { requestId, choice }))).toEqual(first);
  });

  it("lets one of two messages for the same request go first, and the other come again", async () => {
    const { requestId, application } = await applied(kiosk, card);
    const choice = kiosk.choice(application);
    const two = [kiosk.call("prepare", { requestId, choice }), kiosk.call("prepare", { requestId, choice })];
    const codes = (await Promise.all(two)).map(codeOf);
    expect(codes.sort()).toEqual(["K-CENT-123", "ok"]);
    expect(codeOf(await kiosk.call("prepare", { requestId, choice }))).toBe("ok");
  });

  it("refuses another message under a used id, another A, another S, another settlement", async () => {
    const messageId = town.ids();
    unwrap(await kiosk.send(await kiosk.message("open", {}, { messageId })));
    const reused = await kiosk.send(await kiosk.message("directory", {}, { messageId }));
    const { requestId, application, reply } = await prepared(town, kiosk, card);
    const opened = { requestId, nonce: application.fields.nonce, notAfterMs: application.fields.notAfterMs };
    const otherA = kiosk.application(card, opened, { relation: "domicile" });
    const otherS = kiosk.choice(application, { copies: 2, feeYen: 600 });
    const prints = [print(town, kiosk, reply, 0)];
    unwrap(await kiosk.call("settle", { requestId, result: "issued", prints }));
    const codes = [
      codeOf(reused),
      codeOf(await kiosk.call("apply", { application: otherA })),
      codeOf(await kiosk.call("prepare", { requestId, choice: otherS })),
      codeOf(await kiosk.call("settle", { requestId, result: "unknown", prints: [] })),
      codeOf(await kiosk.call("settle", { requestId, result: "issued", prints })),
    ];
    expect(codes).toEqual(["K-BIND-118", "K-BIND-118", "K-BIND-118", "K-BIND-118", "ok"]);
  });

  it("refuses the same message id from another kiosk", async () => {
    const other = await makeKiosk(town, OTHER_KIOSK);
    const messageId = town.ids();
    unwrap(await kiosk.send(await kiosk.message("open", {}, { messageId })));
    expect(codeOf(await other.send(await other.message("open", {}, { messageId })))).toBe("K-BIND-118");
    other.close();
  });

  it("after a restart still has the sealed answer, and no page to seal anew", async () => {
    const { requestId, application } = await applied(kiosk, card);
    const choice = kiosk.choice(application);
    const message = await kiosk.message("prepare", { requestId, choice });
    const first = await kiosk.sendRaw(message.sealed);
    await town.restartCentre();
    expect(await kiosk.sendRaw(message.sealed)).toEqual(first);
    expect(codeOf(await kiosk.send(message))).toBe("ok");
    expect(codeOf(await kiosk.call("prepare", { requestId, choice }))).toBe("K-CENT-124");
  });
});

describe("A", () => {
  it("must be signed by the key of its certificate", async () => {
    const stranger = await makeCard(town, { serial: "0badc0de" });
    const opened = unwrap(await kiosk.call("open", {}));
    const forged = { ...kiosk.application(card, opened), signature: kiosk.application(stranger, opened).signature };
    const [one, two] = [card.key.export({ format: "jwk" }), stranger.key.export({ format: "jwk" })];
    expect(one.n).not.toBe(two.n);
    expect(codeOf(await kiosk.call("apply", { application: forged }))).toBe("K-BIND-120");
  });

  it.each([
    ["another nonce", { nonce: "A".repeat(43) }, "K-BIND-110"],
    ["a later end of its time", { notAfterMs: 1_900_000_000_000 }, "K-BIND-110"],
    ["another kiosk's certificate", { kioskCertificateHash: "A".repeat(43) }, "K-BIND-115"],
    ["another session", { sessionKey: "A".repeat(43) }, "K-BIND-116"],
    ["a municipality that is no member", { municipality: "999999" }, "K-CENT-120"],
    ["a relation that is not offered", { municipality: OTHER_CITY, relation: "domicile" }, "K-CENT-120"],
    ["a request that was never opened", { requestId: "01900000-0000-7000-8000-000000000000" }, "K-CENT-121"],
  ] as const)("is refused with %s", async (_, bend, code) => {
    const opened = unwrap(await kiosk.call("open", {}));
    expect(codeOf(await kiosk.call("apply", { application: kiosk.application(card, opened, bend) }))).toBe(code);
  });

  it("is refused after 120 s", async () => {
    const opened = unwrap(await kiosk.call("open", {}));
    await town.clock.advance(120_001);
    expect(codeOf(await kiosk.call("apply", { application: kiosk.application(card, opened) }))).toBe("K-CENT-122");
  });

  it("is refused for a request that another kiosk opened", async () => {
    const other = await makeKiosk(town, OTHER_KIOSK);
    const opened = unwrap(await other.call("open", {}));
    expect(codeOf(await kiosk.call("apply", { application: kiosk.application(card, opened) }))).toBe("K-CENT-121");
    other.close();
  });

  it("is refused with an expired, a revoked or an unknown certificate, or when OCSP is silent", async () => {
    const expired = await makeCard(town, { serial: "e1", notAfterMs: town.clock.nowMs() - 1 });
    town.ocsp.setStatus({ generation: 1, serial: "e2" }, "revoked");
    town.ocsp.setStatus({ generation: 1, serial: "e3" }, "unknown");
    const cards = [expired, await makeCard(town, { serial: "e2" }), await makeCard(town, { serial: "e3" }), card];
    const codes = [];
    for (const one of cards) {
      if (one === card) town.ocsp.misbehave("unreachable");
      const opened = unwrap(await kiosk.call("open", {}));
      codes.push(codeOf(await kiosk.call("apply", { application: kiosk.application(one, opened) })));
    }
    expect(codes).toEqual(["K-CENT-102", "K-CENT-105", "K-CENT-106", "K-CENT-110"]);
  });

  it("may be tried again after OCSP was silent", async () => {
    const opened = unwrap(await kiosk.call("open", {}));
    const application = kiosk.application(card, opened);
    town.ocsp.misbehave("unreachable");
    expect(codeOf(await kiosk.call("apply", { application }))).toBe("K-CENT-110");
    town.ocsp.misbehave(undefined);
    expect(codeOf(await kiosk.call("apply", { application }))).toBe("ok");
  });
});

describe("S", () => {
  it.each([
    ["names another request", { requestId: "01900000-0000-7000-8000-000000000000" }, "K-BIND-110"],
    ["belongs to another A", { applicationHash: "A".repeat(43) }, "K-BIND-111"],
    ["has a fee that is not its parts' product", { feeYen: 10 }, "K-CENT-125"],
    ["was confirmed at another time", { confirmedAtMs: 1_700_000_000_000 }, "K-BIND-104"],
  ] as const)("is refused when it %s", async (_, bend, code) => {
    const { requestId, application } = await applied(kiosk, card);
    expect(codeOf(await kiosk.call("prepare", { requestId, choice: kiosk.choice(application, bend) }))).toBe(code);
  });

  it("is refused when another kiosk signed it, or its bytes were altered", async () => {
    const other = await makeKiosk(town, OTHER_KIOSK);
    const { requestId, application } = await applied(kiosk, card);
    const foreign = kiosk.choice(application, {}, other.signer);
    const cheap = kiosk.choice(application, { copies: 1 });
    const dear = kiosk.choice(application, { copies: 2, feeYen: 600 });
    const altered = { ...cheap, statement: dear.statement };
    const codes = [];
    for (const choice of [foreign, altered]) codes.push(codeOf(await kiosk.call("prepare", { requestId, choice })));
    expect(codes).toEqual(["K-BIND-102", "K-BIND-101"]);
    other.close();
  });

  it("is refused before A, from another session, and after the session's time", async () => {
    const opened = unwrap(await kiosk.call("open", {}));
    const early = kiosk.choice(kiosk.application(card, opened));
    const codes = [codeOf(await kiosk.call("prepare", { requestId: opened.requestId, choice: early }))];
    const { requestId, application } = await applied(kiosk, card);
    const second = await makeKiosk(town);
    codes.push(codeOf(await second.call("prepare", { requestId, choice: second.choice(application) })));
    await town.clock.advance(1_200_001);
    codes.push(codeOf(await kiosk.call("prepare", { requestId, choice: kiosk.choice(application) })));
    expect(codes).toEqual(["K-CENT-125", "K-BIND-116", "K-CENT-122"]);
    second.close();
  });
});

it("logs every answer without anything personal, under the kiosk's id", () => {
  const answered = town.events.filter((e) => e.name === "centre.answered");
  expect(answered.length).toBeGreaterThan(30);
  expect(new Set(answered.map((e) => e.fields.kiosk))).toEqual(new Set([KIOSK, OTHER_KIOSK]));
});
