import { FRONT_BYTES_HEADER, type InquiryBack, type InquiryLine } from "../../src/protocol/inquiry.ts";

/** One file that a visitor gave, and what the site has told of it so far. */
export interface Scan {
  readonly id: number;
  readonly name: string;
  readonly file: File;
  /** Address of the file's own picture in this browser; undefined for what a browser does not show. */
  readonly pictureUrl: string | undefined;
  readonly state: "sending" | "received" | "looking" | "done" | "failed";
  readonly backs: readonly InquiryBack[];
  /** Codes of backs of which nothing is said. */
  readonly withheld: readonly string[];
  /** Why it failed: a code of the site, or `offline`. */
  readonly failure?: string;
  readonly asOfMs?: number;
  /** What was told before it was sent again with its front: true still, when the second answer never comes. */
  readonly earlier?: Pick<Scan, "backs" | "asOfMs">;
}

/** What a browser can show by itself. */
const SHOWABLE = /^image\/(jpeg|png)$/;
const MAX_BYTES = 25_000_000;
let lastId = 0;

export function newScan(file: File): Scan {
  lastId += 1;
  const pictureUrl = SHOWABLE.test(file.type) ? URL.createObjectURL(file) : undefined;
  return { id: lastId, name: file.name, file, pictureUrl, state: "sending", backs: [], withheld: [] };
}

/** The same scan, about to be sent again. */
export function askedAgain({ id, name, file, pictureUrl, backs, asOfMs }: Scan): Scan {
  const earlier = { backs, ...(asOfMs === undefined ? {} : { asOfMs }) };
  return { id, name, file, pictureUrl, state: "sending", backs: [], withheld: [], earlier };
}

/** A scan after one more line of the site. */
export function after(scan: Scan, line: InquiryLine): Scan {
  switch (line.kind) {
    case "received":
    case "looking":
      return { ...scan, state: line.kind };
    case "back":
      return { ...scan, backs: [...scan.backs, line] };
    case "withheld":
      return { ...scan, withheld: [...scan.withheld, line.code] };
    case "end":
      return { ...scan, state: "done", asOfMs: line.asOfMs };
    case "failed":
      return { ...scan, ...(scan.backs.length === 0 ? scan.earlier : {}), state: "failed", failure: line.code };
  }
}

/**
 * Sends a scan of backs, and perhaps one of their fronts, and calls `onLine` with each line of the answer; a broken answer ends
 * as `offline`.
 */
export async function send(file: File, front: File | undefined, onLine: (line: InquiryLine) => void): Promise<void> {
  if (file.size + (front?.size ?? 0) > MAX_BYTES) return onLine({ kind: "failed", code: "K-NET-106" });
  let ended = false;
  try {
    const response = await fetch("v1/inspect", {
      method: "POST",
      body: front ? new Blob([file, front]) : file,
      headers: {
        "content-type": "application/octet-stream",
        ...(front ? { [FRONT_BYTES_HEADER]: String(front.size) } : {}),
      },
    });
    if (response.body) {
      for await (const line of linesOf(response.body)) {
        ended = line.kind === "end" || line.kind === "failed";
        onLine(line);
      }
    }
  } catch {
    // The line below says so.
  }
  if (!ended) onLine({ kind: "failed", code: "offline" });
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<InquiryLine> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield JSON.parse(part) as InquiryLine;
  }
}
