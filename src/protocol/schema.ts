import { z } from "zod";

/** Building blocks of every message's schema. Sizes are bounded, so that no peer can make another hold much. */

/** Bytes as base64url without padding, at most `maxBytes` of them. */
export const base64Url = (maxBytes: number) =>
  z
    .string()
    .max(Math.ceil((maxBytes * 4) / 3))
    .regex(/^[A-Za-z0-9_-]*$/, "base64url without padding");

/** A SHA-256 as 43 characters of base64url. */
export const hash256 = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "a SHA-256 as base64url");

/** A UUID of `createIdSource`. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, "a UUID version 7");

/** Wall time in milliseconds since the epoch. */
export const timeMs = z.int().min(0).max(8_640_000_000_000_000);

/** 全国地方公共団体コード: five digits and a check digit. */
export const municipalityCode = z.string().regex(/^[0-9]{6}$/, "a municipality code of six digits");

export const yenAmount = z.int().min(0).max(1_000_000);
export const shortText = z.string().max(200);
/** A sentence in both languages that every screen has. */
export const bilingual = z.strictObject({ ja: z.string().max(300), en: z.string().max(300) });
export type Bilingual = z.infer<typeof bilingual>;
