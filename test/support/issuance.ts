import { randomBytes, sign } from "node:crypto";
import type { FourItems } from "../../devices/card-reader/port.ts";
import { createIdSource } from "../../src/kernel/ids.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import type { BindingInput, ReadPages } from "../../src/kiosk/ports.ts";
import { type Application, applicationBytes, applicationHash } from "../../src/protocol/application.ts";
import { chosenFields } from "../../src/protocol/certificates.ts";
import { hashText, toBase64Url } from "../../src/protocol/encoding.ts";
import { addressHash, personHash, valueHash } from "../../src/protocol/folding.ts";
import type { PersonalField } from "../../src/protocol/forms/cells.ts";
import { layoutForm } from "../../src/protocol/forms/layout.ts";
import { valuesOfForm } from "../../src/protocol/forms/parts.ts";
import { toJapaneseDate } from "../../src/protocol/japanese-date.ts";
import type { PrepareReply } from "../../src/protocol/messages/kiosk.ts";
import type { OfferMember } from "../../src/protocol/offer.ts";
import { tags } from "../../src/protocol/roles.ts";
import { generateSealingKeyPair, seal } from "../../src/protocol/sealing.ts";
import { certificateHash, type Signer, signStatement, statementHash } from "../../src/protocol/statement.ts";
import type {
  CentreStatement,
  ChoiceStatement,
  RegisterStatement,
  ReleaseStatement,
} from "../../src/protocol/statements.ts";
import type { PageReading } from "../../src/security-print/pages/reading.ts";
import { payloadHash } from "../../src/security-print/scramble/keys.ts";
import { drawnPages, type TextOf } from "./drawn-pages.ts";
import { plainPayload } from "./payloads.ts";
import { type Authority, createAuthority } from "./signing-parties.ts";

/** Somebody of the register, by the values that a form can show. */
export type Person = Readonly<Record<PersonalField, string>>;

export const MUNICIPALITY = "131016";
const MAYOR = "緑野市長　緑野　太郎";
/** A Tuesday at ten in Japan, as `createFakeClock` has it. */
export const NOW_MS = Date.UTC(2026, 10, 24, 1, 0, 0);
export const ids = createIdSource({ nowMs: () => NOW_MS });

export function person(given: string, birthDate: string, more: Partial<Person> = {}): Person {
  const name = `髙橋　${given}`;
  return {
    name,
    birthDate,
    sex: "女",
    address: "緑野市桜ヶ丘一丁目２番３号",
    householder: "髙橋　花子",
    relationship: "世帯主",
    domicile: "緑野市桜ヶ丘一丁目２番地",
    domicileHead: name,
    nationality: "",
    residenceStatus: "",
    residenceCardNumber: "",
    myNumber: "１２３４５６７８９０１８",
    becameResidentOn: "2015-04-01",
    movedFrom: "",
    sealRegistrationNumber: "第０１２３号",
    sealRegisteredOn: "2016-05-02",
    ...more,
  };
}

export const hanako = person("花子", "1990-05-01");
export const taro = person("太郎", "1988-03-09", { sex: "男", relationship: "夫" });
/** Lives elsewhere. */
export const stranger = person("次郎", "1971-12-24", { address: "緑野市本町９番９号", domicile: "緑野市本町９番地" });

const DATE_FIELDS: ReadonlySet<PersonalField> = new Set(["birthDate", "becameResidentOn", "sealRegisteredOn"]);

/** A value as the form prints it. */
export function printed(who: Person, field: PersonalField): string {
  return DATE_FIELDS.has(field) ? toJapaneseDate(who[field]) : who[field];
}

export function itemsOf(who: Person): FourItems {
  return { name: who.name, birthDate: who.birthDate, address: who.address, sex: "female" };
}

/** Everybody who signs, and a kiosk. */
export interface Parties {
  readonly centreAuthority: Authority;
  readonly municipalityAuthority: Authority;
  readonly deviceAuthority: Authority;
  readonly centre: Signer;
  readonly gate: Signer;
  readonly attestor: Signer;
  readonly kiosk: Signer;
  readonly card: ReturnType<Authority["card"]>;
}

export function createParties(): Parties {
  const centreAuthority = createAuthority("centre authority");
  const municipalityAuthority = createAuthority("municipality authority");
  const deviceAuthority = createAuthority("device authority");
  return {
    centreAuthority,
    municipalityAuthority,
    deviceAuthority,
    centre: centreAuthority.signer("issuance-center", "issuance-center"),
    gate: municipalityAuthority.signer("gate", MUNICIPALITY),
    attestor: municipalityAuthority.signer("attestor", MUNICIPALITY),
    kiosk: deviceAuthority.signer("kiosk", "kiosk-1"),
    card: deviceAuthority.card(),
  };
}

/**
 * What somebody changes of an honest issuance. Everything that follows from a change follows it consistently (hashes,
 * signatures), so that a lie contradicts only what it must; `onTheWay` changes what was already signed.
 */
