import type { Bilevel } from "../../../src/security-print/bilevel/generic-region.ts";
import { encodeBits } from "../../../src/security-print/scramble/channel-code.ts";
import type { InspectionKeys } from "../../../src/security-print/scramble/keys.ts";
import type { Payload } from "../../../src/security-print/scramble/payload.ts";
import { DOCUMENT_ID, ISSUED_AT_MS, TestCentre, textLikeFront } from "../scramble.ts";

/** A genuine back, and the front that its issuer sealed into it. */
export interface Genuine {
  readonly payload: Payload;
  readonly front: Bilevel;
  readonly documentId: string;
  readonly page: number;
}

/** What a forger has on his table: genuine backs of one centre, several of them pages of one document, and another centre. */
export interface Workshop {
  readonly centre: TestCentre;
  readonly strangers: TestCentre;
  readonly genuine: readonly Genuine[];
  /** Issued when the centre's keys had been revoked for an hour. */
  readonly late: Genuine;
  readonly theirs: Genuine;
  /** What an honest inspector holds. */
  readonly keys: InspectionKeys;
}

const HOUR_MS = 3_600_000;

export function openWorkshop(): Workshop {
  const centre = new TestCentre("workshop");
  const strangers = new TestCentre("strangers");
  const made = (by: TestCentre, seed: number, page: Parameters<TestCentre["payload"]>[0] = {}): Genuine => {
    const front = textLikeFront(seed);
    const whole = { documentId: documentOf(seed), page: 1, ...page };
    return { payload: by.payload({ ...whole, front }), front, documentId: whole.documentId, page: whole.page };
  };
  const single = [11, 12, 13].map((seed) => made(centre, seed));
  const pages = [1, 2, 3].map((page) => made(centre, 20 + page, { documentId: documentOf(20), page, pages: 3 }));
  return {
    centre,
    strangers,
    genuine: [...single, ...pages],
    late: made(centre, 14, { issuedAtMs: ISSUED_AT_MS + 2 * HOUR_MS }),
    theirs: made(strangers, 15),
    keys: centre.inspectionKeys(),
  };
}

/** The centre's keys as they are known after they were stolen an hour after the first certificates. */
export function revokedKeys({ keys }: Workshop): InspectionKeys {
  const revokedFromMs = ISSUED_AT_MS + HOUR_MS;
  return {
    ...keys,
    encryption: keys.encryption.map((key) => ({ ...key, revokedFromMs })),
    signing: keys.signing.map((key) => ({ ...key, revokedFromMs })),
  };
}

function documentOf(seed: number): string {
  return DOCUMENT_ID.replace(/..$/, seed.toString(16).padStart(2, "0"));
}

/** The cells of a back, one byte a place of its grid, 1 for black. */
export function cellsOf({ cellPx, frame, image }: Payload): Uint8Array {
  return encodeBits(cellPx, frame, image);
}
