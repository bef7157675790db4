import { z } from "zod";

/**
 * Whom a municipality refuses at a kiosk. Every rule is one city's rule somewhere, so each is configuration; `false` or 0
 * switches it off. What is not a rule but the law of the thing — deceased, moved out — is always refused.
 */
export const refusalRules = z.strictObject({
  /** Youngest age in years that is served (most: 15). 0: no limit. */
  minimumAge: z.int().min(0).max(100),
  /** A notice of moving out was filed (転出届) by the holder. */
  moveNoticeFiled: z.boolean(),
  /** A move of the household is pending (異動処理中), or a member has filed a notice. */
  householdMovePending: z.boolean(),
  /**
   * 支援措置: of the card's holder only, or of anybody in the holder's household. There is no way to switch it off, and
   * the answer is the generic one.
   */
  protectiveMeasures: z.enum(["holder", "household"]),
  /** The day of moving in (住民となった日). */
  dayOfMovingIn: z.boolean(),
  /** A name has a private glyph (外字: private-use code points), which is still to be registered. */
  privateGlyphs: z.boolean(),
  /** Longest name in characters, selectors not counted. 0: no limit. */
  longestName: z.int().min(0).max(200),
  /** A card that was linked less than so many hours ago (a renewed card). 0: at once. */
  hoursAfterCardIssue: z.int().min(0).max(168),
});
export type RefusalRules = z.output<typeof refusalRules>;
