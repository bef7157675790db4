import { beforeAll, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import {
  createParties,
  hanako,
  type Issuance,
  ids,
  issuance,
  type Lie,
  MUNICIPALITY,
  NOW_MS,
  type Parties,
  person,
  stranger,
  taro,
} from "../../../test/support/issuance.ts";
import { plainPayload } from "../../../test/support/payloads.ts";
import { TLS_USAGE } from "../../../test/support/signing-parties.ts";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { addressHash, personHash, valueHash } from "../../protocol/folding.ts";
import type { AttestedField } from "../../protocol/forms/cells.ts";
import type { SignedStatement } from "../../protocol/statement.ts";
import type { ChoiceStatement, RegisterStatement, ReleaseStatement } from "../../protocol/statements.ts";
import { type BindingChecks, bindingChecks, createBinding } from "./binding.ts";

/** The document id that M names. */
function releasedId(release: SignedStatement): string {
  return (JSON.parse(Buffer.from(release.statement, "base64url").toString("utf8")) as ReleaseStatement).documentId;
}

const OTHER_HASH = Buffer.alloc(32, 9).toString("base64url");
const PAST_MS = NOW_MS - 1;
const parties: Parties = createParties();
const impostors = {
  otherMunicipality: {
    gate: parties.municipalityAuthority.signer("gate", "271004"),
    attestor: parties.municipalityAuthority.signer("attestor", "271004"),
  },
  operator: parties.centreAuthority.signer("operator-center", "operator-center"),
  centreServer: parties.centreAuthority.signer("issuance-center", "issuance-center", { extendedKeyUsage: TLS_USAGE }),
  renderer: parties.municipalityAuthority.signer("renderer", MUNICIPALITY),
  foreignCentre: parties.municipalityAuthority.signer("issuance-center", "issuance-center"),
};
const LONG_AGO = { notBeforeMs: Date.UTC(2025, 0, 1), notAfterMs: NOW_MS - 3_600_000 };
const NEXT_YEAR = { notBeforeMs: NOW_MS + 3_600_000, notAfterMs: Date.UTC(2046, 0, 1) };

const household = (more: Partial<ChoiceStatement> = {}): Partial<ChoiceStatement> => ({
  choice: {
    kind: "resident-record",
    options: { scope: "household", headAndRelationship: true, domicile: true, myNumber: false },
  },
  ...more,
});
const members = (...chosen: string[]): Partial<ChoiceStatement> => ({
  choice: {
    kind: "resident-record",
    options: { scope: "members", headAndRelationship: true, domicile: true, myNumber: false },
  },
  members: chosen,
});
const withNumber: Partial<ChoiceStatement> = {
  choice: {
    kind: "resident-record",
    options: { scope: "self", headAndRelationship: true, domicile: true, myNumber: true },
  },
};

/** R with the hash of one value replaced by that of another text. */
function attesting(field: AttestedField, index: number | undefined, text: string) {
  return (r: RegisterStatement, k: Uint8Array): RegisterStatement => ({
    ...r,
    values: r.values.map((value) =>
      value.field === field && value.person === index ? { ...value, hash: valueHash(k, field, index, text) } : value,
    ),
  });
}

/** Another body under an old signature. */
function altered(signed: SignedStatement): SignedStatement {
  const body = JSON.parse(Buffer.from(signed.statement, "base64url").toString()) as object;
  // A space changes the signed bytes and nothing that is said.
  return { ...signed, statement: Buffer.from(` ${JSON.stringify(body)}`).toString("base64url") };
}

interface Row {
  /** The check that must refuse, and how. */
  readonly check: string;
  readonly code: ErrorCode;
  readonly lie: Lie;
  /** Checks that stop the same lie by design: they are out in both runs, so that this one stands alone. */
  readonly alsoStoppedBy?: readonly string[];
}

const lies: Readonly<Record<string, Row>> = {
  "a card signed for another request": {
    check: "application.request",
    code: "K-BIND-110",
    lie: { application: (a) => ({ ...a, requestId: ids() }) },
  },
  "a card signed at another kiosk": {
    check: "application.kiosk",
    code: "K-BIND-115",
    lie: { application: (a) => ({ ...a, kioskCertificateHash: OTHER_HASH }) },
  },
  "a card signed for another session": {
    check: "application.session",
    code: "K-BIND-116",
    lie: { application: (a) => ({ ...a, sessionKey: OTHER_HASH }) },
  },
  "a signature that is not the card's": {
    check: "application.signature",
    code: "K-BIND-120",
    lie: { signedApplication: (a) => ({ ...a, signature: Buffer.alloc(256, 1).toString("base64url") }) },
  },
  "a choice of another request": {
    check: "choice.request",
    code: "K-BIND-110",
    lie: { choice: { requestId: ids() } },
  },
  "a choice of another application": {
    check: "choice.application",
    code: "K-BIND-111",
    lie: { choice: { applicationHash: OTHER_HASH } },
  },
  "an answer to another request": {
    check: "reply.request",
    code: "K-BIND-110",
    lie: { onTheWay: (reply) => ({ ...reply, requestId: ids() }) },
  },

  "C of an operator's centre": {
    check: "centre.signer",
    code: "K-BIND-102",
    lie: { signers: { centre: impostors.operator } },
  },
  "C of the key that the centre's server has for its connections": {
    check: "centre.signer",
    code: "K-BIND-102",
    lie: { signers: { centre: impostors.centreServer } },
  },
  "C of a centre that a municipality's authority vouches for": {
    check: "centre.signer",
    code: "K-BIND-102",
    lie: { signers: { centre: impostors.foreignCentre } },
  },
  "C by a certificate that has expired": {
    check: "centre.dates",
    code: "K-BIND-104",
    lie: { signers: { centre: parties.centreAuthority.signer("issuance-center", "issuance-center", LONG_AGO) } },
  },
  "C altered after it was signed": {
    check: "centre.signature",
    code: "K-BIND-101",
    lie: { onTheWay: (r) => ({ ...r, documents: r.documents.map((d) => ({ ...d, centre: altered(d.centre) })) }) },
  },
  "C of another request": {
    check: "centre.request",
    code: "K-BIND-110",
    lie: { centre: (c) => ({ ...c, requestId: ids() }) },
  },
  "C of another release": {
    check: "centre.release",
    code: "K-BIND-114",
    lie: { centre: (c) => ({ ...c, releaseHash: OTHER_HASH }) },
  },
  "C of another document": {
    check: "centre.document",
    code: "K-BIND-114",
    lie: { centre: (c) => ({ ...c, documentId: ids() }) },
  },
  "C for another kiosk": {
    check: "centre.kiosk",
    code: "K-BIND-115",
    lie: { centre: (c) => ({ ...c, kioskCertificateHash: OTHER_HASH }) },
  },
  "C for another session": {
    check: "centre.session",
    code: "K-BIND-116",
    lie: { centre: (c) => ({ ...c, sessionKey: OTHER_HASH }) },
  },
  "C that comes too late": {
    check: "centre.printBy",
    code: "K-BIND-117",
    lie: { centre: (c) => ({ ...c, printByMs: PAST_MS }) },
  },
  "anti-forgery data for another number of pages": {
    check: "centre.pages",
    code: "K-BIND-122",
    lie: { centre: (c) => ({ ...c, antiForgery: c.antiForgery.map((page) => ({ ...page, pages: 2 })) }) },
  },
  "anti-forgery data of another picture": {
    check: "centre.pictures",
    code: "K-BIND-123",
    lie: { centre: (c) => ({ ...c, antiForgery: c.antiForgery.map((page) => ({ ...page, frontHash: OTHER_HASH })) }) },
  },

  "the payload of another scrambled image": {
    check: "centre.payloads",
    code: "K-BIND-124",
    lie: {
      onTheWay: (reply) => ({
        ...reply,
        documents: reply.documents.map((document) => ({
          ...document,
          payloads: [plainPayload(releasedId(document.release), 1, 1, 7).toString("base64url")],
        })),
      }),
    },
  },
  "a scrambled image that speaks of another document": {
    check: "centre.images",
    code: "K-BIND-124",
    lie: { payload: () => plainPayload(ids()) },
  },
  "a scrambled image that cannot be drawn": {
    check: "centre.images",
    code: "K-BIND-124",
    lie: { payload: () => Buffer.from("no payload") },
  },

  "M of another municipality": {
    check: "release.signer",
    code: "K-BIND-102",
    lie: { signers: { release: impostors.otherMunicipality.gate } },
  },
  "M that the renderer signed by itself": {
    check: "release.signer",
    code: "K-BIND-102",
    lie: { signers: { release: impostors.renderer } },
  },
  "M that the attestor signed": {
    check: "release.signer",
    code: "K-BIND-102",
    lie: { signers: { release: parties.attestor } },
  },
  "M by a certificate that is not valid yet, or a kiosk whose clock is wrong": {
    check: "release.dates",
    code: "K-BIND-104",
    lie: { signers: { release: parties.municipalityAuthority.signer("gate", MUNICIPALITY, NEXT_YEAR) } },
  },
  "M by another key": {
    check: "release.signature",
    code: "K-BIND-101",
    lie: { signers: { release: { ...parties.gate, key: parties.centre.key } } },
  },
  "M of another request": {
    check: "release.request",
    code: "K-BIND-110",
    lie: { release: (m) => ({ ...m, requestId: ids() }) },
  },
  "M of another application": {
    check: "release.application",
    code: "K-BIND-111",
    lie: { release: (m) => ({ ...m, applicationHash: OTHER_HASH }) },
  },
  "M of another choice": {
    check: "release.choice",
    code: "K-BIND-112",
    lie: { release: (m) => ({ ...m, choiceHash: OTHER_HASH }) },
  },
  "M of another attestation": {
    check: "release.register",
    code: "K-BIND-113",
    lie: { release: (m) => ({ ...m, registerHash: OTHER_HASH }) },
  },
  "one document where two copies were chosen": {
    check: "release.copies",
    code: "K-BIND-119",
    lie: { choice: { copies: 2 }, documents: 1 },
  },
  "two documents where one copy was chosen": {
    check: "release.copies",
    code: "K-BIND-119",
    lie: { choice: { copies: 1 }, documents: 2 },
  },
  "the first copy twice": {
    check: "release.copy",
    code: "K-BIND-119",
    lie: { choice: { copies: 2 }, release: (m) => ({ ...m, copy: 1 }) },
  },
  "one document as both copies": {
    check: "release.unique",
    code: "K-BIND-118",
    lie: { choice: { copies: 2 }, sameDocumentId: true },
  },
  "a release with a field that was not chosen": {
    check: "release.notChosen",
    code: "K-BIND-134",
    lie: { release: (m) => ({ ...m, printedFields: [...m.printedFields, "myNumber"] }) },
  },
  "a release without a field that was chosen": {
    check: "release.chosen",
    code: "K-BIND-135",
    lie: { release: (m) => ({ ...m, printedFields: ["domicile"] }) },
  },
  "a release with more pictures than pages": {
    check: "release.pages",
    code: "K-BIND-122",
    lie: { release: (m) => ({ ...m, pageHashes: [...m.pageHashes, OTHER_HASH] }) },
  },
  "M that comes too late": {
    check: "release.printBy",
    code: "K-BIND-117",
    lie: { release: (m) => ({ ...m, printByMs: PAST_MS }) },
  },
  "other bytes than those that were released": {
    check: "release.bytes",
    code: "K-BIND-121",
    lie: { release: (m) => ({ ...m, pdfHash: OTHER_HASH }) },
  },

  "R of another municipality": {
    check: "register.signer",
    code: "K-BIND-102",
    lie: { signers: { register: impostors.otherMunicipality.attestor } },
  },
  "R that the gate signed by itself": {
    check: "register.signer",
    code: "K-BIND-102",
    lie: { signers: { register: parties.gate } },
  },
  "R by a certificate that has expired": {
    check: "register.dates",
    code: "K-BIND-104",
    lie: { signers: { register: parties.municipalityAuthority.signer("attestor", MUNICIPALITY, LONG_AGO) } },
  },
  "R by another key": {
    check: "register.signature",
    code: "K-BIND-101",
    lie: { signers: { register: { ...parties.attestor, key: parties.gate.key } } },
  },
  "R of another request": {
    check: "register.request",
    code: "K-BIND-110",
    lie: { register: (r) => ({ ...r, requestId: ids() }) },
  },
  "R of another application": {
    check: "register.application",
    code: "K-BIND-111",
    lie: { register: (r) => ({ ...r, applicationHash: OTHER_HASH }) },
  },
  "R of another choice": {
    check: "register.choice",
    code: "K-BIND-112",
    lie: { register: (r) => ({ ...r, choiceHash: OTHER_HASH }) },
  },
  "R from a register that stood still": {
    check: "register.fresh",
    code: "K-BIND-104",
    lie: { register: (r) => ({ ...r, asOfMs: NOW_MS - 25 * 3_600_000 }) },
  },
  "R from the future": {
    check: "register.fresh",
    code: "K-BIND-104",
    lie: { register: (r) => ({ ...r, asOfMs: NOW_MS + 3_600_000 }) },
  },
  "the husband's record for the wife's card, by a wrong link, when the card's items were not read": {
    check: "register.scope",
    code: "K-BIND-131",
    lie: { shown: [taro], holder: hanako, card: undefined },
  },
  "another household than the holder's": {
    check: "register.scope",
    code: "K-BIND-131",
    lie: { choice: household(), shown: [stranger], holder: hanako, card: undefined },
  },
  "two members where one was chosen": {
    check: "register.scope",
    code: "K-BIND-131",
    lie: { choice: members("m1"), shown: [taro, person("一郎", "2015-05-05")] },
  },

  "fewer pages than were released": {
    check: "pages.count",
    code: "K-BIND-122",
    lie: {
      release: (m) => ({ ...m, pageCount: 2, pageHashes: [...m.pageHashes, OTHER_HASH] }),
      text: (field) => (field === "pageOfPages" ? "1/2" : undefined),
    },
  },
  "a page that draws something else here than at the municipality": {
    check: "pages.pictures",
    code: "K-BIND-123",
    lie: { release: (m) => ({ ...m, pageHashes: m.pageHashes.map(() => OTHER_HASH) }) },
  },
  "a page of another document": {
    check: "pages.documentId",
    code: "K-BIND-132",
    lie: { text: (field) => (field === "documentId" ? ids() : undefined) },
  },
  "a page without its document's id": {
    check: "pages.documentId",
    code: "K-BIND-132",
    lie: { text: (field) => (field === "documentId" ? "" : undefined) },
  },
  "a page that says to be another one": {
    check: "pages.numbers",
    code: "K-BIND-133",
    lie: { text: (field) => (field === "pageOfPages" ? "2/2" : undefined) },
  },
  "a certificate of another day": {
    check: "pages.issuedOn",
    code: "K-BIND-139",
    lie: { text: (field) => (field === "issuedOn" ? "令和8年11月20日" : undefined) },
  },
  "a My Number in a cell where there should be none": {
    check: "pages.digits",
    code: "K-BIND-134",
    lie: { shown: [{ ...hanako, movedFrom: "１２３４ ５６７８ ９０１８" }] },
  },
  "a My Number in groups, in the name of the mayor": {
    check: "pages.digits",
    code: "K-BIND-134",
    lie: {
      register: attesting("mayor", undefined, "緑野市長　1234-5678-9018"),
      text: (field) => (field === "mayor" ? "緑野市長　1234-5678-9018" : undefined),
    },
  },
  "a resident-record code beside a My Number that was chosen": {
    check: "pages.digits",
    code: "K-BIND-134",
    lie: { choice: withNumber, shown: [{ ...hanako, relationship: "子12345678901" }] },
  },
  "a name that the register does not attest for its place": {
    check: "pages.names",
    code: "K-BIND-130",
    lie: { register: attesting("name", 0, stranger.name) },
  },
  "a birth date that the register does not attest for its place": {
    check: "pages.names",
    code: "K-BIND-130",
    lie: { register: attesting("birthDate", 0, stranger.birthDate) },
  },
  "somebody else's name where the mayor certifies": {
    check: "pages.values",
    code: "K-BIND-139",
    lie: { text: (field) => (field === "mayor" ? stranger.name : undefined) },
  },
  "somebody else's domicile beside the right name": {
    check: "pages.values",
    code: "K-BIND-139",
    lie: { text: (field) => (field === "domicile" ? stranger.domicile : undefined) },
  },
  "somebody else's My Number beside the right name": {
    check: "pages.values",
    code: "K-BIND-139",
    lie: { choice: withNumber, text: (field) => (field === "myNumber" ? "２３４５６７８９０１２８" : undefined) },
  },
  "two answers of the register for one place": {
    check: "pages.attested",
    code: "K-BIND-135",
    lie: {
      register: (r, k) => ({
        ...r,
        values: [...r.values, { field: "domicile", person: 0, hash: valueHash(k, "domicile", 0, stranger.domicile) }],
      }),
      text: (field) => (field === "domicile" ? stranger.domicile : undefined),
    },
  },
  "a value that the register attests and no page shows": {
    check: "pages.attested",
    code: "K-BIND-135",
    lie: {
      register: (r, k) => ({
        ...r,
        values: [...r.values, { field: "myNumber", person: 0, hash: valueHash(k, "myNumber", 0, hanako.myNumber) }],
      }),
    },
  },
  "somebody on the page whom the register does not name": {
    check: "pages.nobodyElse",
    code: "K-BIND-130",
    lie: {
      choice: household(),
      shown: [hanako, stranger],
      register: (r) => ({ ...r, persons: r.persons.slice(0, 1) }),
    },
  },
  "a member of the household who is missing": {
    check: "pages.everybody",
    code: "K-BIND-131",
    lie: {
      choice: household(),
      register: (r, k) => ({ ...r, persons: [...r.persons, personHash(k, taro)] }),
    },
  },
  "an offer in which two of a household changed places": {
    check: "pages.shown",
    code: "K-BIND-142",
    lie: {
      choice: members("m1"),
      shown: [taro],
      offered: [
        { ref: "m0", name: taro.name, holder: false },
        { ref: "m1", name: hanako.name, holder: true },
      ],
    },
  },
  "a household of which the panel showed one more": {
    check: "pages.shown",
    code: "K-BIND-142",
    lie: {
      choice: household(),
      offered: [
        { ref: "m0", name: hanako.name, holder: true },
        { ref: "m1", name: taro.name, holder: false },
      ],
    },
  },
  "another holder than the panel showed": {
    check: "pages.shown",
    code: "K-BIND-142",
    lie: { offered: [{ ref: "m0", name: stranger.name, holder: true }] },
  },
  "another address than the register's": {
    check: "pages.address",
    code: "K-BIND-137",
    lie: { register: (r, k) => ({ ...r, address: addressHash(k, stranger.address) }) },
  },
  "a wrong link: the register's holder is not the person on the card": {
    check: "card.holder",
    code: "K-BIND-140",
    lie: { choice: members("m1"), shown: [taro], holder: hanako, card: stranger },
  },
  "a page that does not name the person on the card": {
    check: "card.pages",
    code: "K-BIND-141",
    lie: { shown: [taro], holder: hanako, card: hanako },
    // The register's own view of the same fact: R.holder is F, and R.persons is whom the pages name.
    alsoStoppedBy: ["register.scope"],
  },
};

function judge(checks: BindingChecks) {
  const options = {
    centreAuthorities: [parties.centreAuthority.certificate],
    municipalityAuthorities: [parties.municipalityAuthority.certificate],
    kioskCertificate: parties.kiosk.certificate,
    clock: createFakeClock(NOW_MS),
  };
  return (it: Issuance) => createBinding({ ...options, checks }).verifyPrepared(it.input);
}

function without(...taken: readonly string[]): BindingChecks {
  const left = <C extends { readonly id: string }>(checks: readonly C[]) => checks.filter((c) => !taken.includes(c.id));
  return { ...bindingChecks, statements: left(bindingChecks.statements), pages: left(bindingChecks.pages) };
}

const everyCheck = [...bindingChecks.statements, ...bindingChecks.pages];

describe("the binding", () => {
  let honest: Issuance;
  beforeAll(async () => {
    honest = await issuance(parties);
  });

  it("accepts an honest issuance at level 3", async () => {
    expect(await judge(bindingChecks)(honest)).toMatchObject({
      ok: true,
      value: { level: "L3", requestId: honest.input.requestId, documents: [{ copy: 1, pages: 1 }] },
    });
  });

  it("accepts one whose card's items could not be read at level 2, and none lower", async () => {
    expect(await judge(bindingChecks)(await issuance(parties, { card: undefined }))).toMatchObject({
      ok: true,
      value: { level: "L2" },
    });
  });

  it.each([
    ["the whole household on several copies", { choice: household({ copies: 3 }), shown: [hanako, taro] }],
    ["chosen members without the holder", { choice: members("m1"), shown: [taro], holder: hanako }],
    ["chosen members, the holder among them", { choice: members("m0", "m1"), shown: [hanako, taro] }],
    ["a My Number that was chosen", { choice: withNumber }],
    [
      "a seal registration",
      { choice: { choice: { kind: "seal-registration", options: {} } } satisfies Partial<ChoiceStatement> },
    ],
    ["a household that needs two pages", { choice: household(), shown: [hanako, taro, ...several(4)] }],
  ] as const)("accepts %s", async (_what, lie: Lie) => {
    expect(await judge(bindingChecks)(await issuance(parties, lie))).toMatchObject({ ok: true });
  });

  it("names each check once", () => {
    expect(new Set(everyCheck.map((check) => check.id)).size).toBe(everyCheck.length);
  });

  it.each(everyCheck.map((check) => check.id))("has a lie for the check %s", (id) => {
    expect(Object.values(lies).some((row) => row.check === id)).toBe(true);
  });

  describe.each(Object.entries(lies))("told %s", (_name, { check, code, lie, alsoStoppedBy = [] }) => {
    it(`refuses by ${check}`, async () => {
      const told = await issuance(parties, lie);
      expect((await judge(bindingChecks)(told)).ok).toBe(false);
      expect(await judge(without(...alsoStoppedBy))(told)).toMatchObject({
        ok: false,
        error: { code, detail: { check } },
      });
    });

    it(`would believe it if ${check} were taken out`, async () => {
      const told = await issuance(parties, lie);
      expect(await judge(without(check, ...alsoStoppedBy))(told)).toMatchObject({ ok: true });
    });
  });
});

function several(count: number) {
  return Array.from({ length: count }, (_, index) => person(`${"一二三四五六"[index]}郎`, `201${index}-05-05`));
}
