import type { Failure } from "../../../src/kernel/errors/failure.ts";
import type { Result } from "../../../src/kernel/result.ts";

/** What the kiosk asks the reader's process; each is answered once, in order. */
export type ToChild =
  | { readonly kind: "connect"; readonly id: number }
  | { readonly kind: "transmit"; readonly id: number; readonly apdu: Uint8Array }
  | { readonly kind: "disconnect"; readonly id: number };

/** What the reader's process says. `available` and `unavailable` speak of the reader, `presence` of a card on it. */
export type FromChild =
  | { readonly kind: "available" }
  | { readonly kind: "unavailable"; readonly cause: Failure }
  | { readonly kind: "presence"; readonly present: boolean }
  | { readonly kind: "answer"; readonly id: number; readonly result: Result<Uint8Array> };
