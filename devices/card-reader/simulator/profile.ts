import type { KeyObject } from "node:crypto";
import type { CardKind } from "../port.ts";

/** What a simulated card is: the kinds of port.ts, or any other card (a point card, a ticket). */
export type SimulatedCardKind = Exclude<CardKind, "unknown" | "myNumberCardWithoutJpki"> | "plain";

/** A certificate and its RSA-2048 key, and the authority's certificate above it (all DER). */
export interface CardIdentity {
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
  readonly authority: Uint8Array;
}

/** What is written on and in one simulated card. Every person is invented. */
export interface SimulatedCardProfile {
  readonly kind: SimulatedCardKind;
  /** The JPKI application is missing: a juki card that never had it, or a damaged My Number card. */
  readonly withoutJpki?: boolean;
  readonly auth?: CardIdentity;
  /** A child under 15 has none. */
  readonly signing?: CardIdentity;
  readonly pins?: {
    readonly auth?: string;
    readonly items?: string;
    readonly signing?: string;
    /** 住基AP */
    readonly juki?: string;
  };
  /** 券面事項入力補助; `birthDate` as `YYYY-MM-DD`, `sex` as ISO/IEC 5218 writes it. */
  readonly items?: {
    readonly name: string;
    readonly address: string;
    readonly birthDate: string;
    readonly sex: "1" | "2" | "3";
    /** Twelve digits, invented. There so that a test can prove that nobody reads them. */
    readonly myNumber?: string;
  };
  /** 共通カードAP: 15 digits, five digits, `YYYYMMDD`. There so that a test can prove that nobody reads them. */
  readonly common?: { readonly serial: string; readonly municipalityCode: string; readonly expiry: string };
}

/** Where cards differ or sources disagree; each can be switched while the card lies on the reader. */
export interface CardBehaviour {
  /** What a blocked PIN answers after the failure that blocked it. */
  blockedAnswer: 0x63c0 | 0x6983 | 0x6984;
  /** What READ BINARY past the end answers. */
  pastEndAnswer: 0x6b00 | 0x6282;
}
