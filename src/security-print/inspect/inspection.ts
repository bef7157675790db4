import type { ImageFields } from "../scramble/fields.ts";
import { type Answer, type Judgement, judge, type StripState } from "../scramble/judge.ts";
import { type CodeJudgement, judgeCode } from "../scramble/judge-code.ts";
import { type InspectionKeys, type KeyUnwrapper, keyUnwrapper } from "../scramble/keys.ts";
import type { GreyImage } from "./grey.ts";
import { type BackReading, type Found, readBacks } from "./read-back.ts";

/** What an inspector is told about one back. */
export interface Inspection {
  readonly answer: Answer;
  /** Which check decided. */
  readonly reason: string;
  /** From the public header; proved only when `fieldsOk`. Absent when no header could be read. */
  readonly document?: { readonly documentId: string; readonly page: number; readonly pages: number };
  /** Empty when no header could be read. */
  readonly strips: readonly StripState[];
  /** The sealed fields were opened and their signature holds. */
  readonly fieldsOk: boolean;
  readonly found?: Found;
  /** What the 2-D code beside it proves. It never makes an answer better. */
  readonly code: CodeJudgement;
  /**
   * The decoded front, where it may be shown: with `altered` and `unknown-key` it is kept back, since what false keys or
   * false strips say would only mislead.
   */
  readonly front?: NonNullable<Judgement["front"]>;
  /** What the sealed and signed fields say, where the front may be shown. */
  readonly fields?: ImageFields;
}

const SHOWN: ReadonlySet<Answer> = new Set(["genuine", "voided", "partial"]);

/**
 * Finds, reads and judges the backs in a picture; without any, one inspection says so. Pure; never throws on what it is
 * given.
 */
export function inspectPicture(picture: GreyImage, keys: InspectionKeys): [Inspection, ...Inspection[]] {
  return inspectReadings(readBacks(picture), keys, keyUnwrapper(keys));
}

/** `inspectPicture` on backs that were read already; `unwrapper` opens their data keys, `nowMs` is the time of the check. */
export function inspectReadings(
  readings: readonly BackReading[],
  keys: InspectionKeys,
  unwrapper: KeyUnwrapper,
  nowMs: number = keys.asOfMs,
): [Inspection, ...Inspection[]] {
  const [first, ...others] = readings.map((reading) => inspection(reading, keys, unwrapper, nowMs));
  if (first) return [first, ...others];
  const reason = "there is no scrambled image in the picture";
  return [{ answer: "not-ours", reason, strips: [], fieldsOk: false, code: judgeCode(undefined, keys) }];
}

function inspection(reading: BackReading, keys: InspectionKeys, unwrapper: KeyUnwrapper, nowMs: number): Inspection {
  const { found } = reading;
  if (reading.kind === "unreadable") {
    const reason = "there is a scrambled image, but not even its fields can be read";
    return {
      answer: "unreadable",
      reason,
      strips: [],
      fieldsOk: false,
      found,
      code: judgeCode(reading.codeText, keys),
    };
  }
  const { answer, reason, strips, fields, front } = judge(reading.frame, reading.image, keys, unwrapper, nowMs);
  const { header } = reading.frame;
  const { documentId, page, pages } = header;
  const shown = SHOWN.has(answer) ? { ...(front ? { front } : {}), ...(fields ? { fields } : {}) } : {};
  const document = { documentId, page, pages };
  const code = judgeCode(reading.codeText, keys, { header, fields });
  return { answer, reason, document, strips, fieldsOk: fields !== undefined, found, code, ...shown };
}
