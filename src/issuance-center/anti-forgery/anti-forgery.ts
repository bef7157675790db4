import { ok, type Result } from "../../kernel/result.ts";
import type { FieldName } from "../../protocol/forms/cells.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import { personsOfValues } from "../../protocol/forms/parts.ts";
import { tags } from "../../protocol/roles.ts";
import { type SignedStatement, type Signer, signStatement, statementHash } from "../../protocol/statement.ts";
import {
  type AntiForgeryPage,
  type CentreStatement,
  type ChoiceStatement,
  MAX_PERSONS,
  type RegisterStatement,
  type ReleaseStatement,
} from "../../protocol/statements.ts";
import type { DrawnPage } from "../../security-print/page-process/messages.ts";
import { type ReadValue, readForm } from "../../security-print/reading/read-form.ts";
import type { ImageFields } from "../../security-print/scramble/fields.ts";
import { payloadHash } from "../../security-print/scramble/keys.ts";
import { makePayload, type ScrambleKeys } from "../../security-print/scramble/make-payload.ts";
import { encodePayload } from "../../security-print/scramble/payload.ts";

/** One page's payload for the kiosk, and what C says of the page. */
export interface ProtectedPage {
  readonly payload: Buffer;
  readonly antiForgery: AntiForgeryPage;
}

/** A document whose pages are to be protected. */
export interface DocumentToProtect {
  readonly municipality: string;
  readonly documentId: string;
  readonly issuedAtMs: number;
  readonly pages: readonly DrawnPage[];
  /** Values of the whole document, by page; see `valuesOf`. */
  readonly values: readonly ReadValue[];
}

/**
 * The payloads of a document's scrambled images (docs/binding.md 8): each page's front as the municipality rendered it,
 * before any deterrent text, sealed under a data key of its own. `K-IMAGE-102` when a page is too dense for its back,
 * `K-IMAGE-120` … `K-IMAGE-126` when the keys lie in a token that does not answer.
 */
export async function protectPages(document: DocumentToProtect, keys: ScrambleKeys): Promise<Result<ProtectedPage[]>> {
  const { municipality, documentId, issuedAtMs } = document;
  const pages = document.pages.length;
  const done: ProtectedPage[] = [];
  for (const [index, { front, frontHash }] of document.pages.entries()) {
    const page = index + 1;
    const values = document.values.filter((value) => value.page === index && isTold(value)).slice(0, MAX_VALUES);
    const made = await makePayload(
      { municipality, documentId, issuedAtMs, page, pages, front, frontHash, values: values.map(asField) },
      keys,
    );
    if (!made.ok) return made;
    const payload = encodePayload(made.value);
    done.push({ payload, antiForgery: { page, pages, frontHash, payloadHash: payloadHash(payload) } });
  }
  return ok(done);
}

/** The header says these already, and room is scarce. */
const SAID_ELSEWHERE: ReadonlySet<FieldName> = new Set<FieldName>(["documentId", "pageOfPages"]);
const isTold = ({ field, text }: ReadValue) => text !== "" && !SAID_ELSEWHERE.has(field);

const MAX_VALUES = 40;
const MAX_VALUE_CHARACTERS = 200;

function asField({ field, text }: ReadValue): ImageFields["values"][number] {
  return [field, text.slice(0, MAX_VALUE_CHARACTERS)];
}

/**
 * What a document's pages say, for the fields of its scrambled images. Empty when they do not read as the form that S and R
 * lead to: the centre need not judge that, because no kiosk prints such pages.
 */
export function valuesOf(
  pages: readonly DrawnPage[],
  { choice }: ChoiceStatement,
  register: RegisterStatement,
): readonly ReadValue[] {
  const places = register.values.map(({ field, person }) => ({ field, ...(person === undefined ? {} : { person }) }));
  const persons = personsOfValues(places);
  if (persons.length < 1 || persons.length > MAX_PERSONS) return [];
  const read = readForm(
    pages.map(({ reading }) => reading),
    layoutForm(choice, persons),
  );
  return read.ok ? read.value.values : [];
}

/** C: the centre's word for one document, for one session of one kiosk. */
export function signCentreStatement(
  document: {
    readonly release: SignedStatement;
    readonly body: ReleaseStatement;
    readonly antiForgery: readonly AntiForgeryPage[];
    readonly kioskCertificateHash: string;
    readonly sessionKey: string;
  },
  signer: Signer,
): SignedStatement {
  const statement: CentreStatement = {
    requestId: document.body.requestId,
    documentId: document.body.documentId,
    releaseHash: statementHash(document.release),
    antiForgery: [...document.antiForgery],
    kioskCertificateHash: document.kioskCertificateHash,
    sessionKey: document.sessionKey,
    printByMs: document.body.printByMs,
  };
  return signStatement(tags.centre, statement, signer);
}
