import type { X509Certificate } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { softwareVersion } from "../../kernel/version.ts";
import { type Application, applicationHash } from "../../protocol/application.ts";
import { chosenFields } from "../../protocol/certificates.ts";
import { hashText } from "../../protocol/encoding.ts";
import type { FormPages } from "../../protocol/forms/cells.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import { type FormValue, personsOfValues, valuesOfForm } from "../../protocol/forms/parts.ts";
import { tags } from "../../protocol/roles.ts";
import {
  openStatement,
  type SignedStatement,
  type Signer,
  signStatement,
  statementHash,
} from "../../protocol/statement.ts";
import {
  type RegisterStatement,
  type ReleaseStatement,
  registerStatement,
  renderingStatement,
} from "../../protocol/statements.ts";
import type { PageReading } from "../../security-print/pages/reading.ts";
import { checkApplication, checkChoice } from "../choice/check-choice.ts";
import type { IssuedBook } from "./issued-book.ts";
import { checkPages } from "./read-pages.ts";

/** How the gate reads pages: `PageProcess` of security-print, or a fake in a test. */
export interface PageReader {
  read(pdf: Uint8Array): Promise<Result<readonly PageReading[]>>;
  frontHashes(pdf: Uint8Array): Promise<Result<readonly string[]>>;
}

