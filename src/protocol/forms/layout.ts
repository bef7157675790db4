import type { CertificateChoice } from "../certificates.ts";
import { MAX_PERSONS } from "../statements.ts";
import type { FormPages } from "./cells.ts";
import { layoutResidentRecord } from "./resident-record.ts";
import { layoutSealRegistration } from "./seal-registration.ts";

/**
 * The form of a certificate: where everything stands, before anybody's data. Renderer, attestor, gate and kiosk compute
 * it alike from the choice and the persons in printed order, so that a page can be judged cell by cell.
 * Throws on a number of persons that no statement can carry: that is a bug.
 */
export function layoutForm(choice: CertificateChoice, persons: readonly { readonly foreign: boolean }[]): FormPages {
  if (persons.length < 1 || persons.length > MAX_PERSONS) throw new RangeError("a form is for 1 to 40 persons");
  if (choice.kind === "resident-record") return layoutResidentRecord(choice.options, persons);
  if (persons.length !== 1) throw new RangeError("a seal registration is for one person");
  return layoutSealRegistration();
}
