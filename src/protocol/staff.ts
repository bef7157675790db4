import { z } from "zod";
import { errorCatalogue } from "../kernel/errors/catalogue.ts";

/**
 * What staff at the machine and the kiosk say to each other over a unix socket that only the kiosk's user can open: one
 * JSON object a line. Every request has a number and gets one answer with it. Nothing of it is ever personal.
 */
export const MAX_STAFF_LINE_BYTES = 64 * 1024;

/** What of the kiosk can be ill: its devices, and the journal of its money. */
export const healthParts = [
  "cardReader",
  "coinVendor",
  "certificatePrinter",
  "receiptPrinter",
  "cabinet",
  "journal",
] as const;
export type HealthPart = (typeof healthParts)[number];

/** What the kiosk can do about an issue when staff tell it to. Their words are `fixup.<id>` of `ui/locales/<language>/staff.json`. */
export const fixupIds = [
  /** Give up the connection and make a new one. */
  "reopen",
  /** Take the power off the reader for a moment: the cabinet's relay. */
  "powerCycleReader",
  /** Cancel jobs of ours that the printer still holds. */
  "clearQueue",
  /** Let a stopped printer go on. */
  "resumePrinter",
  /** Tell the receipt printer that what blocked it is gone, and drop what it held back. */
  "recoverReceiptPrinter",
  /** Try again to settle money and paper of an earlier session. */
  "settleEarlier",
] as const;
export type FixupId = (typeof fixupIds)[number];

/** What an issue means for a citizen; from the worst to none. */
export const healthConsequences = ["outOfService", "exactMoneyOnly", "noReceipt", "watch"] as const;
export type HealthConsequence = (typeof healthConsequences)[number];

const part = z.enum(healthParts);
const fixup = z.enum(fixupIds);
const code = z.enum(Object.keys(errorCatalogue) as [keyof typeof errorCatalogue]);

/**
 * Three questions about a device, kept apart: is there a connection, does somebody answer on it, can it do its part for a
 * citizen. A reader that is unplugged, one that hangs and one that works look alike only from afar.
 */
const partState = z.strictObject({ part, connected: z.boolean(), alive: z.boolean(), able: z.boolean() });
export type PartState = Readonly<z.infer<typeof partState>>;

/** What can be done: a sentence of `staff.json` by its key, and the fixup that does it, where there is one. */
const suggestion = z.strictObject({ sentence: z.string(), fixup: fixup.optional() });
export type Suggestion = Readonly<z.infer<typeof suggestion>>;

/** One thing that is wrong: where, why (the code has a cause and a clerk's sentence), what follows, what can be done. */
const healthIssue = z.strictObject({
  part,
  code,
  consequence: z.enum(healthConsequences),
  suggestions: z.array(suggestion).readonly(),
});
export type HealthIssue = Readonly<z.infer<typeof healthIssue>>;

/** The kiosk's health as staff see it. `serving`: a citizen stands before it, and nothing may be mended now. */
const health = z.strictObject({
  serviceable: z.boolean(),
  serving: z.boolean(),
  parts: z.array(partState).readonly(),
  issues: z.array(healthIssue).readonly(),
});
export type StaffHealth = Readonly<z.infer<typeof health>>;

const id = z.int().min(0);

export const toKiosk = z.discriminatedUnion("ask", [
  z.strictObject({ id, ask: z.literal("health") }),
  z.strictObject({ id, ask: z.literal("fix"), part, fixup }),
]);
export type StaffRequest = z.infer<typeof toKiosk>;

export const toStaff = z.discriminatedUnion("say", [
  z.strictObject({ id, say: z.literal("health"), health }),
  /** The fixup has ended. `mended`: what it was tried for is gone; `health` as it is now. */
  z.strictObject({ id, say: z.literal("fixed"), mended: z.boolean(), health }),
  z.strictObject({ id, say: z.literal("refused"), code }),
]);
export type StaffReply = z.infer<typeof toStaff>;
