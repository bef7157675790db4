import { z } from "zod";
import { noteDenominations, unitIds } from "../../../devices/coin-vendor/port.ts";
import { usageRecord } from "../../protocol/messages/kiosk.ts";
import { signedStatement } from "../../protocol/statement.ts";
import { MAX_COPIES } from "../../protocol/statements.ts";

/**
 * What the journal may hold. Everything is checked before it is written, because a journal outlives the session and must
 * never hold a person: identifiers, enumerations, counts and yen, and text only as printable ASCII of modest length (no
 * Japanese name or address passes), never twelve digits in a row (no My Number passes).
 */

const MAX_TEXT = 300;
const TWELVE_DIGITS = /[0-9]{12}/;
/** The last group of a UUID may happen to be twelve digits. */
const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Text that cannot be personal: an identifier, a code, a hash, an enumeration's word. */
const plainText = z
  .string()
  .max(MAX_TEXT)
  .regex(/^[\x20-\x7e]*$/, "printable ASCII")
  .refine((text) => !TWELVE_DIGITS.test(text.replace(UUIDS, "")), "no twelve digits in a row");

const plainKey = z
  .string()
  .max(60)
  .regex(/^[A-Za-z][A-Za-z0-9_.-]*$/);
const plainNumber = z.number().refine(Number.isFinite, "finite");

/** Data of intents, settlements and facts: flat and JSON-safe. */
export const plainData = z.record(plainKey, z.union([plainText, plainNumber, z.boolean()]));

const denomination = z.union([z.literal(10), z.literal(50), z.literal(100), z.literal(500)]);
const note = z.literal([...noteDenominations]);
const cash = z.union([denomination, note]);
const coinCount = z.int().min(0).max(100_000);
const unit = z.enum(unitIds);

/** The coin book is derived from these, so their shape is fixed; other intents only have to be plain. */
export const payoutIntent = z.looseObject({ denomination, coins: coinCount });
export const payoutOutcome = z.looseObject({ paid: coinCount.optional(), unpaid: coinCount.optional() });

/** What an acceptor told in one poll (`CoinEvents`). */
export const coinsEntry = z.strictObject({
  source: plainText.optional(),
  counter: z.int().min(0).max(255),
  credits: z.array(cash).max(5),
  stacked: z.array(note).max(5).optional(),
  returned: z.array(note).max(5).optional(),
  unproved: z.array(note).max(5).optional(),
  errors: z.array(z.int().min(0).max(255)).max(5),
  lostEvents: z.int().min(0).max(255),
  reset: z.boolean(),
});

/** Staff opened storage units. */
export const exchangeStartedEntry = z.strictObject({ units: z.array(unit).min(1).max(unitIds.length) });

/**
 * What staff did to one denomination of a unit, with what the book said: `found` is what they counted before they changed
 * anything. The book goes on from `left`.
 */
export const exchangeEntry = z.strictObject({
  unit,
  denomination: cash,
  expected: z.int().optional(),
  found: coinCount.optional(),
  difference: z.int().optional(),
  added: coinCount,
  removed: coinCount,
  left: coinCount.optional(),
});

/** `SessionSummary` of ports.ts, checked. */
export const summaryEntry = z.strictObject({
  sessionId: plainText,
  requestId: plainText.optional(),
  result: z.enum(["issued", "partial", "notIssued", "unknown"]),
  failureCode: plainText.optional(),
  bindingLevel: z.enum(["L3", "L2", "none"]),
  municipality: plainText.optional(),
  certificate: plainText.optional(),
  copies: z.int().min(0).max(MAX_COPIES),
  feeYen: z.int().min(0),
  insertedYen: z.int().min(0),
  changeYen: z.int().min(0),
  refundedYen: z.int().min(0),
  owedYen: z.int().min(0),
  impressions: z.int().min(0),
  pages: z.int().min(0),
  timingsMs: z.record(plainKey, plainNumber),
  startedAtMs: z.int().min(0),
  endedAtMs: z.int().min(0),
});

/** A message for a centre. P is signed data of the kiosk's own: hashes, counts and ids. */
export const messageEntry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("usage"), body: usageRecord }),
  z.strictObject({
    kind: z.literal("settle"),
    body: z.strictObject({
      requestId: plainText,
      result: z.enum(["issued", "partial", "notIssued", "unknown"]),
      prints: z.array(signedStatement).max(MAX_COPIES),
    }),
  }),
]);

/** A snapshot of the flow: any JSON whose every text is plain. */
export const plainJson: z.ZodType = z.lazy(() =>
  z.union([
    plainText,
    plainNumber,
    z.boolean(),
    z.null(),
    z.array(plainJson).max(1000),
    z.record(
      z
        .string()
        .max(200)
        .regex(/^[\x20-\x7e]*$/),
      plainJson,
    ),
  ]),
);

/** What an intent's settlement says. */
export const settlementStates = ["done", "notDone", "unknown"] as const;
export type SettlementState = (typeof settlementStates)[number];
