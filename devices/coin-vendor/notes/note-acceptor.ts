import type { Failure } from "../../../src/kernel/errors/failure.ts";
import type { Result } from "../../../src/kernel/result.ts";
import type { CoinEvents, NoteDenomination, StorageUnit } from "../port.ts";

/**
 * A note acceptor with an escrow for one note, whatever its protocol. One note a transaction: the escrow holds no second
 * one, and a fee is paid with one note at most. A note acceptor that fails takes no notes; coins go on.
 */
export interface NoteAcceptor {
  /** State of the note box, as the storage unit shows it; `inoperative` with its cause while no note can be taken. */
  state(): { readonly state: StorageUnit["state"]; readonly cause?: Failure };
  /** The note that lies in the escrow, recorded. */
  held(): NoteDenomination | undefined;
  /** A note is on its way in or out. */
  moving(): boolean;
  /**
   * Takes these notes, one; none closes the slot. Told to the device at once, and again after every start-up of it; a
   * device that cannot be told now takes nothing.
   */
  setSlot(accept: readonly NoteDenomination[]): Promise<void>;
  /**
   * One poll, with the start-up before it when the device needs it. What it proves is recorded before it is told. Never
   * fails: what is wrong is the state.
   */
  step(): Promise<void>;
  /** The held note into the box. `K-COIN-302` it came back instead, `K-COIN-303` its way cannot be proved (yet). */
  stack(signal: AbortSignal): Promise<Result<void>>;
  /** The held note back to the citizen. `K-COIN-302` never; `K-COIN-303` its way cannot be proved (yet). */
  giveBack(signal: AbortSignal): Promise<Result<void>>;
  /** Closes the slot if the device can still be told, and its link if it has one of its own. */
  close(): Promise<void>;
}

/** The name of the note acceptor in the journal's rows. */
export const NOTES_SOURCE = "notes";

/** What every note acceptor is made with. */
export interface NoteAcceptorParts {
  readonly onEvents: (events: CoinEvents) => void;
  readonly onState: (state: StorageUnit["state"], cause: Failure | undefined) => void;
  readonly onFraud: (cause: Failure) => void;
}
