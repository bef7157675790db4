import { isUtf8 } from "node:buffer";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import type { IppAttribute, IppGroup, IppMessage, IppValue } from "./message.ts";
import * as tags from "./tags.ts";

/** What a message may be at most. A printer is a foreign machine: its answer must not be able to use up ours. */
export interface IppLimits {
  /** Octets of the attributes, without the document that follows. */
  readonly maxAttributeBytes: number;
  /** Values in the whole message, members of collections and the collections themselves included. */
  readonly maxValues: number;
  readonly maxNameBytes: number;
  readonly maxValueBytes: number;
  /** Collections within collections. */
  readonly maxNesting: number;
}

/** Roomy for every printer seen (a full Get-Printer-Attributes is 5–60 kB), far below what could hurt. */
export const ippLimits: IppLimits = {
  maxAttributeBytes: 1 << 20,
  maxValues: 20_000,
  maxNameBytes: 255,
  maxValueBytes: 32_767,
  maxNesting: 8,
};

/** Why a message was refused; stands in the failure's detail as `why`. */
export type IppProblem =
  | "truncated"
  | "too-many-bytes"
  | "too-many-values"
  | "name-too-long"
  | "value-too-long"
  | "nested-too-deep"
  | "value-without-attribute"
  | "attribute-without-group"
  | "bad-group"
  | "bad-name"
  | "bad-collection";

const groupNames = tags.byCode(tags.groupTags);
const outOfBandNames = tags.byCode(tags.outOfBandTags);
const textNames = tags.byCode(tags.textTags);
const localizedNames = tags.byCode(tags.localizedTags);

/**
 * Decodes a request or response (RFC 8010, section 3). Never throws and never holds more than a small multiple of the
 * input. What it accepts, `encodeIpp` gives back octet by octet. `data` is a view of the input, not a copy.
 * Error: `K-PRINT-102` with `why` (an `IppProblem`) and the offset.
 */
export function decodeIpp(bytes: Uint8Array, limits: IppLimits = ippLimits): Result<IppMessage> {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader: Reader = { input, at: 0, values: 0, limits };
  try {
    return ok(readMessage(reader));
  } catch (thrown) {
    if (thrown instanceof Refusal) return fail("K-PRINT-102", { why: thrown.problem, offset: reader.at });
    throw thrown;
  }
}

/** Leaves the recursive descent from any depth; it never leaves this file. */
class Refusal extends Error {
  readonly problem: IppProblem;
  constructor(problem: IppProblem) {
    super(problem);
    this.problem = problem;
  }
}

interface Reader {
  readonly input: Buffer;
  readonly limits: IppLimits;
  at: number;
  values: number;
}

/** One tag–name–value triple as it stands on the wire. */
interface Field {
  readonly code: number;
  readonly name: string;
  readonly bytes: Buffer;
}

function readMessage(reader: Reader): IppMessage {
  const head = take(reader, 8);
  const groups: IppGroup[] = [];
  let open: IppAttribute[] | undefined;
  for (;;) {
    const tag = peek(reader);
    if (tag === tags.END_OF_ATTRIBUTES) break;
    if (tag < tags.FIRST_VALUE_TAG) {
      if (tag === 0) throw new Refusal("bad-group");
      reader.at += 1;
      open = [];
      groups.push({ tag: groupNames.get(tag) ?? tag, attributes: open });
    } else if (open) readAttributeInto(reader, open);
    else throw new Refusal("attribute-without-group");
  }
  reader.at += 1;
  return {
    version: { major: head.readUInt8(0), minor: head.readUInt8(1) },
    code: head.readUInt16BE(2),
    requestId: head.readInt32BE(4),
    groups,
    data: reader.input.subarray(reader.at),
  };
}

/** Reads one attribute with its additional values (name-length 0) and appends it. */
function readAttributeInto(reader: Reader, attributes: IppAttribute[]): void {
  const first = readField(reader);
  if (first.name === "") throw new Refusal("value-without-attribute");
  const values: IppValue[] = [readValue(reader, first, 0)];
  while (peek(reader) >= tags.FIRST_VALUE_TAG && nextNameIsEmpty(reader)) {
    values.push(readValue(reader, readField(reader), 0));
  }
  attributes.push({ name: first.name, values });
}

function readValue(reader: Reader, field: Field, depth: number): IppValue {
  reader.values += 1;
  if (reader.values > reader.limits.maxValues) throw new Refusal("too-many-values");
  if (field.code === tags.BEGIN_COLLECTION) {
    if (field.bytes.length !== 0) throw new Refusal("bad-collection");
    return readCollection(reader, depth + 1);
  }
  if (field.code === tags.END_COLLECTION || field.code === tags.MEMBER_NAME) throw new Refusal("bad-collection");
  return interpret(field.code, field.bytes);
}

