import { FRONT_BYTES_HEADER, type InquiryBack, type InquiryLine } from "../../src/protocol/inquiry.ts";
import { sendFile } from "./sending.ts";
import type { FileState } from "./working.tsx";

/** One file that a visitor gave, and what the site has told of it so far. */
export interface Scan {
  readonly id: number;
  readonly name: string;
  readonly file: File;
  /** Address of the file's own picture in this browser; undefined for what a browser does not show. */
  readonly pictureUrl: string | undefined;
  readonly state: FileState;
  readonly backs: readonly InquiryBack[];
  /** Codes of backs of which nothing is said. */
  readonly withheld: readonly string[];
  /** How many backs were read in each picture that may hold more. */
  readonly full: readonly number[];
  /** Why it failed: a code of the site, or `offline`. */
  readonly failure?: string;
  readonly asOfMs?: number;
  /** What was told before it was sent again with its front: true still, when the second answer never comes. */
  readonly earlier?: Pick<Scan, "backs" | "full" | "asOfMs">;
}

/** What a browser can show by itself. */
const SHOWABLE = /^image\/(jpeg|png)$/;
let lastId = 0;

export function newScan(file: File): Scan {
  lastId += 1;
  const pictureUrl = SHOWABLE.test(file.type) ? URL.createObjectURL(file) : undefined;
  return { id: lastId, name: file.name, file, pictureUrl, state: "sending", backs: [], withheld: [], full: [] };
}

/** The same scan, about to be sent again. */
export function askedAgain({ id, name, file, pictureUrl, backs, full, asOfMs }: Scan): Scan {
  const earlier = { backs, full, ...(asOfMs === undefined ? {} : { asOfMs }) };
  return { id, name, file, pictureUrl, state: "sending", backs: [], withheld: [], full: [], earlier };
}

/** A scan after one more line of the site. */
export function after(scan: Scan, line: InquiryLine): Scan {
  switch (line.kind) {
    case "received":
    case "looking":
      return { ...scan, state: line.kind };
    case "back":
      return { ...scan, backs: [...scan.backs, line] };
    case "more":
      return { ...scan, full: [...scan.full, line.backs] };
    case "withheld":
      return { ...scan, withheld: [...scan.withheld, line.code] };
    case "end":
      return { ...scan, state: "done", asOfMs: line.asOfMs };
    case "failed":
      return { ...scan, ...(scan.backs.length === 0 ? scan.earlier : {}), state: "failed", failure: line.code };
  }
}

/** Whether this page without a back is perhaps a front: another page of its file has a back. */
export function isPerhapsFront({ backs, withheld }: Scan, { answer, count }: InquiryBack): boolean {
  const anyBack = withheld.length > 0 || backs.some((one) => one.answer !== "not-ours");
  return answer === "not-ours" && count > 1 && anyBack;
}

/** Sends a scan of backs, and perhaps one of their fronts, and calls `onLine` with each line of the answer. */
export function send(file: File, front: File | undefined, onLine: (line: InquiryLine) => void): Promise<void> {
  if (!front) return sendFile("v1/inspect", file, onLine);
  const headers = { [FRONT_BYTES_HEADER]: String(front.size) };
  return sendFile("v1/inspect", new Blob([file, front]), onLine, { headers });
}
