import type { InquiryProgress } from "../../src/protocol/inquiry.ts";

const MAX_BYTES = 25_000_000;

/**
 * Sends a file to the site and calls `onLine` with each line of the answer; a broken answer ends as `offline`, and one that is
 * given up by `signal` ends without a word.
 */
export async function sendFile<Line extends { readonly kind: string }>(
  path: string,
  file: Blob,
  onLine: (line: Line | InquiryProgress) => void,
  {
    headers = {},
    signal = null,
  }: { readonly headers?: Record<string, string>; readonly signal?: AbortSignal | null } = {},
): Promise<void> {
  if (file.size > MAX_BYTES) return onLine({ kind: "failed", code: "K-NET-106" });
  let ended = false;
  try {
    const response = await fetch(path, {
      method: "POST",
      body: file,
      headers: { "content-type": "application/octet-stream", ...headers },
      signal,
    });
    if (response.body) {
      for await (const line of linesOf<Line>(response.body)) {
        if (signal?.aborted) return;
        ended = line.kind === "end" || line.kind === "failed";
        onLine(line);
      }
    }
  } catch {
    // The line below says so.
  }
  if (!ended && !signal?.aborted) onLine({ kind: "failed", code: "offline" });
}

async function* linesOf<Line>(body: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const [first = "", ...others] = value.split("\n");
    rest.push(first);
    for (const part of others) {
      yield JSON.parse(rest.join("")) as Line;
      rest = [part];
    }
  }
}
