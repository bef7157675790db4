import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { loadSigner } from "../../src/protocol/identity-files.ts";
import {
  applied,
  codeOf,
  makeCard,
  makeKiosk,
  prepared,
  print,
  secondCertificate,
  type TestCard,
  type TestKiosk,
} from "../support/centre-kiosk.ts";
import { type CentreTown, CITY, OTHER_CITY, OTHER_KIOSK, startCentreTown } from "../support/centre-town.ts";
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

describe("a municipality that lies", () => {
  const other = "A".repeat(43);
  const otherId = "01900000-0000-7000-8000-000000000000";

  it.each([
    ["R for another request", { register: (r) => ({ ...r, requestId: otherId }) }, "K-BIND-110"],
    ["R for another A", { register: (r) => ({ ...r, applicationHash: other }) }, "K-BIND-111"],
    ["R for another S", { register: (r) => ({ ...r, choiceHash: other }) }, "K-BIND-112"],
    ["R from tomorrow", { register: (r) => ({ ...r, asOfMs: r.asOfMs + 86_400_000 }) }, "K-BIND-104"],
    ["M for another request", { release: (m) => ({ ...m, requestId: otherId }) }, "K-BIND-110"],
    ["M for another A", { release: (m) => ({ ...m, applicationHash: other }) }, "K-BIND-111"],
    ["M for another S", { release: (m) => ({ ...m, choiceHash: other }) }, "K-BIND-112"],
    ["M for another R", { release: (m) => ({ ...m, registerHash: other }) }, "K-BIND-113"],
    ["M that is over", { release: (m) => ({ ...m, printByMs: 1 }) }, "K-BIND-117"],
    ["M for more copies", { release: (m) => ({ ...m, copies: 2 }) }, "K-BIND-119"],
    ["M for a copy too many", { release: (m) => ({ ...m, copy: 2 }) }, "K-BIND-119"],
    [
      "My Number, not chosen",
      { release: (m) => ({ ...m, printedFields: ["headAndRelationship", "myNumber"] }) },
      "K-BIND-134",
    ],
    ["a chosen field left out", { release: (m) => ({ ...m, printedFields: [] }) }, "K-BIND-135"],
    ["M of another PDF", { release: (m) => ({ ...m, pdfHash: other }) }, "K-BIND-121"],
    [
      "a wrong number of page hashes",
      { release: (m) => ({ ...m, pageHashes: [...m.pageHashes, other] }) },
      "K-BIND-122",
    ],
    [
      "a page more than there is",
      { release: (m) => ({ ...m, pageHashes: [...m.pageHashes, other], pageCount: 2 }) },
      "K-BIND-122",
    ],
    ["another picture of a page", { release: (m) => ({ ...m, pageHashes: [other] }) }, "K-BIND-123"],
    ["another page under a correct envelope", { answer: (a) => withPdf(a, "another page") }, "K-BIND-121"],
    ["a document too many", { answer: (a) => ({ ...a, documents: [...a.documents, ...a.documents] }) }, "K-BIND-119"],
    ["an answer to another request", { answer: (a) => ({ ...a, requestId: otherId }) }, "K-BIND-105"],
  ] satisfies [string, CentreTown["city"]["lies"], string][])("%s: nothing is released", async (_, lies, code) => {
    const { requestId, application } = await applied(kiosk, card);
    town.city.lies = lies;
    const refused = await kiosk.call("prepare", { requestId, choice: kiosk.choice(application) });
    expect(codeOf(refused)).toBe(code);
  });

  it("with keys of another role or another municipality: nothing is released", async () => {
    const keys = town.pki.municipalities;
    const gate = unwrap(loadSigner(keys[CITY]?.gate ?? { certificate: "", key: "" }));
    const attestor = unwrap(loadSigner(keys[CITY]?.attestor ?? { certificate: "", key: "" }));
    const otherGate = unwrap(loadSigner(keys[OTHER_CITY]?.gate ?? { certificate: "", key: "" }));
    const otherAttestor = unwrap(loadSigner(keys[OTHER_CITY]?.attestor ?? { certificate: "", key: "" }));
    const lies = [{ attestor: gate }, { attestor: otherAttestor }, { gate: attestor }, { gate: otherGate }];
    for (const lie of [...lies, { gate: kiosk.signer }]) {
      town.city.lies = {};
      const { requestId, application } = await applied(kiosk, card);
      town.city.lies = lie;
      const refused = await kiosk.call("prepare", { requestId, choice: kiosk.choice(application) });
      expect(codeOf(refused)).toBe("K-BIND-102");
    }
  });

  it("repeats a document id or a PDF of an earlier request: nothing is released", async () => {
    const { reply } = await prepared(town, kiosk, card);
    const [before] = reply.documents;
    const release = JSON.parse(Buffer.from(before?.release.statement ?? "", "base64url").toString("utf8"));
    const first = await applied(kiosk, card);
    town.city.lies = { release: (m) => ({ ...m, documentId: release.documentId }) };
    const sameId = await kiosk.call("prepare", { requestId: first.requestId, choice: kiosk.choice(first.application) });
    town.city.lies = {};
    const second = await applied(kiosk, card);
    const pdfOf = town.city.pdfOf;
    town.city.pdfOf = () => Buffer.from(before?.pdf ?? "", "base64url");
    const samePdf = await kiosk.call("prepare", {
      requestId: second.requestId,
      choice: kiosk.choice(second.application),
    });
    town.city.pdfOf = pdfOf;
    expect([codeOf(sameId), codeOf(samePdf)]).toEqual(["K-BIND-118", "K-BIND-118"]);
  });

  it("gives one document for two copies: nothing is released", async () => {
    const { requestId, application } = await applied(kiosk, card);
    const pdfOf = town.city.pdfOf;
    town.city.pdfOf = () => Buffer.from("one page for all", "utf8");
    const choice = kiosk.choice(application, { copies: 2, feeYen: 600 });
    expect(codeOf(await kiosk.call("prepare", { requestId, choice }))).toBe("K-BIND-119");
    town.city.pdfOf = pdfOf;
  });

  it("leaves a copy out: nothing is released", async () => {
    const { requestId, application } = await applied(kiosk, card);
    town.city.lies = { answer: (a) => ({ ...a, documents: a.documents.slice(0, 1) }) };
    const choice = kiosk.choice(application, { copies: 2, feeYen: 600 });
    expect(codeOf(await kiosk.call("prepare", { requestId, choice }))).toBe("K-BIND-119");
  });

  it("answers in another form: nothing is released", async () => {
    const { requestId, application } = await applied(kiosk, card);
    town.city.lies = { answer: (a) => ({ ...a, note: "trust me" }) };
    expect(codeOf(await kiosk.call("prepare", { requestId, choice: kiosk.choice(application) }))).toBe("K-NET-103");
  });

  it("seals to another key, or offers in another's name: refused", async () => {
    town.city.lies = { sealTo: kiosk.session.publicKey };
    const opened = unwrap(await kiosk.call("open", {}));
    const codes = [codeOf(await kiosk.call("apply", { application: kiosk.application(card, opened) }))];
    town.city.lies = { offer: (o) => ({ ...o, offer: { ...o.offer, municipality: OTHER_CITY } }) };
    const second = unwrap(await kiosk.call("open", {}));
    codes.push(codeOf(await kiosk.call("apply", { application: kiosk.application(card, second) })));
    expect(codes).toEqual(["K-BIND-105", "K-NET-103"]);
  });

  it("is named in the log, by code and request, without a person", async () => {
    const { requestId, application } = await applied(kiosk, card);
    town.city.lies = { release: (m) => ({ ...m, pageHashes: [other] }) };
    await kiosk.call("prepare", { requestId, choice: kiosk.choice(application) });
    const logged = town.events.filter((e) => e.name === "centre.contradiction").at(-1);
    expect(logged?.fields).toEqual({ requestId, municipality: CITY, code: "K-BIND-123" });
  });

  it("refuses by a rule of its own: the kiosk hears the municipality's code, and can go no further", async () => {
    town.city.lies = { refusal: { ok: false, error: { code: "K-CERT-101" } } };
    const opened = unwrap(await kiosk.call("open", {}));
    const application = kiosk.application(card, opened);
    expect(codeOf(await kiosk.call("apply", { application }))).toBe("K-CERT-101");
    const choice = kiosk.choice(application);
    expect(codeOf(await kiosk.call("prepare", { requestId: opened.requestId, choice }))).toBe("K-CENT-125");
  });
});