/** Members until endCollection (RFC 8010, section 3.1.6): a memberAttrName, then its values, all without names. */
function readCollection(reader: Reader, depth: number): IppValue {
  if (depth > reader.limits.maxNesting) throw new Refusal("nested-too-deep");
  const members: { name: string; values: IppValue[] }[] = [];
  for (;;) {
    const field = readField(reader);
    if (field.name !== "") throw new Refusal("bad-collection");
    const current = members.at(-1);
    if (field.code === tags.END_COLLECTION || field.code === tags.MEMBER_NAME) {
      if (current && current.values.length === 0) throw new Refusal("bad-collection");
      if (field.code === tags.END_COLLECTION) {
        if (field.bytes.length !== 0) throw new Refusal("bad-collection");
        return { tag: "collection", members };
      }
      if (field.bytes.length > reader.limits.maxNameBytes) throw new Refusal("name-too-long");
      members.push({ name: utf8Name(field.bytes), values: [] });
    } else {
      if (!current) throw new Refusal("bad-collection");
      current.values.push(readValue(reader, field, depth));
    }
  }
}

function readField(reader: Reader): Field {
  const code = take(reader, 1).readUInt8(0);
  if (code < tags.FIRST_VALUE_TAG) throw new Refusal("bad-collection");
  const nameLength = take(reader, 2).readUInt16BE(0);
  if (nameLength > reader.limits.maxNameBytes) throw new Refusal("name-too-long");
  const name = utf8Name(take(reader, nameLength));
  const valueLength = take(reader, 2).readUInt16BE(0);
  if (valueLength > reader.limits.maxValueBytes) throw new Refusal("value-too-long");
  return { code, name, bytes: take(reader, valueLength) };
}

/** Names are US-ASCII by the standard; UTF-8 is accepted, anything else could not be given back as it came. */
function utf8Name(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refusal("bad-name");
  return bytes.toString("utf8");
}

function nextNameIsEmpty(reader: Reader): boolean {
  return reader.at + 3 <= reader.input.length && reader.input.readUInt16BE(reader.at + 1) === 0;
}

function peek(reader: Reader): number {
  const byte = reader.input[reader.at];
  if (byte === undefined) throw new Refusal("truncated");
  return byte;
}

function take(reader: Reader, length: number): Buffer {
  const end = reader.at + length;
  if (end > reader.input.length) throw new Refusal("truncated");
  if (end > reader.limits.maxAttributeBytes) throw new Refusal("too-many-bytes");
  const part = reader.input.subarray(reader.at, end);
  reader.at = end;
  return part;
}

/** Gives bytes the meaning of their tag; what does not fit exactly stays `other`. */
function interpret(code: number, bytes: Buffer): IppValue {
  return readScalar(code, bytes) ?? readText(code, bytes) ?? { tag: "other", code, bytes };
}

function readScalar(code: number, bytes: Buffer): IppValue | undefined {
  const outOfBand = outOfBandNames.get(code);
  if (outOfBand) return bytes.length === 0 ? { tag: "outOfBand", reason: outOfBand } : undefined;
  switch (code) {
    case tags.INTEGER:
    case tags.ENUM:
      if (bytes.length !== 4) return undefined;
      return { tag: code === tags.ENUM ? "enum" : "integer", value: bytes.readInt32BE(0) };
    case tags.BOOLEAN: {
      const byte = bytes[0];
      return bytes.length === 1 && (byte === 0 || byte === 1) ? { tag: "boolean", value: byte === 1 } : undefined;
    }
    case tags.OCTET_STRING:
      return { tag: "octetString", value: bytes };
    case tags.DATE_TIME:
      return bytes.length === 11 ? { tag: "dateTime", value: bytes } : undefined;
    case tags.RESOLUTION: {
      const units = bytes.length === 9 ? bytes[8] : undefined;
      if (units !== 3 && units !== 4) return undefined;
      const [crossFeed, feed] = [bytes.readInt32BE(0), bytes.readInt32BE(4)];
      return { tag: "resolution", crossFeed, feed, units: units === 3 ? "dpi" : "dpcm" };
    }
    case tags.RANGE_OF_INTEGER:
      if (bytes.length !== 8) return undefined;
      return { tag: "rangeOfInteger", lower: bytes.readInt32BE(0), upper: bytes.readInt32BE(4) };
    default:
      return undefined;
  }
}

function readText(code: number, bytes: Buffer): IppValue | undefined {
  const plain = textNames.get(code);
  if (plain) return isUtf8(bytes) ? { tag: plain, value: bytes.toString("utf8") } : undefined;
  const localized = localizedNames.get(code);
  if (!localized || bytes.length < 4) return undefined;
  const languageEnd = 2 + bytes.readUInt16BE(0);
  if (languageEnd + 2 > bytes.length) return undefined;
  if (languageEnd + 2 + bytes.readUInt16BE(languageEnd) !== bytes.length) return undefined;
  const [language, value] = [bytes.subarray(2, languageEnd), bytes.subarray(languageEnd + 2)];
  if (!isUtf8(language) || !isUtf8(value)) return undefined;
  return { tag: localized, language: language.toString("utf8"), value: value.toString("utf8") };
}
