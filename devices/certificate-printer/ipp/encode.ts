import type { IppAttribute, IppMessage, IppValue } from "./message.ts";
import * as tags from "./tags.ts";

/** Lengths on the wire are signed 16-bit numbers (RFC 8010, section 3.1.3). */
const MAX_LENGTH = 0x7fff;
const NO_BYTES = new Uint8Array(0);

/**
 * Encodes a request or response (RFC 8010, section 3). `data` follows the attributes. Throws a RangeError when a name or
 * value is longer than 32,767 octets or an attribute has no value: a bug of the caller, never of what came from a printer,
 * because everything that `decodeIpp` accepts can be encoded again.
 */
export function encodeIpp(message: IppMessage): Buffer {
  return Buffer.concat([encodeAttributes(message), message.data]);
}

/** The attributes alone, up to and with end-of-attributes: a big document is sent after it without being copied. */
export function encodeAttributes(message: IppMessage): Buffer {
  const parts: Uint8Array[] = [];
  const head = Buffer.alloc(8);
  head.writeUInt8(message.version.major, 0);
  head.writeUInt8(message.version.minor, 1);
  head.writeUInt16BE(message.code, 2);
  head.writeInt32BE(message.requestId, 4);
  parts.push(head);
  for (const group of message.groups) {
    parts.push(Uint8Array.of(typeof group.tag === "number" ? group.tag : tags.groupTags[group.tag]));
    for (const attribute of group.attributes) putAttribute(parts, attribute);
  }
  parts.push(Uint8Array.of(tags.END_OF_ATTRIBUTES));
  return Buffer.concat(parts);
}

function putAttribute(parts: Uint8Array[], attribute: IppAttribute): void {
  if (attribute.values.length === 0) throw new RangeError(`the attribute ${attribute.name} has no value`);
  if (attribute.name === "") throw new RangeError("an attribute needs a name");
  attribute.values.forEach((value, index) => {
    putValue(parts, index === 0 ? attribute.name : "", value);
  });
}

function putValue(parts: Uint8Array[], name: string, value: IppValue): void {
  if (value.tag !== "collection") {
    putField(parts, codeOf(value), name, bytesOf(value));
    return;
  }
  putField(parts, tags.BEGIN_COLLECTION, name, NO_BYTES);
  for (const member of value.members) {
    if (member.values.length === 0) throw new RangeError(`the member ${member.name} has no value`);
    putField(parts, tags.MEMBER_NAME, "", Buffer.from(member.name, "utf8"));
    for (const memberValue of member.values) putValue(parts, "", memberValue);
  }
  putField(parts, tags.END_COLLECTION, "", NO_BYTES);
}

function putField(parts: Uint8Array[], code: number, name: string, bytes: Uint8Array): void {
  const nameBytes = Buffer.from(name, "utf8");
  if (nameBytes.length > MAX_LENGTH || bytes.length > MAX_LENGTH)
    throw new RangeError("a name or value is too long for IPP");
  const head = Buffer.alloc(3 + nameBytes.length + 2);
  head.writeUInt8(code, 0);
  head.writeUInt16BE(nameBytes.length, 1);
  nameBytes.copy(head, 3);
  head.writeUInt16BE(bytes.length, 3 + nameBytes.length);
  parts.push(head, bytes);
}

function codeOf(value: Exclude<IppValue, { tag: "collection" }>): number {
  switch (value.tag) {
    case "integer":
      return tags.INTEGER;
    case "enum":
      return tags.ENUM;
    case "boolean":
      return tags.BOOLEAN;
    case "octetString":
      return tags.OCTET_STRING;
    case "dateTime":
      return tags.DATE_TIME;
    case "resolution":
      return tags.RESOLUTION;
    case "rangeOfInteger":
      return tags.RANGE_OF_INTEGER;
    case "textWithLanguage":
    case "nameWithLanguage":
      return tags.localizedTags[value.tag];
    case "outOfBand":
      return tags.outOfBandTags[value.reason];
    case "other":
      return value.code;
    default:
      return tags.textTags[value.tag];
  }
}

function bytesOf(value: Exclude<IppValue, { tag: "collection" }>): Uint8Array {
  switch (value.tag) {
    case "integer":
    case "enum":
      return int32(value.value);
    case "boolean":
      return Uint8Array.of(value.value ? 1 : 0);
    case "octetString":
    case "dateTime":
      return value.value;
    case "resolution":
      return Buffer.concat([int32(value.crossFeed), int32(value.feed), Uint8Array.of(value.units === "dpi" ? 3 : 4)]);
    case "rangeOfInteger":
      return Buffer.concat([int32(value.lower), int32(value.upper)]);
    case "textWithLanguage":
    case "nameWithLanguage":
      return Buffer.concat([counted(value.language), counted(value.value)]);
    case "outOfBand":
      return NO_BYTES;
    case "other":
      return value.bytes;
    default:
      return Buffer.from(value.value, "utf8");
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function counted(value: string): Buffer {
  const body = Buffer.from(value, "utf8");
  if (body.length > MAX_LENGTH) throw new RangeError("a text is too long for IPP");
  const head = Buffer.alloc(2);
  head.writeUInt16BE(body.length);
  return Buffer.concat([head, body]);
}
