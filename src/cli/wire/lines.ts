import type { Readable } from "node:stream";

/** Longer lines are dropped: one megabyte of bytes as hex, which is more than any frame of the kiosk's wires. */
export const MAX_LINE_CHARS = 2 * 1024 * 1024 + 1024;

/** A line, or one that was too long to keep. */
export type InputLine = { readonly text: string } | { readonly tooLong: true };

/** The lines of a stream; holds at most one. A last line without an end counts. */
export async function* linesOf(stream: Readable): AsyncGenerator<InputLine> {
  let held: string[] = [];
  let length = 0;
  let tooLong = false;
  const finish = (): InputLine => {
    const line: InputLine = tooLong ? { tooLong: true } : { text: held.join("") };
    held = [];
    length = 0;
    tooLong = false;
    return line;
  };
  const keep = (part: string) => {
    length += part.length;
    if (length > MAX_LINE_CHARS) {
      tooLong = true;
      held = [];
    } else if (!tooLong) held.push(part);
  };
  stream.setEncoding("utf8");
  for await (const chunk of stream as AsyncIterable<string>) {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      keep(chunk.slice(from, end));
      from = end + 1;
      yield finish();
    }
    keep(chunk.slice(from));
  }
  if (length > 0) yield finish();
}
