import type { X509Certificate } from "node:crypto";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type Application, applicationHash, verifyApplication } from "../../protocol/application.ts";
import { tags } from "../../protocol/roles.ts";
import {
  CLOCK_TOLERANCE_MS,
  certificateHash,
  openStatement,
  type SignedStatement,
  type Trust,
} from "../../protocol/statement.ts";
import { type ChoiceStatement, choiceStatement } from "../../protocol/statements.ts";

/** S as it was confirmed, and its hash. */
export interface CheckedChoice {
  readonly statement: ChoiceStatement;
  /** H(S) */
  readonly hash: string;
}

/**
 * Verifies A for a municipality that serves by residence: the card's signature (`K-BIND-120`, `K-BIND-103`), that it names
 * this municipality (`K-CERT-123`) and residence (`K-CERT-115`). Whether its time is over is asked apart: `isApplicable`.
 */
export function checkApplication(application: Application, municipality: string): Result<X509Certificate> {
  const verified = verifyApplication(application);
  if (!verified.ok) return verified;
  if (application.fields.municipality !== municipality) return fail("K-CERT-123");
  if (application.fields.relation !== "residence") return fail("K-CERT-115");
  return verified;
}

/** How long after its signing a session may be confirmed at most: nonces are good for 120 s (docs/binding.md 1). */
const MAX_NOTICE_MS = 120_000;

/** `K-BIND-104` when A's time is over, or lies further ahead than a nonce may. */
export function isApplicable(application: Application, nowMs: number): Result<void> {
  const { notAfterMs } = application.fields;
  if (nowMs > notAfterMs) return fail("K-BIND-104", { why: "the application's time is over" });
  if (notAfterMs > nowMs + MAX_NOTICE_MS + CLOCK_TOLERANCE_MS) {
    return fail("K-BIND-104", { why: "the application's time lies too far ahead" });
  }
  return ok();
}

/**
 * Opens S and checks that it belongs to A: signed by a kiosk of a pinned authority (`K-BIND-101` … `104`), by the very
 * device certificate that the card signed (`K-BIND-115`), for the same request (`K-BIND-110`) and application
 * (`K-BIND-111`); confirmed about now (`K-BIND-104`); members and fee that agree with themselves (`K-CERT-116`, `117`).
 */
export function checkChoice(
  application: Application,
  choice: SignedStatement,
  kioskTrust: Trust,
  sessionMs: number,
): Result<CheckedChoice> {
  const opened = openStatement(
    choice,
    { tag: tags.choice, schema: choiceStatement, role: "kiosk" },
    { authorities: kioskTrust.authorities, nowMs: kioskTrust.nowMs },
  );
  if (!opened.ok) return opened;
  const { body } = opened.value;
  if (certificateHash(opened.value.certificate) !== application.fields.kioskCertificateHash) return fail("K-BIND-115");
  if (body.requestId !== application.fields.requestId) return fail("K-BIND-110");
  if (body.applicationHash !== applicationHash(application)) return fail("K-BIND-111");
  const ageMs = kioskTrust.nowMs - body.confirmedAtMs;
  if (ageMs < -CLOCK_TOLERANCE_MS || ageMs > sessionMs + CLOCK_TOLERANCE_MS) {
    return fail("K-BIND-104", { why: "the confirmation is not of this session" });
  }
  const wantsMembers = body.choice.kind === "resident-record" && body.choice.options.scope === "members";
  if (wantsMembers !== body.members.length > 0) return fail("K-CERT-116", { what: "members" });
  if (new Set(body.members).size !== body.members.length) return fail("K-CERT-116", { what: "members" });
  if (body.feeYen !== body.feePerCopyYen * body.copies) return fail("K-CERT-117");
  return ok({ statement: body, hash: opened.value.hash });
}
