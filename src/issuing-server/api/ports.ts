import type { Result } from "../../kernel/result.ts";
import type { CertificateChoice } from "../../protocol/certificates.ts";
import type { SignedStatement, Signer } from "../../protocol/statement.ts";
import type { MunicipalityProfile, RendererRegister } from "../registry/types.ts";

/** What a renderer is asked to draw: ids, never names. The same as the renderer's own order. */
export interface RenderOrder {
  readonly documentId: string;
  readonly requestId: string;
  readonly choice: CertificateChoice;
  /** In printed order. */
  readonly residentIds: readonly string[];
  /** `YYYY-MM-DD` in Japan. */
  readonly issuedOn: string;
  readonly municipality: MunicipalityProfile;
  readonly register: RendererRegister;
  /** Role `renderer`. */
  readonly signer: Signer;
}

/**
 * Draws a certificate and signs D. A function, so that a test can put a lying one in its place: nothing that the renderer
 * says is believed because it said so.
 */
export type RenderCertificate = (
  order: RenderOrder,
) => Promise<Result<{ readonly pdf: Uint8Array; readonly rendering: SignedStatement }>>;