export interface Lie {
  readonly choice?: Partial<ChoiceStatement>;
  readonly application?: (a: Application["fields"]) => Application["fields"];
  /** After the card signed. */
  readonly signedApplication?: (a: Application) => Application;
  /** Whom the pages show, and whom R attests when `attested` says nothing else. */
  readonly shown?: readonly Person[];
  readonly attested?: readonly Person[];
  /** The card's holder as the register knows them, and as the card says (`undefined`: the card's items were not read). */
  readonly holder?: Person;
  readonly card?: Person | undefined;
  /** Whom the panel showed, by their references; those on the pages when nothing else is said. */
  readonly offered?: readonly OfferMember[];
  readonly register?: (r: RegisterStatement, k: Uint8Array) => RegisterStatement;
  readonly release?: (m: ReleaseStatement, index: number) => ReleaseStatement;
  readonly centre?: (c: CentreStatement, index: number) => CentreStatement;
  readonly signers?: Partial<Record<"register" | "release" | "centre", Signer>>;
  /** What a page shows in a cell, when it is not the honest text. */
  readonly text?: (...at: [...Parameters<TextOf>, document: number]) => string | undefined;
  readonly pages?: (pages: PageReading[], document: number) => PageReading[];
  /** How many documents come, when it is not the number of copies. */
  readonly documents?: number;
  readonly sameDocumentId?: boolean;
  /** The payload of each page's scrambled image, which C then signs. */
  readonly payload?: (documentId: string, page: number, pages: number) => Buffer;
  readonly onTheWay?: (reply: PrepareReply) => PrepareReply;
}

/** What one kiosk in one session then has before it. */
export interface Issuance {
  readonly input: BindingInput;
  /** What reading each PDF gives, by its hash. */
  readonly readings: ReadonlyMap<string, { pages: readonly PageReading[]; frontHashes: readonly string[] }>;
}

const PDF_BYTES = 64;

/** An issuance of one resident record for Hanako alone, unless the lie says otherwise. */
export async function issuance(parties: Parties, lie: Lie = {}): Promise<Issuance> {
  const requestId = ids();
  const sessionKey = await generateSealingKeyPair();
  const application = apply(parties, requestId, sessionKey.publicKey, lie);
  const choice: ChoiceStatement = {
    requestId,
    applicationHash: applicationHash(application),
    choice: {
      kind: "resident-record",
      options: { scope: "self", headAndRelationship: true, domicile: true, myNumber: false },
    },
    members: [],
    copies: 1,
    feePerCopyYen: 300,
    feeYen: 300,
    confirmedAtMs: NOW_MS - 5_000,
    ...lie.choice,
  };
  const signedChoice = signStatement(tags.choice, choice, parties.kiosk);
  const { shown = [hanako], holder = hanako } = lie;
  const form = layoutForm(
    choice.choice,
    shown.map(() => ({ foreign: false })),
  );
  const k = randomBytes(32);
  const register = signStatement(
    tags.register,
    attest(
      {
        requestId,
        application,
        choice,
        choiceHash: statementHash(signedChoice),
        holder,
        attested: lie.attested ?? shown,
        k,
      },
      lie,
    ),
    lie.signers?.register ?? parties.attestor,
  );
  const readings: Map<string, { pages: readonly PageReading[]; frontHashes: readonly string[] }> = new Map();
  const firstId = ids();
  const documents = Array.from({ length: lie.documents ?? choice.copies }, (_, index) => {
    const documentId = lie.sameDocumentId || index === 0 ? firstId : ids();
    const pdf = randomBytes(PDF_BYTES);
    const frontHashes = form.map((_page, page) => hashText(Buffer.from(`${documentId} ${index} ${page}`)));
    const textOf: TextOf = (field, who, page) =>
      lie.text?.(field, who, page, index) ?? honestText(shown, documentId, form.length)(field, who, page);
    const pages = drawnPages(form, textOf);
    readings.set(hashText(pdf), { pages: lie.pages?.(pages, index) ?? pages, frontHashes });
    const release = signStatement(
      tags.release,
      changed(lie.release, index, {
        requestId,
        applicationHash: applicationHash(application),
        choiceHash: statementHash(signedChoice),
        registerHash: statementHash(register),
        renderingHash: hashText(Buffer.from("D")),
        documentId,
        copy: index + 1,
        copies: choice.copies,
        printedFields: chosenFields(choice.choice),
        pageCount: form.length,
        pageHashes: frontHashes,
        pdfHash: hashText(pdf),
        softwareVersion: "1.0.0",
        printByMs: NOW_MS + 600_000,
      }),
      lie.signers?.release ?? parties.gate,
    );
    const m = JSON.parse(Buffer.from(release.statement, "base64url").toString()) as ReleaseStatement;
    const payloads = m.pageHashes
      .slice(0, m.pageCount)
      .map((_, page) => (lie.payload ?? plainPayload)(m.documentId, page + 1, m.pageCount));
    const centre = signStatement(
      tags.centre,
      changed(lie.centre, index, {
        requestId,
        documentId: m.documentId,
        releaseHash: statementHash(release),
        antiForgery: payloads.map((payload, page) => ({
          page: page + 1,
          pages: m.pageCount,
          frontHash: m.pageHashes[page] ?? "",
          payloadHash: payloadHash(payload),
        })),
        kioskCertificateHash: certificateHash(parties.kiosk.certificate),
        sessionKey: sessionKey.publicKey,
        printByMs: NOW_MS + 600_000,
      }),
      lie.signers?.centre ?? parties.centre,
    );
    return { release, centre, pdf: toBase64Url(pdf), payloads: payloads.map(toBase64Url) };
  });
  const personKey = await seal(sessionKey.publicKey, "MDG-SEAL-PERSON-KEY-1", k, requestId);
  const reply: PrepareReply = { requestId, register, personKey, documents };
  const card = "card" in lie ? lie.card : holder;
  return {
    readings,
    input: {
      requestId,
      sessionKey,
      application,
      choice: signedChoice,
      reply: lie.onTheWay?.(reply) ?? reply,
      fourItems: card && new Personal(itemsOf(card)),
      offer: new Personal({
        municipality: MUNICIPALITY,
        asOfMs: NOW_MS,
        items: [],
        members: [...(lie.offered ?? membersOf(shown, choice.members))],
      }),
      read: reader(readings),
    },
  };
}

