import { randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { drawnPages, type TextOf } from "../../../test/support/drawn-pages.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { createAuthority } from "../../../test/support/signing-parties.ts";
import { createIdSource } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { fail, ok, type Result, unwrap } from "../../kernel/result.ts";
import { type Application, applicationBytes, applicationHash } from "../../protocol/application.ts";
import type { CertificateChoice } from "../../protocol/certificates.ts";
import { hashText, toBase64Url } from "../../protocol/encoding.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import { valuesOfForm } from "../../protocol/forms/parts.ts";
import { generateSealingKeyPair } from "../../protocol/sealing.ts";
import { certificateHash, openStatement, type Signer, signStatement, statementHash } from "../../protocol/statement.ts";
import {
  type ChoiceStatement,
  type RegisterStatement,
  type RenderingStatement,
  releaseStatement,
} from "../../protocol/statements.ts";
import type { PageReading } from "../../security-print/pages/reading.ts";
import { createGate, type GateParts, type ReleaseOrder } from "./gate.ts";
import { type IssuedBook, openIssuedBook } from "./issued-book.ts";

const CODE = "482013";
const clock = createFakeClock();
const ids = createIdSource(clock);
const folder = mkdtempSync(join(tmpdir(), "mdg-gate-"));
const municipality = createAuthority("municipalities");
const devices = createAuthority("devices");
const cards = createAuthority("cards");
const strangers = createAuthority("strangers");
const kiosk = devices.signer("kiosk", "kiosk-1");
const attestor = municipality.signer("attestor", CODE);
const renderer = municipality.signer("renderer", CODE);
const gateSigner = municipality.signer("gate", CODE);
const card = cards.card();
const session = await generateSealingKeyPair();
const HASH = hashText(Buffer.from("somebody"));

let book: IssuedBook;
let books = 0;
beforeEach(() => {
  books += 1;
  book = unwrap(openIssuedBook(join(folder, `${books}.sqlite`)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is changed of an honest order. What follows from a change follows it, so that only one check can notice. */
interface Lie {
  readonly fields?: Partial<Application["fields"]>;
  readonly forgedCard?: boolean;
  readonly choice?: Partial<ChoiceStatement>;
  readonly register?: Partial<RegisterStatement>;
  readonly rendering?: Partial<RenderingStatement>;
  readonly signers?: Partial<Record<"choice" | "register" | "rendering", Signer>>;
  readonly order?: Partial<ReleaseOrder>;
  readonly text?: (...at: Parameters<TextOf>) => string | undefined;
  readonly pages?: (pages: PageReading[]) => PageReading[];
  readonly missingGlyph?: boolean;
}

const RECORD: CertificateChoice = {
  kind: "resident-record",
  options: { scope: "household", headAndRelationship: true, domicile: false, myNumber: false },
};

function release(lie: Lie = {}) {
  const requestId = lie.fields?.requestId ?? ids();
  const fields: Application["fields"] = {
    requestId,
    nonce: toBase64Url(randomBytes(32)),
    municipality: CODE,
    relation: "residence",
    kioskCertificateHash: certificateHash(kiosk.certificate),
    sessionKey: session.publicKey,
    notAfterMs: clock.nowMs() + 120_000,
    ...lie.fields,
  };
  const signed = lie.forgedCard ? { ...fields, nonce: toBase64Url(randomBytes(32)) } : fields;
  const application: Application = {
    fields,
    authCertificate: toBase64Url(card.certificate.raw),
    signature: toBase64Url(sign("sha256", applicationBytes(signed), card.key)),
  };
  const choiceBody: ChoiceStatement = {
    requestId,
    applicationHash: applicationHash(application),
    choice: RECORD,
    members: [],
    copies: 1,
    feePerCopyYen: 200,
    feeYen: 200,
    confirmedAtMs: clock.nowMs(),
    ...lie.choice,
  };
  const choice = signStatement("MDG-CHOICE-1", choiceBody, lie.signers?.choice ?? kiosk);
  const people =
    choiceBody.choice.kind === "resident-record" ? [{ foreign: false }, { foreign: false }] : [{ foreign: false }];
  const residentIds = people.map((_, place) => `r${place}`);
  const form = layoutForm(choiceBody.choice, people);
  const registerBody: RegisterStatement = {
    requestId,
    applicationHash: applicationHash(application),
    choiceHash: statementHash(choice),
    asOfMs: clock.nowMs(),
    linkVersion: 1,
    holder: HASH,
    persons: people.map(() => HASH),
    address: HASH,
    values: valuesOfForm(form).map((v) => ({ ...v, hash: HASH })),
    ...lie.register,
  };
  const register = signStatement("MDG-REGISTER-1", registerBody, lie.signers?.register ?? attestor);
  const documentId = ids();
  const pdf = lie.order?.pdf ?? randomBytes(40);
  const rendering = signStatement(
    "MDG-RENDERING-1",
    { documentId, requestId, residentIds, pageCount: form.length, pdfHash: hashText(pdf), ...lie.rendering },
    lie.signers?.rendering ?? renderer,
  );
  const honest: TextOf = (field, _person, page) => {
    if (field === "documentId") return documentId;
    return field === "pageOfPages" ? `${page + 1}/${form.length}` : "佐藤";
  };
  const drawn = drawnPages(form, (...at) => lie.text?.(...at) ?? honest(...at));
  const pages = lie.pages?.(drawn) ?? drawn;
  const parts: GateParts = {
    municipality: CODE,
    signer: gateSigner,
    municipalityAuthorities: [municipality.certificate],
    kioskAuthorities: [devices.certificate],
    printWithinMs: 600_000,
    sessionMs: 900_000,
    pages: {
      read: async () => ok(pages),
      frontHashes: async () => ok(pages.map((_, page) => hashText(Buffer.from(`front ${page}`)))),
    },
    checkGlyphs: () => (lie.missingGlyph ? fail("K-CERT-101", { missing: "U+E000" }) : ok()),
    book,
    clock,
    logger: silentLogger,
  };
  const order: ReleaseOrder = {
    application,
    choice,
    register,
    residentIds,
    documentId,
    copy: 1,
    pdf,
    rendering,
    ...lie.order,
  };
  return { order, pdf, released: createGate(parts).release(order) };
}

async function codeOf(lie: Lie): Promise<string> {
  const released: Result<unknown> = await release(lie).released;
  return released.ok ? "released" : released.error.code;
}

describe("the release gate", () => {
  it("signs M over everything that it has seen to agree", async () => {
    const { order, pdf, released } = release();
    const signed = unwrap(await released);
    const trust = { authorities: [municipality.certificate], nowMs: clock.nowMs() };
    const expected = { tag: "MDG-RELEASE-1", schema: releaseStatement, role: "gate", party: CODE } as const;
    const { body } = unwrap(openStatement(signed, expected, trust));
    expect(body).toMatchObject({
      requestId: order.application.fields.requestId,
      applicationHash: applicationHash(order.application),
      choiceHash: statementHash(order.choice),
      registerHash: statementHash(order.register),
      renderingHash: statementHash(order.rendering),
      documentId: order.documentId,
      copy: 1,
      copies: 1,
      printedFields: ["headAndRelationship"],
      pageCount: 1,
      pageHashes: [hashText(Buffer.from("front 0"))],
      pdfHash: hashText(pdf),
      printByMs: clock.nowMs() + 600_000,
    });
    expect(book.ofRequest(body.requestId).map((d) => d.documentId)).toEqual([order.documentId]);
  });

  it.each<[string, string, Lie]>([
    ["a card that did not sign A", "K-BIND-120", { forgedCard: true }],
    ["an application to another municipality", "K-CERT-123", { fields: { municipality: "483419" } }],
    ["an application by registered domicile", "K-CERT-115", { fields: { relation: "domicile" } }],
    [
      "a choice of a kiosk that nobody vouches for",
      "K-BIND-102",
      { signers: { choice: strangers.signer("kiosk", "x") } },
    ],
    ["a choice that no kiosk signed", "K-BIND-102", { signers: { choice: devices.signer("gate", "kiosk-1") } }],
    [
      "a choice of another kiosk than the card signed for",
      "K-BIND-115",
      { signers: { choice: devices.signer("kiosk", "kiosk-2") } },
    ],
    ["a choice of another request", "K-BIND-110", { choice: { requestId: ids() } }],
    ["a choice for another application", "K-BIND-111", { choice: { applicationHash: HASH } }],
    ["a choice of yesterday", "K-BIND-104", { choice: { confirmedAtMs: clock.nowMs() - 86_400_000 } }],
    ["a choice whose fee is not copies times fee", "K-CERT-117", { choice: { feeYen: 100 } }],
    ["a choice of members where none may be chosen", "K-CERT-116", { choice: { members: ["m0"] } }],
    ["a register statement of a stranger", "K-BIND-102", { signers: { register: strangers.signer("attestor", CODE) } }],
    ["a register statement of the renderer", "K-BIND-102", { signers: { register: renderer } }],
    [
      "a register statement of another municipality",
      "K-BIND-102",
      { signers: { register: municipality.signer("attestor", "483419") } },
    ],
    ["a register statement for another request", "K-BIND-110", { register: { requestId: ids() } }],
    ["a register statement for another application", "K-BIND-111", { register: { applicationHash: HASH } }],
    ["a register statement for another choice", "K-BIND-112", { register: { choiceHash: HASH } }],
    [
      "a register statement that lacks a value of the form",
      "K-CERT-124",
      { register: { values: [{ field: "name", person: 1, hash: HASH }] } },
    ],
    ["a rendering of the attestor", "K-BIND-102", { signers: { rendering: attestor } }],
    ["a rendering for another request", "K-BIND-110", { rendering: { requestId: ids() } }],
    ["a rendering of another document", "K-BIND-114", { rendering: { documentId: ids() } }],
    ["a rendering of other bytes", "K-BIND-121", { rendering: { pdfHash: HASH } }],
    ["a rendering of other residents", "K-CERT-124", { rendering: { residentIds: ["r0", "r9"] } }],
    ["a rendering of residents in another order", "K-CERT-124", { rendering: { residentIds: ["r1", "r0"] } }],
    ["a rendering of fewer residents", "K-CERT-124", { rendering: { residentIds: ["r0"] } }],
    ["a rendering that claims another page count", "K-BIND-122", { rendering: { pageCount: 2 } }],
    ["a file with another number of pages", "K-BIND-122", { pages: (pages) => [...pages, ...pages] }],
    ["a page without its document id", "K-BIND-132", { text: (field) => (field === "documentId" ? "" : undefined) }],
    [
      "a page with another document id",
      "K-BIND-132",
      { text: (field) => (field === "documentId" ? ids() : undefined) },
    ],
    ["a page with another number", "K-BIND-133", { text: (field) => (field === "pageOfPages" ? "2/2" : undefined) }],
    ["a page with annotations", "K-BIND-136", { pages: (pages) => pages.map((p) => ({ ...p, annotations: 1 })) }],
    ["a page with a glyph that no font has", "K-CERT-101", { missingGlyph: true }],
    ["a copy beyond the number of copies", "K-BIND-119", { order: { copy: 2 } }],
  ])("does not release %s", async (_, code, lie) => {
    expect(await codeOf(lie)).toBe(code);
  });

  it("does not release a seal registration for two people", async () => {
    const choice: CertificateChoice = { kind: "seal-registration", options: {} };
    const twoPeople = { persons: [HASH, HASH] };
    const people = { residentIds: ["r0", "r1"] };
    expect(await codeOf({ choice: { choice } })).toBe("released");
    expect(await codeOf({ choice: { choice }, register: twoPeople, rendering: people, order: people })).toBe(
      "K-CERT-124",
    );
  });

  it("releases the same bytes only once, and the same document id only once", async () => {
    const pdf = randomBytes(40);
    expect(await codeOf({ order: { pdf } })).toBe("released");
    expect(await codeOf({ order: { pdf } })).toBe("K-BIND-118");
    const documentId = ids();
    const same: Lie = {
      order: { documentId },
      rendering: { documentId },
      text: (field) => (field === "documentId" ? documentId : undefined),
    };
    expect(await codeOf(same)).toBe("released");
    expect(await codeOf(same)).toBe("K-BIND-118");
  });

  it("keeps the book across restarts", async () => {
    const { order, released } = release();
    unwrap(await released);
    book.close();
    book = unwrap(openIssuedBook(join(folder, `${books}.sqlite`)));
    expect(book.ofRequest(order.application.fields.requestId)).toHaveLength(1);
  });

  it("says when its book cannot be used", () => {
    expect(openIssuedBook(folder)).toMatchObject({ ok: false, error: { code: "K-CERT-152" } });
  });
});
