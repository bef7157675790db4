import { addressHash, foldName, personHash, valueHash } from "../../protocol/folding.ts";
import type { FieldName, FormPages } from "../../protocol/forms/cells.ts";
import { isAttestedField, valuesOfForm } from "../../protocol/forms/parts.ts";
import { fromPrintedDate } from "../../protocol/japanese-date.ts";
import type { OfferMember } from "../../protocol/offer.ts";
import type { AttestedValue } from "../../protocol/statements.ts";
import type { ReadValue } from "../../security-print/reading/read-form.ts";
import { type BindingCheck, mustHold, mustHoldForEach } from "./check.ts";
import type { Evidence, PresentedDocument } from "./evidence.ts";

/** A document with what was read from its pages. */
export interface ReadDocument extends PresentedDocument {
  readonly pages: number;
  /** One for each page, computed by this kiosk. */
  readonly frontHashes: readonly string[];
  readonly values: readonly ReadValue[];
}

/** What the checks of the pages look at. */
export interface PageEvidence extends Omit<Evidence, "documents"> {
  /** The form that S and R lead to. */
  readonly form: FormPages;
  readonly documents: readonly ReadDocument[];
}

const documentsOf = (e: PageEvidence) => e.documents;

interface Found {
  readonly document: ReadDocument;
  readonly value: ReadValue;
}
const found = (e: PageEvidence, wanted: (value: ReadValue) => boolean = () => true): Found[] =>
  e.documents.flatMap((document) => document.values.filter(wanted).map((value) => ({ document, value })));

/** What R attests for a place of the form. */
function attested(e: PageEvidence, place: { field: FieldName; person?: number }): AttestedValue[] {
  return e.register.body.values.filter((value) => value.field === place.field && value.person === place.person);
}

/** Whether R attests what stands in a cell. Values of the document itself (its id, the day) have checks of their own. */
function fits(e: PageEvidence, { field, person, text }: ReadValue): boolean {
  if (!isAttestedField(field)) return true;
  const hash = valueHash(e.personKey, field, person, text);
  return attested(e, { field, ...(person === undefined ? {} : { person }) }).some((value) => value.hash === hash);
}

/** Fields whose refusal has a code of its own; every other field refuses with `K-BIND-139`. */
const NAMING: ReadonlySet<FieldName> = new Set<FieldName>(["name", "birthDate"]);

/** HMAC_k of each person that a document's pages name, by name and birth date together. */
function personsOn(e: PageEvidence, document: ReadDocument): string[] {
  const names = new Map<number, { name: string; birthDate: string }>();
  for (const { field, person, text } of document.values) {
    if (person === undefined || (field !== "name" && field !== "birthDate")) continue;
    const known = names.get(person) ?? { name: "", birthDate: "" };
    names.set(person, { ...known, [field]: field === "name" ? text : (fromPrintedDate(text) ?? text) });
  }
  return [...names.values()].map((person) => personHash(e.personKey, person));
}