/** An honest offer of these people. Alone, somebody is the holder. */
function membersOf(people: readonly Person[], refs: readonly string[]): OfferMember[] {
  return people.map(({ name }, index) => ({ ref: refs[index] ?? `m${index}`, name, holder: index === 0 }));
}

/** Reads the PDFs of an issuance as the page process would. */
export function reader(...known: Issuance["readings"][]): BindingInput["read"] {
  return async (pdf): Promise<Result<ReadPages>> => {
    const hash = hashText(pdf.reveal());
    const found = known.map((readings) => readings.get(hash)).find((reading) => reading !== undefined);
    if (!found) return fail("K-BIND-138");
    return ok({ pages: new Personal(found.pages), frontHashes: found.frontHashes });
  };
}

function apply(parties: Parties, requestId: string, sessionKey: string, lie: Lie): Application {
  const honest: Application["fields"] = {
    requestId,
    nonce: toBase64Url(randomBytes(32)),
    municipality: MUNICIPALITY,
    relation: "residence",
    kioskCertificateHash: certificateHash(parties.kiosk.certificate),
    sessionKey,
    notAfterMs: NOW_MS + 60_000,
  };
  const fields = lie.application?.(honest) ?? honest;
  const application = {
    fields,
    authCertificate: toBase64Url(parties.card.certificate.raw),
    signature: toBase64Url(sign("sha256", applicationBytes(fields), parties.card.key)),
  };
  return lie.signedApplication?.(application) ?? application;
}

function attest(
  facts: {
    requestId: string;
    application: Application;
    choice: ChoiceStatement;
    choiceHash: string;
    holder: Person;
    attested: readonly Person[];
    k: Uint8Array;
  },
  lie: Lie,
): RegisterStatement {
  const { attested, k, choice } = facts;
  const form = layoutForm(
    choice.choice,
    attested.map(() => ({ foreign: false })),
  );
  const body: RegisterStatement = {
    requestId: facts.requestId,
    applicationHash: applicationHash(facts.application),
    choiceHash: facts.choiceHash,
    asOfMs: NOW_MS - 60_000,
    linkVersion: 3,
    holder: personHash(k, facts.holder),
    persons: attested.map((who) => personHash(k, who)),
    address: addressHash(k, (attested[0] ?? hanako).address),
    values: valuesOfForm(form).map(({ field, person: index }) => {
      const who = attested[index ?? 0] ?? hanako;
      const hash = valueHash(k, field, index, field === "mayor" ? MAYOR : printed(who, field));
      return { field, ...(index === undefined ? {} : { person: index }), hash };
    }),
  };
  return lie.register?.(body, k) ?? body;
}

/** What an honest renderer prints. */
function honestText(shown: readonly Person[], documentId: string, pageCount: number): TextOf {
  return (field, index, page) => {
    if (field === "documentId") return documentId;
    if (field === "pageOfPages") return `${page + 1}/${pageCount}`;
    if (field === "issuedOn") return "令和8年11月24日";
    if (field === "mayor") return MAYOR;
    return printed(shown[index ?? 0] ?? hanako, field);
  };
}

function changed<T>(change: ((body: T, index: number) => T) | undefined, index: number, body: T): T {
  return change ? change(body, index) : body;
}
