import type { X509Certificate } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import { Personal } from "../../kernel/personal.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import type { FormPages } from "../../protocol/forms/cells.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import { personsOfValues } from "../../protocol/forms/parts.ts";
import { certificateHash } from "../../protocol/statement.ts";
import { MAX_PERSONS } from "../../protocol/statements.ts";
import { readForm } from "../../security-print/reading/read-form.ts";
import type { Binding, BindingInput, VerifiedDocument, VerifiedPreparation } from "../ports.ts";
import { type BindingCheck, firstRefusal } from "./check.ts";
import { type BindingTrust, type Evidence, gatherEvidence } from "./evidence.ts";
import { type PageEvidence, pageChecks, type ReadDocument } from "./page-checks.ts";
import { statementChecks } from "./statement-checks.ts";

/** The checks of the binding: of the statements, and then of the pages. */
export interface BindingChecks {
  readonly statements: readonly BindingCheck<Evidence>[];
  readonly pages: readonly BindingCheck<PageEvidence>[];
  /** Whatever stands on a page outside its form refuses it. */
  readonly readForm: typeof readForm;
}

/** All of them, in their order. */
export const bindingChecks: BindingChecks = { statements: statementChecks, pages: pageChecks, readForm };

/**
 * The kiosk's judgement before a yen is accepted (docs/binding.md 9–12): everything that came is checked against what this
 * session knows by itself, the pages are read, and what they say is compared with the register's attestation and the
 * card's own items. Any contradiction is a failure with its own code; nothing lower than L2 is ever `ok`.
 *
 * Names are compared folded (variants, widths, spaces), addresses in one notation; see `src/protocol/folding.ts`. The
 * card's address is not judged: it lags behind a move until the card is updated, so a difference proves nothing.
 */
export function createBinding(options: {
  /** Authorities pinned in the kiosk's own configuration, never supplied by a centre. */
  readonly centreAuthorities: readonly X509Certificate[];
  readonly municipalityAuthorities: readonly X509Certificate[];
  /** This kiosk's device certificate. */
  readonly kioskCertificate: X509Certificate;
  readonly clock: Pick<Clock, "nowMs">;
  /** Only tests pass fewer: to show that each is needed. */
  readonly checks?: BindingChecks;
}): Binding {
  const trust: BindingTrust = {
    centreAuthorities: options.centreAuthorities,
    municipalityAuthorities: options.municipalityAuthorities,
    kioskCertificateHash: certificateHash(options.kioskCertificate),
  };
  const checks = options.checks ?? bindingChecks;
  return {
    async verifyPrepared(input) {
      const evidence = await gatherEvidence({
        ...input,
        nowMs: options.clock.nowMs(),
        trust,
        fourItems: input.fourItems?.reveal(),
        members: input.offer.reveal().members,
      });
      if (!evidence.ok) return evidence;
      try {
        return await judge(evidence.value, input, checks);
      } finally {
        evidence.value.personKey.fill(0);
      }
    },
  };
}

async function judge(
  evidence: Evidence,
  input: BindingInput,
  checks: BindingChecks,
): Promise<Result<VerifiedPreparation>> {
  const refused = firstRefusal(checks.statements, evidence);
  if (refused) return err(refused);
  const form = formOf(evidence);
  if (!form.ok) return form;
  const documents: ReadDocument[] = [];
  for (const document of evidence.documents) {
    const read = await input.read(new Personal(document.pdf));
    if (!read.ok) return read;
    const pages = read.value.pages.reveal();
    const reading = checks.readForm(pages, form.value);
    read.value.pages.wipe();
    if (!reading.ok) return reading;
    documents.push({
      ...document,
      pages: pages.length,
      frontHashes: read.value.frontHashes,
      values: reading.value.values,
    });
  }
  const contradicted = firstRefusal(checks.pages, { ...evidence, form: form.value, documents });
  if (contradicted) return err(contradicted);
  return ok({
    requestId: evidence.requestId,
    level: evidence.fourItems ? "L3" : "L2",
    documents: documents.map(verified),
  });
}

function verified({ release, centre, pages, pdf, payloads }: ReadDocument): VerifiedDocument {
  return {
    documentId: release.body.documentId,
    copy: release.body.copy,
    pages,
    pdf: new Personal(pdf),
    payloads,
    centreHash: centre.hash,
    printByMs: Math.min(release.body.printByMs, centre.body.printByMs),
  };
}

/** The form that S and R lead to. `K-BIND-103` when R attests values that no form has: nobody, or too many persons. */
function formOf(evidence: Evidence): Result<FormPages> {
  const { choice } = evidence.choice.body;
  const persons = personsOfValues(
    evidence.register.body.values.map(({ field, person }) => ({ field, ...(person === undefined ? {} : { person }) })),
  );
  const most = choice.kind === "seal-registration" ? 1 : MAX_PERSONS;
  if (persons.length < 1 || persons.length > most) {
    return fail("K-BIND-103", { statement: "R", persons: persons.length });
  }
  return ok(layoutForm(choice, persons));
}
