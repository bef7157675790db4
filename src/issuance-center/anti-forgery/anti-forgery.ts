import { tags } from "../../protocol/roles.ts";
import { type SignedStatement, type Signer, signStatement, statementHash } from "../../protocol/statement.ts";
import type { AntiForgeryPage, CentreStatement, ReleaseStatement } from "../../protocol/statements.ts";

/**
 * The anti-forgery data of a document's pages (docs/binding.md 8): for each page its number and the hash of its front as
 * the municipality rendered it, before any deterrent text. The scramble payload will join them here.
 */
export function antiForgeryPages(frontHashes: readonly string[]): AntiForgeryPage[] {
  return frontHashes.map((frontHash, index) => ({ page: index + 1, pages: frontHashes.length, frontHash }));
}

/** C: the centre's word for one document, for one session of one kiosk. */
export function signCentreStatement(
  document: {
    readonly release: SignedStatement;
    readonly body: ReleaseStatement;
    readonly frontHashes: readonly string[];
    readonly kioskCertificateHash: string;
    readonly sessionKey: string;
  },
  signer: Signer,
): SignedStatement {
  const statement: CentreStatement = {
    requestId: document.body.requestId,
    documentId: document.body.documentId,
    releaseHash: statementHash(document.release),
    antiForgery: antiForgeryPages(document.frontHashes),
    kioskCertificateHash: document.kioskCertificateHash,
    sessionKey: document.sessionKey,
    printByMs: document.body.printByMs,
  };
  return signStatement(tags.centre, statement, signer);
}
