import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pemFile } from "../../../test/support/municipality.ts";
import { certIdOf } from "../../issuance-center/validity/ocsp/cert-id.ts";
import { ocspRequest } from "../../issuance-center/validity/ocsp/request.ts";
import type { Application } from "../../protocol/application.ts";
import { toBase64Url } from "../../protocol/encoding.ts";
import { type OcspMisbehaviour, type OcspStatus, ocspAnswer } from "../../town/ocsp/answer.ts";
import { ocspGenerations } from "../../town/ocsp/responder.ts";
import { makeCitizenCertificate } from "../../town/pki/citizens.ts";
import { ensureTownPki, type TownPki } from "../../town/pki/town-pki.ts";
import { checkCardValidity } from "./card-validity.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 1, 0, 0);
const folder = mkdtempSync(join(tmpdir(), "mdg-validity-"));
let pki: TownPki;
beforeAll(async () => {
  pki = await ensureTownPki(folder, { municipalities: [], kiosks: [] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  readonly ca?: 0 | 1 | 2;
  readonly status?: OcspStatus;
  readonly misbehaviour?: OcspMisbehaviour;
  /** Generations that the municipality pinned. */
  readonly pinned?: readonly (0 | 1 | 2)[];
  readonly notAfterMs?: number;
  readonly answeredAtMs?: number;
  readonly answer?: (der: Buffer) => Uint8Array;
}

async function codeOf(of: Case): Promise<string> {
  const { ca = 1 } = of;
  const dates = of.notAfterMs === undefined ? {} : { notAfterMs: of.notAfterMs };
  const { certificate } = await makeCitizenCertificate(pki, { ca, serial: "4d6164", ...dates });
  const generations = ocspGenerations(pki);
  const authority = generations[ca]?.authority;
  if (!authority) throw new Error("no such generation");
  const der = ocspAnswer(ocspRequest(certIdOf(certificate, authority), randomBytes(32)), {
    generations,
    nowMs: of.answeredAtMs ?? NOW_MS,
    misbehaviour: of.misbehaviour,
    statusOf: () => of.status ?? "good",
  });
  const application = { authCertificate: toBase64Url(certificate.raw) } as Application;
  const authorities = (of.pinned ?? [0, 1, 2]).map((g) => pemFile(pki.authorities.jpki[g]));
  const trust = { authorities, nowMs: NOW_MS };
  const checked = checkCardValidity(application, toBase64Url(of.answer?.(der) ?? der), trust);
  return checked.ok ? "valid" : checked.error.code;
}

describe("the municipality's own look at the card's certificate", () => {
  it.each([0, 1, 2] as const)("accepts a good certificate of generation %i", async (ca) => {
    expect(await codeOf({ ca })).toBe("valid");
  });

  it.each<[string, string, Case]>([
    ["revoked", "K-CERT-130", { status: "revoked" }],
    ["unknown to its authority", "K-CERT-130", { status: "unknown" }],
    ["expired, whatever the answer says", "K-CERT-130", { notAfterMs: NOW_MS - 1 }],
    ["of a generation that is not pinned, though it has the same name", "K-CERT-131", { pinned: [0, 2] }],
    ["answered by another generation's responder", "K-CERT-131", { misbehaviour: "wrongSigner" }],
    ["answered with a broken signature", "K-CERT-131", { misbehaviour: "brokenSignature" }],
    ["answered about another certificate", "K-CERT-131", { misbehaviour: "otherCertificate" }],
    ["answered long ago", "K-CERT-131", { misbehaviour: "stale" }],
    ["answered in the future", "K-CERT-131", { misbehaviour: "fromTheFuture" }],
    ["answered with try later", "K-CERT-131", { misbehaviour: "tryLater" }],
    ["answered with something else", "K-CERT-131", { misbehaviour: "notAsn1" }],
  ])("refuses one %s", async (_, code, of) => {
    expect(await codeOf(of)).toBe(code);
  });

  it("believes an answer until its nextUpdate, with the tolerance of two clocks", async () => {
    expect(await codeOf({ answeredAtMs: NOW_MS - 14 * 60_000 })).toBe("valid");
    expect(await codeOf({ answeredAtMs: NOW_MS - 16 * 60_000 })).toBe("K-CERT-131");
  });

  it("never throws on byte soup", async () => {
    const soup = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(soup, async (bytes) => {
        expect(await codeOf({ answer: () => bytes })).toBe("K-CERT-131");
      }),
      { numRuns: 30 },
    );
  });

  it("believes no answer in which a byte was changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const code = await codeOf({
          status: "revoked",
          answer(der) {
            const altered = Uint8Array.from(der);
            altered[place % altered.length] = (altered[place % altered.length] ?? 0) ^ change;
            return altered;
          },
        });
        expect(code).not.toBe("valid");
      }),
      { numRuns: 60 },
    );
  });
});
