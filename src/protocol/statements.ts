import { z } from "zod";
import { certificateChoice, optionalFields } from "./certificates.ts";
import { attestedFields } from "./forms/cells.ts";
import { base64Url, hash256, shortText, timeMs, uuid, yenAmount } from "./schema.ts";

/** The bodies of the signed statements S, R, D, M, C and P (docs/binding.md 5–8 and 14). */

/** A person of the offer, by a reference that is made for this request only. */
export const memberRef = z.string().regex(/^m[0-9]{1,2}$/);

export const MAX_COPIES = 10;
export const MAX_PERSONS = 40;
export const MAX_PAGES = 20;

/** S, signed by the kiosk's device key: exactly what was confirmed on the panel. */
export const choiceStatement = z.strictObject({
  requestId: uuid,
  applicationHash: hash256,
  choice: certificateChoice,
  /** Chosen members when the scope is `members`; empty otherwise. */
  members: z.array(memberRef).max(MAX_PERSONS),
  copies: z.int().min(1).max(MAX_COPIES),
  feePerCopyYen: yenAmount,
  feeYen: yenAmount,
  confirmedAtMs: timeMs,
});
export type ChoiceStatement = z.infer<typeof choiceStatement>;

/** One printed value that the attestor read from the register by itself. An empty value is attested as empty text. */
export const attestedValue = z.strictObject({
  field: z.enum(attestedFields),
  /** Counts the persons of the document in printed order from 0; absent for a value of the document (address, householder, mayor). */
  person: z
    .int()
    .min(0)
    .max(MAX_PERSONS - 1)
    .optional(),
  hash: hash256,
});
export type AttestedValue = z.infer<typeof attestedValue>;

/** R, signed by the municipality's register attestor. Persons and address are keyed hashes under k. */
export const registerStatement = z.strictObject({
  requestId: uuid,
  applicationHash: hash256,
  choiceHash: hash256,
  asOfMs: timeMs,
  linkVersion: z.int().min(0),
  /** HMAC_k of the card's holder: `personHash`. */
  holder: hash256,
  /** HMAC_k of everybody whom the document may and must name, the holder among them if printed. */
  persons: z.array(hash256).min(1).max(MAX_PERSONS),
  /** HMAC_k of the folded address: `addressHash`. */
  address: hash256,
  /** HMAC_k of every value about people and of who certifies, as the pages must show them, each once: `valueHash`. */
  values: z
    .array(attestedValue)
    .min(1)
    .max(MAX_PERSONS * attestedFields.length),
});
export type RegisterStatement = z.infer<typeof registerStatement>;

/** D, signed by the renderer: these bytes show these residents. Stays in the municipality; M carries its hash. */
export const renderingStatement = z.strictObject({
  documentId: uuid,
  requestId: uuid,
  residentIds: z.array(shortText).max(MAX_PERSONS),
  pageCount: z.int().min(1).max(MAX_PAGES),
  pdfHash: hash256,
});
export type RenderingStatement = z.infer<typeof renderingStatement>;

/** M, signed by the municipality's release gate: this document may leave, for this request and no other. */
export const releaseStatement = z.strictObject({
  requestId: uuid,
  applicationHash: hash256,
  choiceHash: hash256,
  registerHash: hash256,
  renderingHash: hash256,
  documentId: uuid,
  /** 1 … copies */
  copy: z.int().min(1).max(MAX_COPIES),
  copies: z.int().min(1).max(MAX_COPIES),
  printedFields: z.array(z.enum(optionalFields)).max(optionalFields.length),
  pageCount: z.int().min(1).max(MAX_PAGES),
  /** `frontHash` of each page: SHA-256 of its 200-dpi bilevel raster as the municipality rendered it. */
  pageHashes: z.array(hash256).min(1).max(MAX_PAGES),
  pdfHash: hash256,
  softwareVersion: shortText,
  printByMs: timeMs,
});
export type ReleaseStatement = z.infer<typeof releaseStatement>;

/** The anti-forgery data of one page. */
export const antiForgeryPage = z.strictObject({
  page: z.int().min(1).max(MAX_PAGES),
  pages: z.int().min(1).max(MAX_PAGES),
  frontHash: hash256,
  /** H of the payload of this page's scrambled image (`src/security-print/scramble/payload.ts`). */
  payloadHash: hash256,
});
export type AntiForgeryPage = z.infer<typeof antiForgeryPage>;

/** C, signed by the issuance centre. */
export const centreStatement = z.strictObject({
  requestId: uuid,
  documentId: uuid,
  releaseHash: hash256,
  antiForgery: z.array(antiForgeryPage).min(1).max(MAX_PAGES),
  kioskCertificateHash: hash256,
  sessionKey: base64Url(32),
  printByMs: timeMs,
});
export type CentreStatement = z.infer<typeof centreStatement>;

/** What is known of a document's printing, on evidence. */
export const printResult = z.enum(["done", "notDone", "unknown"]);

/** P, signed by the kiosk: these rasters were sent, and so many impressions were counted. No claim beyond that. */
export const printStatement = z.strictObject({
  requestId: uuid,
  documentId: uuid,
  centreHash: hash256,
  /** SHA-256 of each composed side as it was sent, front and back alternating. */
  rasterHashes: z
    .array(hash256)
    .min(1)
    .max(MAX_PAGES * 2),
  impressionsBefore: z.int().min(0),
  impressionsAfter: z.int().min(0),
  result: printResult,
  printedAtMs: timeMs,
});
export type PrintStatement = z.infer<typeof printStatement>;
