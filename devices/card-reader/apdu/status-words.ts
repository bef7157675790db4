/** What a status word means for the steps of this reader. */
export type StatusMeaning =
  | "ok"
  | "endOfFile"
  | "wrongPin"
  | "memoryFailure"
  | "wrongLength"
  | "securityStatus"
  | "blocked"
  | "conditionsOfUse"
  | "noCurrentFile"
  | "wrongData"
  | "functionNotSupported"
  | "notFound"
  | "wrongParameters"
  | "offsetBeyondEnd"
  | "instructionNotSupported"
  | "classNotSupported"
  | "noDiagnosis"
  | "unknown";

/** One row: `sw` under `mask` (0xffff: exactly this word; 0xfff0: the last digit is a number). */
export interface StatusWordRow {
  readonly sw: number;
  readonly mask: number;
  readonly meaning: StatusMeaning;
  readonly text: string;
}

/**
 * ISO/IEC 7816-4, tables 5 and 6, with the answers of the JPKI application. A blocked PIN answers 63C0 at the failure that
 * empties the counter and 6984 afterwards (not 6983, which other cards use).
 */
export const statusWords: readonly StatusWordRow[] = [
  { sw: 0x9000, mask: 0xffff, meaning: "ok", text: "no error" },
  { sw: 0x6282, mask: 0xffff, meaning: "endOfFile", text: "end of file reached before Le bytes were read" },
  { sw: 0x63c0, mask: 0xffff, meaning: "blocked", text: "verification failed, no try left" },
  {
    sw: 0x63c0,
    mask: 0xfff0,
    meaning: "wrongPin",
    text: "verification failed or needed, the last digit counts the tries",
  },
  { sw: 0x6581, mask: 0xffff, meaning: "memoryFailure", text: "memory failure" },
  { sw: 0x6700, mask: 0xffff, meaning: "wrongLength", text: "wrong length" },
  { sw: 0x6982, mask: 0xffff, meaning: "securityStatus", text: "security status not satisfied" },
  { sw: 0x6983, mask: 0xffff, meaning: "blocked", text: "authentication method blocked" },
  { sw: 0x6984, mask: 0xffff, meaning: "blocked", text: "reference data not usable" },
  { sw: 0x6985, mask: 0xffff, meaning: "conditionsOfUse", text: "conditions of use not satisfied" },
  { sw: 0x6986, mask: 0xffff, meaning: "noCurrentFile", text: "command not allowed, no current file" },
  { sw: 0x6a80, mask: 0xffff, meaning: "wrongData", text: "wrong parameters in the data field" },
  { sw: 0x6a81, mask: 0xffff, meaning: "functionNotSupported", text: "function not supported" },
  { sw: 0x6a82, mask: 0xffff, meaning: "notFound", text: "file or application not found" },
  { sw: 0x6a86, mask: 0xffff, meaning: "wrongParameters", text: "wrong P1 or P2" },
  { sw: 0x6b00, mask: 0xffff, meaning: "offsetBeyondEnd", text: "wrong P1 or P2: offset beyond the end" },
  { sw: 0x6d00, mask: 0xffff, meaning: "instructionNotSupported", text: "instruction not supported" },
  { sw: 0x6e00, mask: 0xffff, meaning: "classNotSupported", text: "class not supported" },
  { sw: 0x6f00, mask: 0xffff, meaning: "noDiagnosis", text: "no precise diagnosis" },
];

/** The row for a status word; the first that matches counts. An unknown word is data: meaning `unknown`. */
export function statusWord(sw: number): StatusWordRow {
  const row = statusWords.find((candidate) => (sw & candidate.mask) === candidate.sw);
  return row ?? { sw, mask: 0xffff, meaning: "unknown", text: "not in the table" };
}

/** Tries left by a 63Cx answer; 0 for every form of blocked; undefined when the word does not speak of tries. */
export function triesOf(sw: number): number | undefined {
  const { meaning } = statusWord(sw);
  if (meaning === "blocked") return 0;
  return meaning === "wrongPin" ? sw & 0x0f : undefined;
}

/** A status word as people write it: `6A82`. */
export function formatStatusWord(sw: number): string {
  return sw.toString(16).toUpperCase().padStart(4, "0");
}
