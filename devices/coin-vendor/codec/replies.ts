import { type Denomination, denominations, type NoteDenomination, noteDenominations } from "../port.ts";

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

/** Header 217: which level sensors a hopper has, and what they say. */
export interface PayoutLevel {
  readonly lowSensor: boolean;
  readonly low: boolean;
  readonly high: boolean;
}

/** Reads the byte of header 217; what a sensor that is not fitted says counts for nothing. */
export function readPayoutLevel(data: Uint8Array): PayoutLevel {
  const [level = 0] = data;
  const lowSensor = (level & 0x10) !== 0;
  return { lowSensor, low: lowSensor && (level & 0x01) !== 0, high: (level & 0x22) === 0x22 };
}

/** Header 124: event counter, and the value of the last payout of a changer. */
export interface MoneyOut {
  readonly counter: number;
  readonly paidYen: number;
  readonly unpaidYen: number;
}

/** Reads the 9 bytes of header 124. */
export function readMoneyOut(data: Uint8Array): MoneyOut {
  return {
    counter: data[0] ?? 0,
    paidYen: readLittleEndian(data.subarray(1, 5)),
    unpaidYen: readLittleEndian(data.subarray(5, 9)),
  };
}

/** Header 123: what a changer is doing. */
export interface ChangerActivity {
  readonly moneyIn: boolean;
  readonly moneyOut: boolean;
  readonly fault: boolean;
  readonly initialising: boolean;
}

/** Reads the 2 bytes of header 123. */
export function readChangerActivity(data: Uint8Array): ChangerActivity {
  const [first = 0] = data;
  return {
    moneyIn: (first & 0x04) !== 0,
    moneyOut: (first & 0x08) !== 0,
    fault: (first & 0x10) !== 0,
    initialising: (first & 0x40) !== 0,
  };
}

/** Header 156: what a bill's value is multiplied with; undefined when the country is not known to the validator. */
export function readScalingFactor(data: Uint8Array): number | undefined {
  const [low = 0, high = 0, decimals = 0] = data;
  const factor = low + high * 256;
  return factor === 0 ? undefined : factor / 10 ** decimals;
}

/** Header 157: the yen of a bill id `JPvvvvi` under the country's scaling factor, when it is a note that the kiosk knows. */
export function readBillId(data: Uint8Array, scalingFactor: number): NoteDenomination | undefined {
  const id = /^JP([0-9]{4})[A-Z]$/.exec(readText(data));
  return noteDenominations.find((note) => note === Number(id?.[1]) * scalingFactor);
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
