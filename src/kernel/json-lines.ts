import type { z } from "zod";

/** A message as the bytes of its line: one JSON object and a line feed. */
export function encodeJsonLine(message: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}

/** What a line was: a message, or something that is none (its length, for the log). */
export type Line<T> = { readonly message: T } | { readonly garbageBytes: number };

/** Cuts bytes into lines and checks each. Holds at most one line of `maxBytes`; what is longer is dropped up to its end. */
export function createJsonLineReader<S extends z.ZodType>(
  schema: S,
  maxBytes: number,
): (bytes: Uint8Array) => readonly Line<z.output<S>>[] {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let droppedBytes = 0;

  function keep(bytes: Uint8Array): void {
    if (droppedBytes > 0 || heldBytes + bytes.length > maxBytes) {
      droppedBytes += heldBytes + bytes.length;
      held = [];
      heldBytes = 0;
    } else {
      held.push(bytes.slice());
      heldBytes += bytes.length;
    }
  }

  function finish(): Line<z.output<S>> | undefined {
    const garbage = droppedBytes;
    const text = Buffer.concat(held).toString("utf8");
    const length = heldBytes;
    held = [];
    heldBytes = 0;
    droppedBytes = 0;
    if (garbage > 0) return { garbageBytes: garbage };
    if (text.trim() === "") return undefined;
    const parsed = schema.safeParse(parseJson(text));
    return parsed.success ? { message: parsed.data } : { garbageBytes: length };
  }

  return (bytes) => {
    const lines: Line<z.output<S>>[] = [];
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      keep(bytes.subarray(from, end));
      const line = finish();
      if (line) lines.push(line);
      from = end + 1;
    }
    if (from < bytes.length) keep(bytes.subarray(from));
    return lines;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
