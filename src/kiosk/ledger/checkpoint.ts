import type { DatabaseSync } from "node:sqlite";
import { joinFields, sha256 } from "../../protocol/encoding.ts";
import { CHAIN_START } from "./chain.ts";

/** A place in the chain: the number and the hash of a row; 0 and zeros before the first. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** Rows between two checkpoints. */
export const CHECKPOINT_EVERY = 1_000;
/**
 * So many rows at least are read again on every start, although a later checkpoint might be there: damage is most likely
 * where the last writes were. Some tens of milliseconds.
 */
export const CHECKED_ON_START = 2_000;

const TAG = "MDG-LEDGER-CHECKPOINT-1";

/**
 * What was derived up to a row, so that a kiosk of many years starts as fast as a new one. A checkpoint is a cache and never
 * the truth: it is bound to its row by the row's hash, and one that does not fit is not used.
 */
export interface Checkpoints {
  /** The newest one that leaves enough rows to read again; `undefined` when there is none: then from the first row on. */
  find(): { readonly at: ChainPoint; readonly state: string } | undefined;
  /** Keeps the state after the row `at`. A cache may fail: nothing is thrown. */
  keep(at: ChainPoint, state: string): void;
}

export function createCheckpoints(database: DatabaseSync): Checkpoints {
  const newestRow = database.prepare("SELECT max(seq) AS seq FROM entries");
  const select = database.prepare(
    `SELECT c.seq, c.state, c.digest, e.hash FROM checkpoints c JOIN entries e ON e.seq = c.seq
     WHERE c.seq <= ? ORDER BY c.seq DESC LIMIT 1`,
  );
  const insert = database.prepare("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)");
  const prune = database.prepare("DELETE FROM checkpoints WHERE seq < ?");
  return {
    find() {
      const last = Number(newestRow.get()?.seq ?? 0);
      const found = select.get(last - CHECKED_ON_START);
      if (!found) return undefined;
      const at = { seq: Number(found.seq), hash: found.hash as Uint8Array };
      const state = String(found.state);
      return digest(at, state).equals(found.digest as Uint8Array) ? { at, state } : undefined;
    },
    keep(at, state) {
      try {
        insert.run(at.seq, state, new Uint8Array(digest(at, state)));
        prune.run(at.seq - CHECKED_ON_START - CHECKPOINT_EVERY);
      } catch {
        // The rows are there; the next start reads them.
      }
    },
  };
}

/** Before the first row. */
export const BEGINNING: ChainPoint = { seq: 0, hash: CHAIN_START };

function digest(at: ChainPoint, state: string): Buffer {
  return sha256(joinFields(TAG, String(at.seq), at.hash, state));
}
