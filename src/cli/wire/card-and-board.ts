import { z } from "zod";
import {
  decodeCommand,
  decodeResponse,
  encodeCommand,
  encodeResponse,
} from "../../../devices/card-reader/apdu/apdu.ts";
import { ins } from "../../../devices/card-reader/apdu/commands.ts";
import { formatStatusWord, statusWord } from "../../../devices/card-reader/apdu/status-words.ts";
import {
  type ChannelType,
  channelTypes,
  decodeFirmata,
  encodeFirmata,
  firmataName,
  type SystemType,
  systemTypes,
} from "../../../firmware-bridge/firmata-codec.ts";
import { fail, ok } from "../../kernel/result.ts";
import { byteField, encodeFields, hexField, hexOf, type WireProtocol } from "./protocol.ts";

/** ISO/IEC 7816-4 instructions beyond those that the kiosk itself sends. */
export const instructionNames = new Map<number, string>([
  ...Object.entries(ins).map(([name, code]) => [code, name] as const),
  [0x84, "getChallenge"],
  [0x88, "internalAuthenticate"],
  [0x82, "externalAuthenticate"],
  [0xb2, "readRecord"],
  [0xc0, "getResponse"],
  [0xca, "getData"],
  [0xd6, "updateBinary"],
]);

const apduFields = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("command"),
    cla: byteField,
    ins: byteField,
    p1: byteField,
    p2: byteField,
    dataHex: hexField.optional(),
    le: z.int().min(1).max(256).optional(),
  }),
  z.object({ kind: z.literal("response"), sw: z.string().regex(/^[0-9A-Fa-f]{4}$/), dataHex: hexField }),
]);

/** CLA of interindustry and of usual proprietary commands. */
const COMMAND_CLASSES = [
  [0x00, 0x1f],
  [0x80, 0x9f],
] as const;

/** Ends like a response, and does not begin like a command. */
function readsAsResponse(bytes: Uint8Array): boolean {
  const [cla = 0] = bytes;
  const sw1 = bytes.at(-2) ?? 0;
  const status = sw1 === 0x90 || (sw1 >= 0x61 && sw1 <= 0x6f);
  return status && !COMMAND_CLASSES.some(([first, last]) => cla >= first && cla <= last);
}

/** Short APDUs. Nothing in the bytes says which way they go: they are a command when they read as one. */
const apdu: WireProtocol = {
  summary: "ISO/IEC 7816-4 short APDUs, commands and responses",
  decode(bytes) {
    const command = readsAsResponse(bytes) ? undefined : decodeCommand(bytes);
    if (command) {
      const { data, le, ...header } = command;
      const name = instructionNames.get(command.ins) ?? `ins ${command.ins}`;
      const body = data === undefined ? {} : { dataHex: hexOf(data) };
      return ok({ name, kind: "command", ...header, ...body, ...(le === undefined ? {} : { le }) });
    }
    const response = decodeResponse(bytes);
    if (!response) return fail("K-WIRE-102", { why: "fewer than two bytes", bytes: bytes.length });
    const { meaning, text } = statusWord(response.sw);
    return ok({
      name: meaning,
      kind: "response",
      sw: formatStatusWord(response.sw),
      text,
      dataHex: hexOf(response.data),
    });
  },
  encode: (fields) =>
    encodeFields(apduFields, fields, (message) => {
      if (message.kind === "response") return encodeResponse(Number.parseInt(message.sw, 16), message.dataHex);
      const { kind: _, dataHex, le, ...header } = message;
      const data = dataHex === undefined || dataHex.length === 0 ? {} : { data: dataHex };
      return encodeCommand({ ...header, ...data, ...(le === undefined ? {} : { le }) });
    }),
};

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as [K, ...K[]];
const firmataFields = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("channel"),
    type: z.enum(keysOf<ChannelType>(channelTypes)),
    channel: z.int(),
    value: z.int(),
  }),
  z.object({ kind: z.literal("system"), type: z.enum(keysOf<SystemType>(systemTypes)), dataHex: hexField }),
  z.object({ kind: z.literal("sysex"), command: byteField, dataHex: hexField }),
]);

const firmata: WireProtocol = {
  summary: "Firmata 2, one message a line",
  decode(bytes) {
    const message = decodeFirmata(bytes);
    if (!message) return fail("K-WIRE-102", { why: "not one whole message", bytes: bytes.length });
    const name = firmataName(message);
    if (message.kind === "channel") return ok({ name, ...message });
    const { data, ...rest } = message;
    return ok({ name, ...rest, dataHex: hexOf(Uint8Array.from(data)) });
  },
  encode: (fields) =>
    encodeFields(firmataFields, fields, (message) => {
      if (message.kind === "channel") return encodeFirmata(message);
      const { dataHex, ...rest } = message;
      return rest.kind === "system"
        ? encodeFirmata({ ...rest, data: [...dataHex] })
        : encodeFirmata({ ...rest, data: dataHex });
    }),
};

export const cardAndBoardProtocols = { apdu, firmata };
