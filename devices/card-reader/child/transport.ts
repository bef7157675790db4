import type { Failure } from "../../../src/kernel/errors/failure.ts";
import type { Result } from "../../../src/kernel/result.ts";

/** How the reader's process reaches a reader. One command at a time; a transport may block for ever: its parent watches. */
export interface ReaderTransport {
  /** Connects exclusively to the card. `K-CARD-101` none there, `K-CARD-110` somebody else holds it. */
  connect(): Promise<Result<void>>;
  /** One command and its response; `K-CARD-103` when the card went away. */
  transmit(apdu: Uint8Array): Promise<Result<Uint8Array>>;
  /** Resets the card and lets it go. */
  disconnect(): Promise<void>;
}

/** What a transport tells without being asked. */
export interface TransportNews {
  available(): void;
  unavailable(cause: Failure): void;
  presence(present: boolean): void;
  /** The transport cannot go on in this process: the cause is told and the process ends, to be started afresh. */
  giveUp(cause: Failure): void;
}