/** The answer with other bytes in the place of the first PDF. */
function withPdf<A extends { documents: { pdf: string }[] }>(answer: A, text: string): A {
  const documents = answer.documents.map((d) => ({ ...d, pdf: Buffer.from(text, "utf8").toString("base64url") }));
  return { ...answer, documents };
}

describe("a second certificate of the same kiosk", () => {
  it("signs neither S nor P of a request that the first one opened", async () => {
    const second = await secondCertificate(town, kiosk.id);
    const { requestId, application } = await applied(kiosk, card);
    const choice = kiosk.choice(application, {}, second);
    expect(codeOf(await kiosk.call("prepare", { requestId, choice }))).toBe("K-BIND-115");
    const ready = await prepared(town, kiosk, card);
    const prints = [print(town, kiosk, ready.reply, 0, {}, second)];
    const settled = await kiosk.call("settle", { requestId: ready.requestId, result: "issued", prints });
    expect(codeOf(settled)).toBe("K-BIND-115");
  });

  it("may still settle what the first one printed, and open nothing in its name", async () => {
    const second = await secondCertificate(town, kiosk.id);
    const { requestId, application } = await applied(kiosk, card);
    const choice = kiosk.choice(application);
    const stolen = await kiosk.message("prepare", { requestId, choice }, { signer: second });
    expect(codeOf(await kiosk.send(stolen))).toBe("K-CENT-121");
    const ready = await prepared(town, kiosk, card);
    const prints = [print(town, kiosk, ready.reply, 0)];
    const body = { requestId: ready.requestId, result: "issued" as const, prints };
    expect(codeOf(await kiosk.send(await kiosk.message("settle", body, { signer: second })))).toBe("ok");
  });
});

