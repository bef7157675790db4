import type { Personal } from "../../src/kernel/personal.ts";
import type { Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "../contract/device.ts";

/**
 * The kind of card: by its JPKI token label (EF 0006), and without JPKI by the applications that it has instead.
 * `myNumberCardWithoutJpki` has 券面事項入力補助, which only My Number cards have; a card that has 住基 or 共通 and not
 * that one is a `jukiCard`; everything else is `unknown`.
 */
export type CardKind = "myNumberCard" | "myNumberCardWithoutJpki" | "jukiCard" | "androidPhone" | "iPhone" | "unknown";

/** F of docs/binding.md: the four items of 券面事項入力補助. */
export interface FourItems {
  readonly name: string;
  readonly address: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly sex: "male" | "female" | "other";
}

/** What VERIFY answered. */
export type PinOutcome =
  | { readonly outcome: "accepted" }
  | { readonly outcome: "wrong"; readonly triesLeft: number }
  | { readonly outcome: "blocked" };

/** An exclusive connection to the card on the reader. Ends when the card moves; `close` resets the card. */
export interface CardSession {
  /**
   * What the card is, and the tries left of its authentication PIN (0 on a card without JPKI). Spends no try, and reads
   * nothing but the token label.
   */
  identify(options?: CommandOptions): Promise<Result<{ readonly kind: CardKind; readonly triesLeft: number }>>;
  verifyPin(pin: Personal<string>, options?: CommandOptions): Promise<Result<PinOutcome>>;
  /** The user-authentication certificate, DER. */
  readAuthCertificate(options?: CommandOptions): Promise<Result<Uint8Array>>;
  /** RSA PKCS#1 v1.5 signature (256 bytes) over a SHA-256 digest (32 bytes). Needs an accepted PIN. */
  signDigest(digest: Uint8Array, options?: CommandOptions): Promise<Result<Uint8Array>>;
  /**
   * The four items, if this PIN opens them: tried once and only while that counter is full. `undefined` is the lower
   * level, not an error. My Number is never read.
   */
  readFourItems(pin: Personal<string>, options?: CommandOptions): Promise<Result<Personal<FourItems> | undefined>>;
  /** Resets the card and lets it go. Idempotent. */
  close(): Promise<void>;
}

/** The card reader: presence of a card, and exclusive sessions with it. */
export interface CardReader extends Device {
  /** Whether something lies on the reader. A field lost for a moment ends the session and is no change of presence. */
  cardPresent(): boolean;
  onPresence(listener: (present: boolean) => void): () => void;
  /** Connects exclusively to the card that is on the reader. `K-CARD-101` when there is none. */
  connect(options?: CommandOptions): Promise<Result<CardSession>>;
}
