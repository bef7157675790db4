import { errorEntry } from "../../kernel/errors/catalogue.ts";
import { type Failure, failure } from "../../kernel/errors/failure.ts";
import type { Result } from "../../kernel/result.ts";
import { err, fail, ok } from "../../kernel/result.ts";
import { cardAndBoardProtocols } from "./card-and-board.ts";
import { cashProtocols } from "./cash.ts";
import type { InputLine } from "./lines.ts";
import { paperProtocols } from "./paper.ts";
import { hexOf, type WireProtocol } from "./protocol.ts";

/** Every protocol by its word on the command line. */
export const wireProtocols = { ...cashProtocols, ...paperProtocols, ...cardAndBoardProtocols } as const;
export type WireName = keyof typeof wireProtocols;
export const wireNames = Object.keys(wireProtocols) as readonly WireName[];

/** What a line of input becomes; undefined for an empty line. */
export interface Translation {
  readonly output: string;
  readonly ok: boolean;
}

/** Hex → one JSON line. */
export function decodeLine(name: WireName, line: InputLine): Translation | undefined {
  const bytes = bytesOf(line);
  if (bytes === undefined) return undefined;
  const protocol: WireProtocol = wireProtocols[name];
  const decoded = bytes.ok ? protocol.decode(bytes.value) : bytes;
  if (!decoded.ok) return refused(decoded.error);
  return { output: JSON.stringify({ ok: true, ...decoded.value }), ok: true };
}

/** One JSON line → hex. What cannot be encoded becomes the same JSON as in `decodeLine`. */
export function encodeLine(name: WireName, line: InputLine): Translation | undefined {
  if ("tooLong" in line) return refused(failure("K-WIRE-103"));
  if (line.text.trim() === "") return undefined;
  const json = parseJson(line.text);
  if (!json.ok) return refused(json.error);
  const protocol: WireProtocol = wireProtocols[name];
  const encoded = protocol.encode(json.value);
  return encoded.ok ? { output: hexOf(encoded.value), ok: true } : refused(encoded.error);
}

function bytesOf(line: InputLine): Result<Uint8Array> | undefined {
  if ("tooLong" in line) return fail("K-WIRE-103");
  const text = line.text.replace(/#.*$/s, "").replace(/0x/gi, " ").trim();
  if (text === "") return undefined;
  // Single digits between spaces are not guessed at: `0x1` may be a byte or a slip.
  const groups = text.split(/[\s,:]+/);
  const fits = groups.every((group) => group.length % 2 === 0 && /^[0-9a-f]*$/i.test(group));
  return fits ? ok(new Uint8Array(Buffer.from(groups.join(""), "hex"))) : fail("K-WIRE-101");
}

function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return err(failure("K-WIRE-104", { why: "not JSON" }));
  }
}

function refused(error: Failure): Translation {
  const { cause } = errorEntry(error.code);
  const detail = Object.entries(error.detail ?? {}).map(([key, value]) => `${key}=${value}`);
  const message = detail.length > 0 ? `${cause} (${detail.join(", ")})` : cause;
  return { output: JSON.stringify({ ok: false, error: { code: error.code, message } }), ok: false };
}
