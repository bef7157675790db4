import type { CardKind } from "./port.ts";

/** A PIN as a card keeps it: its file, its form, and how many tries a full counter has. */
export interface PinPolicy {
  readonly file: number;
  readonly pattern: RegExp;
  readonly tries: number;
}

/**
 * Everything about a generation of cards that may change with the next one (ECDSA P-384 and two PINs are announced for
 * fiscal year 2028): applications, files, PIN policy and algorithm. The steps know only this profile.
 */
export interface CardProfile {
  readonly jpki: {
    readonly aid: Uint8Array;
    readonly tokenFile: number;
    readonly authCertificateFile: number;
    readonly authKeyFile: number;
    readonly authPin: PinPolicy;
    /** Bytes of a signature. */
    readonly signatureBytes: number;
    /** Put before the digest: DigestInfo of RFC 8017, 9.2, note 1. */
    readonly digestInfoPrefix: Uint8Array;
    readonly digestBytes: number;
  };
  readonly inputAid: {
    readonly aid: Uint8Array;
    readonly itemsFile: number;
    readonly pin: PinPolicy;
  };
  /** 住基AP. Selected to know a juki card by, never read: the resident-record code is in it, behind a PIN (001C). */
  readonly jukiAid: Uint8Array;
  /** 共通カードAP. Selected to know a card by; its record (serial number, municipality, expiry) is nobody's business here. */
  readonly commonAid: Uint8Array;
}

/** Bytes from hexadecimal text. */
function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** The My Number card of today: RSA-2048 with SHA-256, PINs of four digits with three tries. */
export const myNumberCardProfile: CardProfile = {
  jpki: {
    aid: hex("D392F000260100000001"),
    tokenFile: 0x0006,
    authCertificateFile: 0x000a,
    authKeyFile: 0x0017,
    authPin: { file: 0x0018, pattern: /^[0-9]{4}$/, tries: 3 },
    signatureBytes: 256,
    digestInfoPrefix: hex("3031300d060960864801650304020105000420"),
    digestBytes: 32,
  },
  inputAid: {
    aid: hex("D3921000310001010408"),
    itemsFile: 0x0002,
    pin: { file: 0x0011, pattern: /^[0-9]{4}$/, tries: 3 },
  },
  jukiAid: hex("D3921000310001010401"),
  commonAid: hex("D3921000310001010100"),
};

/** First 32 bytes of the token information (CK_TOKEN_INFO.label, padded with spaces) → the kind of card. */
const tokenLabels: ReadonlyMap<string, CardKind> = new Map<string, CardKind>([
  ["JPKIAPICCTOKEN2", "myNumberCard"],
  ["JPKIAPICCTOKEN", "jukiCard"],
  ["JPKIAPGPSETOKEN", "androidPhone"],
  ["JPKIAPIOSTOKEN", "iPhone"],
]);

/** Bytes of the label at the start of the token information. */
export const TOKEN_LABEL_BYTES = 32;

/** The kind of card by its token label; a label that nobody knows is `unknown`. */
export function kindOfToken(label: Uint8Array): CardKind {
  const text = Buffer.from(label).toString("latin1").replace(/ +$/u, "");
  return tokenLabels.get(text) ?? "unknown";
}
