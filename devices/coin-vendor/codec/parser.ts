import {
  type CcTalkFrame,
  checks,
  decodeFrame,
  FRAME_OVERHEAD,
  type FrameCheck,
  MAX_DATA_BYTES,
  MAX_FRAME_BYTES,
} from "./frame.ts";

/** What came out of the byte stream: a whole frame, or bytes that belong to none. */
export type Parsed =
  | { readonly kind: "frame"; readonly frame: CcTalkFrame; readonly bytes: Uint8Array }
  | { readonly kind: "garbage"; readonly bytes: Uint8Array };

/** Cuts a byte stream into frames. Holds at most one frame's length of bytes. */
export interface FrameParser {
  push(bytes: Uint8Array): readonly Parsed[];
  /** The line was quiet for the inter-byte time (50 ms): what is unfinished now will never be finished. */
  gap(): readonly Parsed[];
  /** Bytes that wait for the rest of their frame. */
  waiting(): number;
  /** Forgets what waits. */
  reset(): void;
}

/**
 * A parser that finds its feet again after any noise. A candidate whose check fails, or which `accepts` does not want,
 * costs one byte and not the whole candidate: one noise byte in front of a good reply reads as a destination, and the
 * reply's own first bytes as a length, so throwing the candidate away would throw the reply away. A candidate whose
 * length byte promises more than ever comes is ended by `gap`, and the search goes on behind its first byte.
 */
export function createFrameParser(
  check: FrameCheck,
  accepts: (frame: CcTalkFrame, bytes: Uint8Array) => boolean = () => true,
): FrameParser {
  let held = new Uint8Array(0);

  function scan(ended: boolean): Parsed[] {
    const found: Parsed[] = [];
    let noise = 0;
    let at = 0;
    const flush = () => {
      if (noise > 0) found.push({ kind: "garbage", bytes: held.slice(at - noise, at) });
      noise = 0;
    };
    while (at < held.length) {
      const length = held[at + 1];
      const total = length === undefined || length > MAX_DATA_BYTES ? undefined : length + FRAME_OVERHEAD;
      const unfinished = length === undefined || (total !== undefined && at + total > held.length);
      if (unfinished && !ended) break;
      if (total !== undefined && !unfinished && checks(held, at, at + total, check)) {
        const bytes = held.slice(at, at + total);
        const frame = decodeFrame(bytes, check);
        if (frame && accepts(frame, bytes)) {
          flush();
          found.push({ kind: "frame", frame, bytes });
          at += total;
          continue;
        }
      }
      at += 1;
      noise += 1;
    }
    flush();
    held = held.slice(at);
    return found;
  }

  return {
    push(bytes) {
      const found: Parsed[] = [];
      for (let at = 0; at < bytes.length; ) {
        // A full buffer always decides at least one byte, so there is room again on every round.
        const piece = bytes.subarray(at, at + MAX_FRAME_BYTES - held.length);
        const joined = new Uint8Array(held.length + piece.length);
        joined.set(held);
        joined.set(piece, held.length);
        held = joined;
        at += piece.length;
        found.push(...scan(false));
      }
      return found;
    },
    gap: () => scan(true),
    waiting: () => held.length,
    reset() {
      held = new Uint8Array(0);
    },
  };
}