/** What a gate is made of. It has a key of its own and believes neither renderer nor attestor without their signatures. */
export interface GateParts {
  readonly municipality: string;
  /** Role `gate`. */
  readonly signer: Signer;
  /** Authorities that vouch for this municipality's attestor and renderer. */
  readonly municipalityAuthorities: readonly X509Certificate[];
  readonly kioskAuthorities: readonly X509Certificate[];
  /** How long after its release a document may be printed. */
  readonly printWithinMs: number;
  readonly sessionMs: number;
  readonly pages: PageReader;
  /** The glyph check, repeated on the text that was read: `K-CERT-101`. */
  readonly checkGlyphs: (texts: Iterable<string>) => Result<void>;
  readonly book: IssuedBook;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

/** One document that wants to leave, with everything that it must agree with. */
export interface ReleaseOrder {
  readonly application: Application;
  /** S */
  readonly choice: SignedStatement;
  /** R */
  readonly register: SignedStatement;
  /** Whom the attestor says the document prints, in printed order. */
  readonly residentIds: readonly string[];
  /** The id that was ordered from the renderer. */
  readonly documentId: string;
  /** 1 … copies */
  readonly copy: number;
  readonly pdf: Uint8Array;
  /** D */
  readonly rendering: SignedStatement;
}

export interface Gate {
  /**
   * Signs M, or says why the document may not leave: A, S, R and D must verify and refer to each other (`K-BIND-101` …
   * `115`), D to this document and these bytes (`K-BIND-114`, `121`, `122`) and to the attestor's residents (`K-CERT-124`),
   * every page must carry document id and n/N (`K-BIND-132`, `133`), every glyph must exist (`K-CERT-101`), and nothing may
   * have been released before (`K-BIND-118`). That the names on the pages are the right ones only the kiosk can tell,
   * which has k.
   */
  release(order: ReleaseOrder): Promise<Result<SignedStatement>>;
}

/** A release gate (docs/binding.md 7). */
export function createGate(parts: GateParts): Gate {
  return {
    async release(order) {
      const nowMs = parts.clock.nowMs();
      const agreed = checkStatements(parts, order, nowMs);
      if (!agreed.ok) return agreed;
      const { choice, choiceHash, register } = agreed.value;
      const read = await parts.pages.read(order.pdf);
      if (!read.ok) return read;
      const form = layoutForm(choice.choice, personsOfValues(attestedValues(register)));
      if (!attestsForm(register, form)) return fail("K-CERT-124", { what: "values" });
      if (form.length !== agreed.value.pageCount) return fail("K-BIND-122", { what: "the rendering's page count" });
      const texts = checkPages(read.value, form, order.documentId);
      if (!texts.ok) return texts;
      const drawable = parts.checkGlyphs(texts.value);
      if (!drawable.ok) return drawable;
      const pageHashes = await parts.pages.frontHashes(order.pdf);
      if (!pageHashes.ok) return pageHashes;
      const pdfHash = hashText(order.pdf);
      const entered = parts.book.enter({
        documentId: order.documentId,
        requestId: choice.requestId,
        copy: order.copy,
        kind: choice.choice.kind,
        feeYen: choice.feePerCopyYen,
        pdfHash,
        releasedAtMs: nowMs,
      });
      if (!entered.ok) return entered;
      const body: ReleaseStatement = {
        requestId: choice.requestId,
        applicationHash: choice.applicationHash,
        choiceHash,
        registerHash: statementHash(order.register),
        renderingHash: statementHash(order.rendering),
        documentId: order.documentId,
        copy: order.copy,
        copies: choice.copies,
        printedFields: chosenFields(choice.choice),
        pageCount: form.length,
        pageHashes: [...pageHashes.value],
        pdfHash,
        softwareVersion,
        printByMs: parts.clock.nowMs() + parts.printWithinMs,
      };
      parts.logger.event("issuing.released", {
        requestId: choice.requestId,
        documentId: order.documentId,
        kind: choice.choice.kind,
        copy: order.copy,
        copies: choice.copies,
        pages: form.length,
      });
      return ok(signStatement(tags.release, body, parts.signer));
    },
  };
}

/** Opens A, S, R and D with the gate's own pinned authorities and holds each against the others. */
function checkStatements(parts: GateParts, order: ReleaseOrder, nowMs: number) {
  const applied = checkApplication(order.application, parts.municipality);
  if (!applied.ok) return applied;
  const kioskTrust = { authorities: parts.kioskAuthorities, nowMs };
  const choice = checkChoice(order.application, order.choice, kioskTrust, parts.sessionMs);
  if (!choice.ok) return choice;
  const { statement, hash } = choice.value;
  if (order.copy < 1 || order.copy > statement.copies) return fail("K-BIND-119", { copy: order.copy });
  const trust = { authorities: parts.municipalityAuthorities, nowMs };
  const party = parts.municipality;
  const register = openStatement(
    order.register,
    { tag: tags.register, schema: registerStatement, role: "attestor", party },
    trust,
  );
  if (!register.ok) return register;
  const r = register.value.body;
  if (r.requestId !== statement.requestId) return fail("K-BIND-110", { statement: tags.register });
  if (r.applicationHash !== applicationHash(order.application)) return fail("K-BIND-111", { statement: tags.register });
  if (r.choiceHash !== hash) return fail("K-BIND-112", { statement: tags.register });
  const rendering = openStatement(
    order.rendering,
    { tag: tags.rendering, schema: renderingStatement, role: "renderer", party },
    trust,
  );
  if (!rendering.ok) return rendering;
  const d = rendering.value.body;
  if (d.requestId !== statement.requestId) return fail("K-BIND-110", { statement: tags.rendering });
  if (d.documentId !== order.documentId) return fail("K-BIND-114", { statement: tags.rendering });
  if (d.pdfHash !== hashText(order.pdf)) return fail("K-BIND-121", { statement: tags.rendering });
  const samePeople =
    d.residentIds.length === r.persons.length &&
    d.residentIds.length === order.residentIds.length &&
    d.residentIds.every((id, place) => id === order.residentIds[place]);
  if (!samePeople) return fail("K-CERT-124", { what: "residents" });
  const fits = statement.choice.kind === "resident-record" || r.persons.length === 1;
  if (!fits || personsOfValues(attestedValues(r)).length !== r.persons.length)
    return fail("K-CERT-124", { what: "persons" });
  return ok({ choice: statement, choiceHash: hash, register: r, pageCount: d.pageCount });
}

/** Whether R attests every value that the form shows and no other, each once. */
function attestsForm(register: RegisterStatement, form: FormPages): boolean {
  const key = (v: FormValue) => `${v.field} ${v.person ?? ""}`;
  const shown = new Set(valuesOfForm(form).map(key));
  const attested = attestedValues(register).map(key);
  return attested.length === shown.size && new Set(attested).size === shown.size && attested.every((v) => shown.has(v));
}

/** What R attests, without the hashes. */
function attestedValues(register: RegisterStatement): FormValue[] {
  return register.values.map(({ field, person }) => ({ field, ...(person === undefined ? {} : { person }) }));
}
