import { fail, ok, type Result } from "../../kernel/result.ts";
import { optionalFields } from "../../protocol/certificates.ts";
import type { ChoiceStatement } from "../../protocol/statements.ts";
import type { Judgement } from "./build-offer.ts";

/**
 * Checks a confirmed choice against what the municipality says at this moment: the refusal of its kind if there is one
 * now, `K-CERT-116` for a kind, an option, a member or a number of copies that is not offered, `K-CERT-117` for another
 * fee of a copy. That S agrees with itself is `checkChoice`'s to see.
 */
export function checkAgainstOffer(
  judged: Judgement,
  memberRefs: ReadonlySet<string>,
  statement: ChoiceStatement,
): Result<void> {
  const { choice, copies, members } = statement;
  const item = judged.get(choice.kind);
  if (!item) return fail("K-CERT-116", { what: "kind" });
  if (!item.ok) return item;
  if (copies > item.value.maxCopies) return fail("K-CERT-116", { what: "copies" });
  if (statement.feePerCopyYen !== item.value.feePerCopyYen) return fail("K-CERT-117");
  if (choice.kind !== "resident-record") return ok();
  const { options } = item.value;
  const added = optionalFields.find((field) => choice.options[field] && !options[field]);
  if (added) return fail("K-CERT-116", { what: added });
  // Where whom it names cannot be chosen, a copy names the holder: the least that it can.
  if (!options.scope && choice.options.scope !== "self") return fail("K-CERT-116", { what: "scope" });
  return members.every((ref) => memberRefs.has(ref)) ? ok() : fail("K-CERT-116", { what: "members" });
}
