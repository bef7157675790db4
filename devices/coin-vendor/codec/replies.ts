import { type Denomination, denominations } from "../port.ts";

/** One result of the acceptor's buffer: a credit (`a` is the coin's position) or, with `a` = 0, the error `b`. */
export interface CreditResult {
  readonly a: number;
  readonly b: number;
}

/** Header 229: event counter and the five latest results, newest first. */
export interface CreditReading {
  readonly counter: number;
  readonly results: readonly CreditResult[];
}

/** Reads the 11 bytes of header 229. */
export function readCredits(data: Uint8Array): CreditReading {
  const results = [1, 3, 5, 7, 9].map((at) => ({ a: data[at] ?? 0, b: data[at + 1] ?? 0 }));
  return { counter: data[0] ?? 0, results };
}

/** Header 166. `remaining` counts down while coins are paid; `paid` and `unpaid` tell of the last payout. */
export interface HopperStatus {
  readonly counter: number;
  readonly remaining: number;
  readonly paid: number;
  readonly unpaid: number;
}

/** Reads the 4 bytes of header 166. */
export function readHopperStatus(data: Uint8Array): HopperStatus {
  const [counter = 0, remaining = 0, paid = 0, unpaid = 0] = data;
  return { counter, remaining, paid, unpaid };
}

/** A number sent least significant byte first (serial number, dispense count). */
export function readLittleEndian(data: Uint8Array): number {
  return data.reduceRight((value, byte) => value * 256 + byte, 0);
}

/** Header 184: the yen of a coin id `JPvvvi`, when it is a coin that the kiosk knows. `......` is an unused position. */
export function readCoinId(data: Uint8Array): Denomination | undefined {
  const id = /^JP([0-9]{3})[A-Z]$/.exec(readText(data));
  return denominations.find((denomination) => denomination === Number(id?.[1]));
}

/** ASCII of the identity headers, without the padding. */
export function readText(data: Uint8Array): string {
  return Buffer.from(data).toString("latin1").trimEnd();
}

/** Header 163: what a hopper says against paying (SCH2 manual, hopper status registers 1 and 2). */
export interface HopperFlags {
  readonly maxCurrentExceeded: boolean;
  /** The motor turned for seconds and no coin came: empty, or coins that do not fall. */
  readonly payoutTimeout: boolean;
  readonly optoFraud: boolean;
  readonly optoBlocked: boolean;
  readonly powerUp: boolean;
  readonly disabled: boolean;
  /** Errors of its own memory: its totals cannot be trusted. */
  readonly memoryError: boolean;
}

/** Reads the one to three bytes of header 163. */
export function readHopperFlags(data: Uint8Array): HopperFlags {
  const [first = 0, second = 0] = data;
  return {
    maxCurrentExceeded: (first & 0x01) !== 0,
    payoutTimeout: (first & 0x02) !== 0,
    optoFraud: (first & 0x18) !== 0 || (second & 0x01) !== 0,
    optoBlocked: (first & 0x20) !== 0,
    powerUp: (first & 0x40) !== 0,
    disabled: (first & 0x80) !== 0,
    memoryError: (second & 0x7c) !== 0,
  };
}

/** Header 217: whether there is a low-level sensor, and whether the coins are below it. */
export function readPayoutLevel(data: Uint8Array): { readonly lowSensor: boolean; readonly low: boolean } {
  const [level = 0] = data;
  return { lowSensor: (level & 0x10) !== 0, low: (level & 0x01) !== 0 };
}

/** Header 106: what the escrow does, whether it is full, and its fault code. */
export interface EscrowStatus {
  readonly operating: "idle" | "moving" | "fault";
  readonly full: boolean;
  readonly faultCode: number;
}

/** Reads the 3 bytes of header 106; an operating status that is not of the specification counts as a fault. */
export function readEscrowStatus(data: Uint8Array): EscrowStatus {
  const [operating = 0, level = 0, faultCode = 0] = data;
  return {
    operating: operating === 0 ? "idle" : operating === 1 ? "moving" : "fault",
    full: level === 255,
    faultCode,
  };
}
