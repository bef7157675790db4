/** What the kiosk says. */
export const id003Commands = {
  statusRequest: 0x11,
  reset: 0x40,
  /** Stacks; VEND VALID comes when the note has passed the point of no return. */
  stack1: 0x41,
  stack2: 0x42,
  return: 0x43,
  hold: 0x44,
  wait: 0x45,
  ack: 0x50,
  setDenominations: 0xc0,
  setSecurity: 0xc1,
  setInhibit: 0xc3,
  setDirection: 0xc4,
  setOptions: 0xc5,
  getDenominations: 0x80,
  getSecurity: 0x81,
  getInhibit: 0x83,
  getDirection: 0x84,
  getOptions: 0x85,
  requestVersion: 0x88,
  requestBootVersion: 0x89,
  requestCurrencyAssignment: 0x8a,
} as const;

/** What the acceptor answers to a status request. */
export const id003Statuses = {
  idle: 0x11,
  accepting: 0x12,
  escrow: 0x13,
  stacking: 0x14,
  vendValid: 0x15,
  stacked: 0x16,
  rejecting: 0x17,
  returning: 0x18,
  holding: 0x19,
  inhibited: 0x1a,
  initialising: 0x1b,
  powerUp: 0x40,
  powerUpBillInAcceptor: 0x41,
  powerUpBillInStacker: 0x42,
  stackerFull: 0x43,
  stackerOpen: 0x44,
  jamInAcceptor: 0x45,
  jamInStacker: 0x46,
  pause: 0x47,
  cheated: 0x48,
  failure: 0x49,
  commError: 0x4a,
  invalidCommand: 0x4b,
} as const;
export type Id003Status = keyof typeof id003Statuses;

const statusNames = new Map(Object.entries(id003Statuses).map(([name, code]) => [code as number, name as Id003Status]));

/** The word for a status code; undefined for one that no table has. */
export function id003Status(code: number): Id003Status | undefined {
  return statusNames.get(code);
}

/** Why a note was rejected: data of status 0x17. */
export const rejectReasons: ReadonlyMap<number, string> = new Map([
  [0x71, "insertion"],
  [0x72, "magnetic pattern"],
  [0x73, "remaining note in head"],
  [0x74, "compensation"],
  [0x75, "conveying"],
  [0x76, "denomination"],
  [0x77, "photo pattern"],
  [0x78, "photo level"],
  [0x79, "inhibited"],
  [0x7b, "operation"],
  [0x7c, "remaining note in stacker"],
  [0x7d, "length"],
  [0x7e, "photo pattern 2"],
  [0x98, "several notes"],
]);

/** What is broken: data of status 0x49. */
export const failureCodes: ReadonlyMap<number, string> = new Map([
  [0xa2, "stack motor"],
  [0xa5, "transport speed"],
  [0xa6, "transport motor"],
  [0xab, "cash box not ready"],
  [0xaf, "head removed"],
  [0xb0, "boot ROM"],
  [0xb1, "external ROM"],
  [0xb2, "ROM"],
  [0xb3, "external ROM writing"],
]);

/** Escrow codes: denomination 1 is 0x61, …, 8 is 0x68; 0x6F is a barcode ticket. */
export const FIRST_ESCROW_CODE = 0x61;
export const LAST_ESCROW_CODE = 0x68;

const commandNames = new Map(Object.entries(id003Commands).map(([name, code]) => [code as number, name]));

/** The word for a code in either direction; the numbers 11 and 40 to 45 mean different things each way. */
export function id003Name(code: number, direction: "toAcceptor" | "toKiosk" | undefined): string {
  const status = statusNames.get(code);
  const command = commandNames.get(code);
  const name =
    direction === "toAcceptor" ? (command ?? status) : direction === "toKiosk" ? (status ?? command) : undefined;
  if (name) return name;
  const both = [command, status].filter((word) => word !== undefined);
  return both.length > 0 ? both.join("/") : `code ${code}`;
}