/** Whether every hash of `part` stands in `whole`, as often as it stands in `part`. */
function contains(whole: readonly string[], part: readonly string[]): boolean {
  const left = [...whole];
  return part.every((hash) => {
    const at = left.indexOf(hash);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/**
 * Eleven digits are a resident-record code (住民票コード, never printable), twelve a My Number, which is also written in
 * groups of four. The document's id is left out: the last group of a UUID may happen to be twelve digits.
 */
const FORBIDDEN_DIGITS = /[0-9]{11}|[0-9]{4}-[0-9]{4}-[0-9]{4}/;
const DASHES = /[‐-―−ー－]/gu;

function carriesForbiddenDigits(e: PageEvidence, { field, text }: ReadValue): boolean {
  if (field === "documentId") return false;
  const { choice } = e.choice.body;
  if (field === "myNumber" && choice.kind === "resident-record" && choice.options.myNumber) return false;
  return FORBIDDEN_DIGITS.test(text.normalize("NFKC").replace(/\s/gu, "").replace(DASHES, "-"));
}

const DAY_MS = 86_400_000;
const JAPAN_OFFSET_MS = 9 * 3_600_000;

/** The day of issue is today in Japan, or yesterday when midnight passed between release and check. */
function isToday(e: PageEvidence, text: string): boolean {
  const day = (ms: number) => new Date(ms + JAPAN_OFFSET_MS).toISOString().slice(0, 10);
  const printed = fromPrintedDate(text);
  return printed === day(e.nowMs) || printed === day(e.nowMs - DAY_MS);
}

function sameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/** Names that the panel showed for whom the citizen chose, folded. */
function namesShown(e: PageEvidence): string[] {
  const { choice, members } = e.choice.body;
  const scope = choice.kind === "resident-record" ? choice.options.scope : "self";
  const meant = {
    household: () => true,
    self: (member: OfferMember) => member.holder,
    members: (member: OfferMember) => members.includes(member.ref),
  }[scope];
  return e.members.filter(meant).map((member) => foldName(member.name));
}

/**
 * Whether a document names exactly those. References and names come apart (S and R know the references, the offer alone
 * joins them to names), so nobody's signature would show that the offer exchanged two of a household.
 */
function namesWhomThePanelShowed(e: PageEvidence, document: ReadDocument): boolean {
  const shown = namesShown(e);
  const printed = document.values.filter((value) => value.field === "name").map((value) => foldName(value.text));
  return shown.length === printed.length && contains(shown, printed);
}

/** Whether a document names F: the card's name and birth date stand in one person's cells. */
function namesTheCard(e: PageEvidence, document: ReadDocument): boolean {
  const card = e.fourItems;
  if (!card) return true;
  const names = document.values.filter((value) => value.field === "name" && sameName(value.text, card.name));
  return names.some((name) =>
    document.values.some(
      (value) =>
        value.field === "birthDate" && value.person === name.person && fromPrintedDate(value.text) === card.birthDate,
    ),
  );
}

/** Whether the document must name the card's holder: all but 世帯の一部, which names whom the holder chose. */
function namesTheHolder(e: PageEvidence): boolean {
  const { choice } = e.choice.body;
  if (choice.kind !== "resident-record" || choice.options.scope !== "members") return true;
  return e.register.body.persons.includes(e.register.body.holder);
}

/** What is checked when the pages have been read (docs/binding.md 9 and 10). */
export const pageChecks: readonly BindingCheck<PageEvidence>[] = [
  mustHoldForEach("pages.count", "K-BIND-122", documentsOf, (d) => d.pages === d.release.body.pageCount),
  mustHoldForEach("pages.pictures", "K-BIND-123", documentsOf, (d) =>
    Array.from({ length: d.pages }, (_, page) => page).every(
      (page) => d.frontHashes[page] === d.release.body.pageHashes[page],
    ),
  ),
  mustHoldForEach(
    "pages.documentId",
    "K-BIND-132",
    (e) => found(e, (value) => value.field === "documentId"),
    ({ document, value }) => value.text.replace(/\s/gu, "") === document.release.body.documentId,
  ),
  mustHoldForEach(
    "pages.numbers",
    "K-BIND-133",
    (e) => found(e, (value) => value.field === "pageOfPages"),
    ({ document, value }) => value.text.replace(/\s/gu, "") === `${value.page + 1}/${document.release.body.pageCount}`,
  ),
  mustHoldForEach(
    "pages.issuedOn",
    "K-BIND-139",
    (e) => found(e, (value) => value.field === "issuedOn"),
    ({ value }, e) => isToday(e, value.text),
  ),
  mustHoldForEach(
    "pages.digits",
    "K-BIND-134",
    (e) => found(e),
    ({ value }, e) => !carriesForbiddenDigits(e, value),
  ),
  mustHoldForEach(
    "pages.names",
    "K-BIND-130",
    (e) => found(e, (value) => NAMING.has(value.field)),
    ({ value }, e) => fits(e, value),
  ),
  mustHoldForEach(
    "pages.values",
    "K-BIND-139",
    (e) => found(e, (value) => !NAMING.has(value.field)),
    ({ value }, e) => fits(e, value),
  ),
  mustHold("pages.attested", "K-BIND-135", (e) => {
    const shown = valuesOfForm(e.form);
    return e.register.body.values.length === shown.length && shown.every((value) => attested(e, value).length === 1);
  }),
  mustHoldForEach("pages.nobodyElse", "K-BIND-130", documentsOf, (d, e) =>
    contains(e.register.body.persons, personsOn(e, d)),
  ),
  mustHoldForEach("pages.everybody", "K-BIND-131", documentsOf, (d, e) =>
    contains(personsOn(e, d), e.register.body.persons),
  ),
  mustHoldForEach("pages.shown", "K-BIND-142", documentsOf, (d, e) => namesWhomThePanelShowed(e, d)),
  mustHoldForEach(
    "pages.address",
    "K-BIND-137",
    (e) => found(e, (value) => value.field === "address"),
    ({ value }, e) => addressHash(e.personKey, value.text) === e.register.body.address,
  ),
  mustHold(
    "card.holder",
    "K-BIND-140",
    (e) => !e.fourItems || personHash(e.personKey, e.fourItems) === e.register.body.holder,
  ),
  mustHoldForEach("card.pages", "K-BIND-141", documentsOf, (d, e) => !namesTheHolder(e) || namesTheCard(e, d)),
];
