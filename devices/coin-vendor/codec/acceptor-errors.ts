/** What an error code of header 229 means for the kiosk. */
export type AcceptorErrorMeaning =
  /** A coin was not taken and fell through; nothing is wrong. */
  | "rejected"
  /** The return lever was pressed: the citizen wants the coins back. */
  | "returnLever"
  /** Somebody tries to cheat. */
  | "fraud"
  /** The acceptor needs hands. */
  | "fault";

interface AcceptorError {
  readonly code: number;
  readonly name: string;
  readonly meaning: AcceptorErrorMeaning;
}

/** Coin acceptor error codes (Generic Specification 4.7, part 3, table 2); 128…159 are "coin n inhibited". */
export const acceptorErrors: readonly AcceptorError[] = [
  { code: 1, name: "reject coin", meaning: "rejected" },
  { code: 2, name: "inhibited coin", meaning: "rejected" },
  { code: 3, name: "multiple window", meaning: "rejected" },
  { code: 4, name: "wake-up timeout", meaning: "fault" },
  { code: 5, name: "validation timeout", meaning: "rejected" },
  { code: 6, name: "credit sensor timeout", meaning: "fault" },
  { code: 7, name: "sorter opto timeout", meaning: "fault" },
  { code: 8, name: "second close coin", meaning: "rejected" },
  { code: 9, name: "accept gate not ready", meaning: "rejected" },
  { code: 10, name: "credit sensor not ready", meaning: "rejected" },
  { code: 11, name: "sorter not ready", meaning: "rejected" },
  { code: 12, name: "reject coin not cleared", meaning: "rejected" },
  { code: 13, name: "validation sensor not ready", meaning: "rejected" },
  { code: 14, name: "credit sensor blocked", meaning: "fault" },
  { code: 15, name: "sorter opto blocked", meaning: "fault" },
  { code: 16, name: "credit sequence error", meaning: "fraud" },
  { code: 17, name: "coin going backwards", meaning: "fraud" },
  { code: 18, name: "coin too fast over credit sensor", meaning: "fraud" },
  { code: 19, name: "coin too slow over credit sensor", meaning: "fraud" },
  { code: 20, name: "coin on string", meaning: "fraud" },
  { code: 21, name: "DCE opto timeout", meaning: "rejected" },
  { code: 22, name: "DCE opto not seen", meaning: "rejected" },
  { code: 23, name: "credit sensor reached too early", meaning: "fraud" },
  { code: 24, name: "repeated sequential trip", meaning: "rejected" },
  { code: 25, name: "reject slug", meaning: "rejected" },
  { code: 26, name: "reject sensor blocked", meaning: "fault" },
  { code: 27, name: "games overload", meaning: "rejected" },
  { code: 28, name: "maximum coin meter pulses exceeded", meaning: "rejected" },
  { code: 29, name: "accept gate open, not closed", meaning: "fault" },
  { code: 30, name: "accept gate closed, not open", meaning: "fault" },
  { code: 31, name: "manifold opto timeout", meaning: "fault" },
  { code: 32, name: "manifold opto blocked", meaning: "fault" },
  { code: 33, name: "manifold not ready", meaning: "rejected" },
  { code: 34, name: "security status changed", meaning: "fraud" },
  { code: 35, name: "motor exception", meaning: "fault" },
  { code: 36, name: "swallowed coin", meaning: "fault" },
  { code: 37, name: "coin too fast over validation sensor", meaning: "fraud" },
  { code: 38, name: "coin too slow over validation sensor", meaning: "fraud" },
  { code: 39, name: "coin incorrectly sorted", meaning: "fault" },
  { code: 40, name: "external light attack", meaning: "fraud" },
  { code: 253, name: "data block request", meaning: "rejected" },
  { code: 254, name: "coin return mechanism activated", meaning: "returnLever" },
  { code: 255, name: "unspecified alarm", meaning: "fault" },
];

/** The citizen wants the coins back. */
export const RETURN_LEVER = 254;

const byCode = new Map(acceptorErrors.map((entry) => [entry.code, entry]));

/** Name and meaning of a code. A code that no table has is data: it counts as a rejected coin and keeps its number. */
export function acceptorError(code: number): AcceptorError {
  const known = byCode.get(code);
  if (known) return known;
  if (code >= 128 && code <= 159) return { code, name: `coin ${code - 127} inhibited`, meaning: "rejected" };
  return { code, name: `error ${code}`, meaning: "rejected" };
}