describe("P and the settlement", () => {
  it.each([
    ["of another request", { requestId: "01900000-0000-7000-8000-000000000000" }, "K-BIND-110"],
    ["of a document that was not prepared", { documentId: "01900000-0000-7000-8000-000000000000" }, "K-CENT-125"],
    ["of another C", { centreHash: "A".repeat(43) }, "K-CENT-125"],
  ] as const)("P %s is refused", async (_, bend, code) => {
    const { requestId, reply } = await prepared(town, kiosk, card);
    const prints = [print(town, kiosk, reply, 0, bend)];
    expect(codeOf(await kiosk.call("settle", { requestId, result: "issued", prints }))).toBe(code);
  });

  it("P of another kiosk's key is refused", async () => {
    const other = await makeKiosk(town, OTHER_KIOSK);
    const { requestId, reply } = await prepared(town, kiosk, card);
    const prints = [print(town, kiosk, reply, 0, {}, other.signer)];
    expect(codeOf(await kiosk.call("settle", { requestId, result: "issued", prints }))).toBe("K-BIND-102");
    other.close();
  });

  it("the result must follow from the statements; unknown claims nothing", async () => {
    const { requestId, reply } = await prepared(town, kiosk, card, 2);
    const one = print(town, kiosk, reply, 0);
    const codes = [
      codeOf(await kiosk.call("settle", { requestId, result: "issued", prints: [one] })),
      codeOf(await kiosk.call("settle", { requestId, result: "notIssued", prints: [one] })),
      codeOf(await kiosk.call("settle", { requestId, result: "issued", prints: [one, one] })),
      codeOf(await kiosk.call("settle", { requestId, result: "partial", prints: [] })),
      codeOf(await kiosk.call("settle", { requestId, result: "partial", prints: [one] })),
    ];
    expect(codes).toEqual(["K-CENT-125", "K-CENT-125", "K-CENT-125", "K-CENT-125", "ok"]);
  });

  it("a request that never got a document settles as not issued, days later too", async () => {
    const { requestId } = await applied(kiosk, card);
    await town.clock.advance(3 * 86_400_000);
    expect(codeOf(await kiosk.call("settle", { requestId, result: "notIssued", prints: [] }))).toBe("ok");
  });

  it("belongs to the kiosk that opened the request", async () => {
    const other = await makeKiosk(town, OTHER_KIOSK);
    const { requestId } = await applied(kiosk, card);
    expect(codeOf(await other.call("settle", { requestId, result: "notIssued", prints: [] }))).toBe("K-CENT-121");
    other.close();
  });
});
