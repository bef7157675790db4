import type { Resident } from "../../src/issuing-server/registry/types.ts";
import { createRenderer } from "../../src/issuing-server/renderer/renderer.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { sampleMunicipality, sampleRegister, sampleResident } from "./sample-people.ts";
import { DOCUMENT_ID } from "./scramble.ts";
import { createAuthority } from "./signing-parties.ts";

/**
 * The PDF of a resident record of a household of so many, as the municipality's renderer makes it; `first` says what is
 * different about its first person, `myNumber` whether it has everybody's.
 */
export async function renderedCertificate(
  persons: number,
  first: Partial<Resident> = {},
  { myNumber = true } = {},
): Promise<Uint8Array> {
  const residents = Array.from({ length: persons }, (_, i) =>
    sampleResident(`person-${i + 1}`, i === 0 ? first : { relationship: "子", name: `山田　${"一二三四五"[i]}郎` }),
  );
  const certificate = await unwrap(await createRenderer()).renderCertificate({
    documentId: DOCUMENT_ID,
    requestId: DOCUMENT_ID.replace("ab", "ac"),
    choice: {
      kind: "resident-record",
      options: { scope: "household", headAndRelationship: true, domicile: true, myNumber },
    },
    residentIds: residents.map(({ residentId }) => residentId),
    issuedOn: "2026-11-24",
    municipality: sampleMunicipality,
    register: sampleRegister(residents),
    signer: createAuthority("municipality CA").signer("renderer", sampleMunicipality.code),
  });
  return unwrap(certificate).pdf;
}
