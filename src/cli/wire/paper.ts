import { z } from "zod";
import { decodeIpp } from "../../../devices/certificate-printer/ipp/decode.ts";
import { encodeIpp } from "../../../devices/certificate-printer/ipp/encode.ts";
import type { IppAttribute, IppValue } from "../../../devices/certificate-printer/ipp/message.ts";
import { operationNames, statusName } from "../../../devices/certificate-printer/ipp/registry.ts";
import { groupTags, localizedTags, outOfBandTags, textTags } from "../../../devices/certificate-printer/ipp/tags.ts";
import { dissectEscpos } from "../../../devices/receipt-printer/escpos/dissect.ts";
import { fail, ok } from "../../kernel/result.ts";
import { byteField, encodeFields, hexField, hexOf, type WireProtocol } from "./protocol.ts";

const shiftJis = new TextDecoder("shift_jis");

const escpos: WireProtocol = {
  summary: "ESC/POS, a stream of commands to the receipt printer",
  decode(bytes) {
    if (bytes.length === 0) return fail("K-WIRE-102", { why: "no bytes" });
    const pieces = dissectEscpos(bytes).map((piece) => ({
      name: piece.name,
      hex: hexOf(piece.bytes),
      ...(piece.name === "text" ? { text: shiftJis.decode(piece.bytes) } : {}),
    }));
    const [first] = pieces;
    return ok({ name: pieces.length === 1 && first ? first.name : "sequence", pieces });
  },
  encode: (fields) =>
    encodeFields(z.object({ pieces: z.array(z.object({ hex: hexField })).max(100_000) }), fields, ({ pieces }) =>
      Buffer.concat(pieces.map((piece) => piece.hex)),
    ),
};

const int32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as [K, ...K[]];
const plainValue = z.union([
  z.object({ tag: z.enum(["integer", "enum"]), value: int32 }),
  z.object({ tag: z.literal("boolean"), value: z.boolean() }),
  z.object({ tag: z.enum(keysOf(textTags)), value: z.string() }),
  z.object({ tag: z.enum(keysOf(localizedTags)), language: z.string(), value: z.string() }),
  z.object({ tag: z.literal("octetString"), valueHex: hexField }).transform(bytesBack),
  z.object({ tag: z.literal("dateTime"), valueHex: hexField }).transform(bytesBack),
  z.object({ tag: z.literal("resolution"), crossFeed: int32, feed: int32, units: z.enum(["dpi", "dpcm"]) }),
  z.object({ tag: z.literal("rangeOfInteger"), lower: int32, upper: int32 }),
  z.object({ tag: z.literal("outOfBand"), reason: z.enum(keysOf(outOfBandTags)) }),
  z
    .object({ tag: z.literal("other"), code: byteField, valueHex: hexField })
    .transform(({ tag, code, valueHex }) => ({ tag, code, bytes: valueHex })),
]);
const value: z.ZodType<IppValue> = z.lazy(() =>
  z.union([plainValue, z.object({ tag: z.literal("collection"), members: z.array(attribute) })]),
);
const attribute: z.ZodType<IppAttribute> = z.lazy(() =>
  z.object({ name: z.string().min(1), values: z.array(value).min(1) }),
);
const ippFields = z.object({
  version: z.object({ major: byteField, minor: byteField }),
  code: z.int().min(0).max(0xffff),
  requestId: int32,
  groups: z.array(
    z.object({ tag: z.union([z.enum(keysOf(groupTags)), z.int().min(1).max(15)]), attributes: z.array(attribute) }),
  ),
  dataHex: hexField,
});

/** JSON nests no deeper than the codec itself allows. */
const MAX_JSON_DEPTH = 64;

const ipp: WireProtocol = {
  summary: "IPP, requests and responses (RFC 8010)",
  decode(bytes) {
    const decoded = decodeIpp(bytes);
    if (!decoded.ok) return fail("K-WIRE-102", decoded.error.detail, decoded.error);
    const { version, code, requestId, groups, data } = decoded.value;
    // Only who asks tells a request from a response: the numbers below 0x0100 are both.
    const operation = operationNames.get(code);
    const name =
      operation === undefined ? statusName(code) : code <= 0x0002 ? `${operation}/${statusName(code)}` : operation;
    const readable = groups.map((group) => ({ tag: group.tag, attributes: group.attributes.map(readableAttribute) }));
    return ok({ name, version, code, requestId, groups: readable, dataHex: hexOf(data) });
  },
  encode(fields) {
    if (depthOf(fields) > MAX_JSON_DEPTH) return fail("K-WIRE-104", { why: "nested too deep" });
    return encodeFields(ippFields, fields, ({ dataHex, ...message }) => encodeIpp({ ...message, data: dataHex }));
  },
};

function readableAttribute({ name, values }: IppAttribute): object {
  return { name, values: values.map(readableValue) };
}

function readableValue(one: IppValue): object {
  if (one.tag === "octetString" || one.tag === "dateTime") return { tag: one.tag, valueHex: hexOf(one.value) };
  if (one.tag === "other") return { tag: one.tag, code: one.code, valueHex: hexOf(one.bytes) };
  if (one.tag === "collection") return { tag: one.tag, members: one.members.map(readableAttribute) };
  return one;
}

function bytesBack<T extends string>({
  tag,
  valueHex,
}: {
  tag: T;
  valueHex: Uint8Array;
}): { tag: T; value: Uint8Array } {
  return { tag, value: valueHex };
}

function depthOf(json: unknown): number {
  let depth = 0;
  let level: unknown[] = [json];
  while (level.length > 0 && depth <= MAX_JSON_DEPTH) {
    depth += 1;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return depth;
}

export const paperProtocols = { escpos, ipp };
