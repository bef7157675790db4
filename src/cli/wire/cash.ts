import { z } from "zod";
import { decodeFrame, encodeFrame, type FrameCheck } from "../../../devices/coin-vendor/codec/frame.ts";
import { headerName } from "../../../devices/coin-vendor/codec/headers.ts";
import { decodeId003, encodeId003 } from "../../../devices/coin-vendor/id003/frame.ts";
import { id003Name } from "../../../devices/coin-vendor/id003/tables.ts";
import { fail, ok } from "../../kernel/result.ts";
import { byteField, encodeFields, hexField, hexOf, type WireProtocol } from "./protocol.ts";

const ccTalkFields = z.object({ dest: byteField, src: byteField.optional(), header: byteField, dataHex: hexField });

/** ccTalk with one of its two frame checks. */
function ccTalk(check: FrameCheck): WireProtocol {
  const how = check === "checksum" ? "8-bit checksum" : "CRC-CCITT";
  return {
    summary: `ccTalk 4.7 with ${how}`,
    decode(bytes) {
      const frame = decodeFrame(bytes, check);
      if (!frame) return fail("K-WIRE-102", { why: `length or ${how} does not fit`, bytes: bytes.length });
      const { destination: dest, source, header, data } = frame;
      const addresses = source === undefined ? { dest } : { dest, src: source };
      const last = bytes.at(-1) ?? 0;
      const sum = check === "checksum" ? { checksum: last } : { crc: (bytes[2] ?? 0) | (last << 8) };
      return ok({ name: headerName(header), ...addresses, header, dataHex: hexOf(data), ...sum });
    },
    encode: (fields) =>
      encodeFields(ccTalkFields, fields, ({ dest, src, header, dataHex }) =>
        encodeFrame({ destination: dest, header, data: dataHex, ...(src === undefined ? {} : { source: src }) }, check),
      ),
  };
}

const id003Fields = z.object({ code: byteField, dataHex: hexField });

/** JCM ID-003. The same numbers mean different things each way, so `name` may hold two words. */
const id003: WireProtocol = {
  summary: "JCM ID-003",
  decode(bytes) {
    const frame = decodeId003(bytes);
    if (!frame) return fail("K-WIRE-102", { why: "sync, length or CRC does not fit", bytes: bytes.length });
    const crc = (bytes.at(-2) ?? 0) | ((bytes.at(-1) ?? 0) << 8);
    return ok({ name: id003Name(frame.code, undefined), code: frame.code, dataHex: hexOf(frame.data), crc });
  },
  encode: (fields) => encodeFields(id003Fields, fields, ({ code, dataHex }) => encodeId003({ code, data: dataHex })),
};

export const cashProtocols = { cctalk: ccTalk("checksum"), "cctalk-crc": ccTalk("crc"), id003 };
