/** What a bill event of header 159 with A = 0 means for the kiosk. */
export type BillEventMeaning =
  /** Nothing happened to money and nothing is wrong. */
  | "status"
  /** A bill was not taken and came back. */
  | "rejected"
  /** The bill in escrow went back to the citizen. */
  | "returned"
  /** Somebody tries to cheat. */
  | "fraud"
  | "boxFull"
  | "boxOpen"
  | "jam"
  | "fault"
  /** The note box is in its place and can take notes. */
  | "boxOk";

interface BillEvent {
  readonly code: number;
  readonly name: string;
  readonly meaning: BillEventMeaning;
}

/** Bill event codes (Generic Specification 4.7, part 3, table of bill event codes, result A = 0). */
export const billEvents: readonly BillEvent[] = [
  { code: 0, name: "master inhibit active", meaning: "status" },
  { code: 1, name: "bill returned from escrow", meaning: "returned" },
  { code: 2, name: "invalid bill (validation)", meaning: "rejected" },
  { code: 3, name: "invalid bill (transport)", meaning: "rejected" },
  { code: 4, name: "inhibited bill (serial)", meaning: "rejected" },
  { code: 5, name: "inhibited bill (DIP switches)", meaning: "rejected" },
  { code: 6, name: "bill jammed in transport (unsafe)", meaning: "jam" },
  { code: 7, name: "bill jammed in stacker", meaning: "jam" },
  { code: 8, name: "bill pulled backwards", meaning: "fraud" },
  { code: 9, name: "bill tamper", meaning: "fraud" },
  { code: 10, name: "stacker OK", meaning: "boxOk" },
  { code: 11, name: "stacker removed", meaning: "boxOpen" },
  { code: 12, name: "stacker inserted", meaning: "boxOk" },
  { code: 13, name: "stacker faulty", meaning: "fault" },
  { code: 14, name: "stacker full", meaning: "boxFull" },
  { code: 15, name: "stacker jammed", meaning: "jam" },
  { code: 16, name: "bill jammed in transport (safe)", meaning: "jam" },
  { code: 17, name: "opto fraud detected", meaning: "fraud" },
  { code: 18, name: "string fraud detected", meaning: "fraud" },
  { code: 19, name: "anti-string mechanism faulty", meaning: "fault" },
  { code: 20, name: "barcode detected", meaning: "rejected" },
  { code: 21, name: "unknown bill type stacked", meaning: "fault" },
];

const byCode = new Map(billEvents.map((entry) => [entry.code, entry]));

/** Name and meaning of a code; one that no table has is data: it is a status and keeps its number. */
export function billEvent(code: number): BillEvent {
  return byCode.get(code) ?? { code, name: `bill event ${code}`, meaning: "status" };
}

/** Result B with A > 0: where the bill of that type is. Any other number is a credit that nobody can place. */
export const BILL_STACKED = 0;
export const BILL_IN_ESCROW = 1;
