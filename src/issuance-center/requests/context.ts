import type { X509Certificate } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { IdSource } from "../../kernel/ids.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { Result } from "../../kernel/result.ts";
import type { Signer } from "../../protocol/statement.ts";
import type { DrawnPage } from "../../security-print/page-process/messages.ts";
import type { ScrambleKeys } from "../../security-print/scramble/make-payload.ts";
import type { Routing } from "../routing/routing.ts";
import type { RequestStore } from "../store/requests.ts";
import type { ValidityVerification } from "../validity/validity.ts";
import type { RecentBodies } from "./recent-bodies.ts";

/** Who sent a message, as its verified signature says. */
export interface Sender {
  /** Kiosk id. */
  readonly kiosk: string;
  /** H of its device certificate. */
  readonly certificateHash: string;
  /** The key that the reply will be sealed to: E.pub within a session. */
  readonly replyTo: string;
}

/** Draws and reads every page of a PDF, away from this process (a hostile PDF may hang or crash it). */
export interface PageDrawer {
  draw(pdf: Uint8Array): Promise<Result<readonly DrawnPage[]>>;
}

/** What the operations work with. */
export interface RequestContext {
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
  readonly ids: IdSource;
  readonly random: (bytes: number) => Uint8Array;
  readonly requests: RequestStore;
  readonly recent: RecentBodies;
  readonly routing: Routing;
  readonly validity: ValidityVerification;
  readonly pages: PageDrawer;
  /** Seals and signs the scrambled images. */
  readonly imageKeys: ScrambleKeys;
  /** Signs C. */
  readonly signer: Signer;
  readonly kioskAuthorities: readonly X509Certificate[];
  readonly municipalityAuthorities: readonly X509Certificate[];
  readonly nonceLifeMs: number;
  readonly sessionLifeMs: number;
}
