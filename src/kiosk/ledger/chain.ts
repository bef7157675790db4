import { joinFields, sha256 } from "../../protocol/encoding.ts";

/** A row of the journal, as far as its hash covers it: all of it. */
export interface ChainedContent {
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  /** Wall time of writing. */
  readonly atMs: number;
  readonly kind: string;
  /** The session that it belongs to, or empty. */
  readonly session: string;
  /** The row that this one settles, or 0. */
  readonly settles: number;
  /** The JSON text as it is stored. */
  readonly data: string;
}

const CHAIN_TAG = "MDG-LEDGER-1";

/** The hash before the first row: 32 zero bytes. */
export const CHAIN_START: Uint8Array = new Uint8Array(32);

/**
 * The hash of a row that follows `previous`: SHA-256 over the hash before it and its own content, 32 bytes. No row can be
 * altered, dropped from the middle or put elsewhere without every later hash being wrong. What a chain cannot show is a
 * tail that was cut off: for that the head is told to the operator's centre.
 */
export function chainHash(previous: Uint8Array, row: ChainedContent): Buffer {
  return sha256(
    joinFields(
      CHAIN_TAG,
      previous,
      String(row.seq),
      String(row.atMs),
      row.kind,
      row.session,
      String(row.settles),
      row.data,
    ),
  );
}
