import type { Kysely } from "kysely";
import type { SealedMessage } from "../../protocol/sealing.ts";
import type { IssuanceTables } from "./schema.ts";

/** What became of a message id that a kiosk sent. */
export type Claim =
  /** Nobody answered it yet: this caller does. */
  | { readonly claim: "mine" }
  /** It was answered: the same reply goes out again. */
  | { readonly claim: "answered"; readonly reply: SealedMessage }
  /** Somebody answers it at this moment. */
  | { readonly claim: "busy" }
  /** The id was used for another message. */
  | { readonly claim: "other" };

/** Messages by their ids: each is answered once, whoever asks again. */
export interface MessageStore {
  claim(message: {
    readonly messageId: string;
    readonly kiosk: string;
    readonly operation: string;
    readonly requestHash: string;
    readonly nowMs: number;
  }): Promise<Claim>;
  answer(messageId: string, reply: SealedMessage, nowMs: number): Promise<void>;
  /** Gives a claim back, so that the same message can be tried again. */
  abandon(messageId: string): Promise<void>;
  /** Forgets messages of before a moment. Their times are over, so that a repeat is refused by its date. */
  forgetBefore(ms: number): Promise<void>;
  /** Gives back every claim without an answer. Only for the one process that uses this database, when it starts. */
  abandonAll(): Promise<void>;
}

/** A claim that is older than any answer takes belongs to a process that ended. */
export const CLAIM_LIFE_MS = 60_000;

/** Messages in the database. */
export function createMessageStore(sql: Kysely<IssuanceTables>): MessageStore {
  return {
    async claim({ messageId, kiosk, operation, requestHash, nowMs }) {
      const inserted = await sql
        .insertInto("message")
        .values({
          message_id: messageId,
          kiosk,
          operation,
          request_hash: requestHash,
          claimed_at_ms: nowMs,
          answered_at_ms: null,
          reply: null,
        })
        .onConflict((c) => c.column("message_id").doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows === 1n) return { claim: "mine" };
      const row = await sql.selectFrom("message").selectAll().where("message_id", "=", messageId).executeTakeFirst();
      if (!row) return { claim: "busy" };
      if (row.request_hash !== requestHash || row.kiosk !== kiosk) return { claim: "other" };
      if (row.reply) return { claim: "answered", reply: row.reply };
      if (row.claimed_at_ms > nowMs - CLAIM_LIFE_MS) return { claim: "busy" };
      const taken = await sql
        .updateTable("message")
        .set({ claimed_at_ms: nowMs })
        .where("message_id", "=", messageId)
        .where("claimed_at_ms", "=", row.claimed_at_ms)
        .where("reply", "is", null)
        .executeTakeFirst();
      return taken.numUpdatedRows === 1n ? { claim: "mine" } : { claim: "busy" };
    },
    async answer(messageId, reply, nowMs) {
      await sql
        .updateTable("message")
        .set({ reply: JSON.stringify(reply), answered_at_ms: nowMs })
        .where("message_id", "=", messageId)
        .execute();
    },
    async abandon(messageId) {
      await sql.deleteFrom("message").where("message_id", "=", messageId).where("reply", "is", null).execute();
    },
    async forgetBefore(ms) {
      await sql.deleteFrom("message").where("claimed_at_ms", "<", ms).execute();
    },
    async abandonAll() {
      await sql.deleteFrom("message").where("reply", "is", null).execute();
    },
  };
}
