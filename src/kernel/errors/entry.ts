/** What happens to an issuance that meets the error. */
export type ErrorKind =
  /** The citizen cannot have this now; nothing is broken. */
  | "refusal"
  /** A device, a link or a server does not work. */
  | "fault"
  /** A check of the binding failed: somebody or something lies. Nothing may be printed. */
  | "contradiction"
  /** The installation's configuration or files are wrong. */
  | "configuration"
  /** The operation was given up on purpose (cancel, shutdown). */
  | "aborted";

/** One entry of the error catalogue: what it is, why it happens, and what the clerk should do. */
export interface ErrorEntry {
  readonly kind: ErrorKind;
  /** Why it happens, for the engineer: one sentence without a full stop. */
  readonly cause: string;
  /** What the clerk should do: one or two plain sentences. */
  readonly clerk: string;
}

/** Keeps the literal keys of a room's entries while checking their shape. */
export function entries<const T extends Readonly<Record<`K-${string}-${number}`, ErrorEntry>>>(room: T): T {
  return room;
}
