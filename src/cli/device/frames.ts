import { decodeCommand, decodeResponse } from "../../../devices/card-reader/apdu/apdu.ts";
import { formatStatusWord, statusWord } from "../../../devices/card-reader/apdu/status-words.ts";
import { decodeIpp } from "../../../devices/certificate-printer/ipp/decode.ts";
import { groupsOf, numberOf, textsOf } from "../../../devices/certificate-printer/ipp/message.ts";
import { operationNames, printerStateNames, statusName } from "../../../devices/certificate-printer/ipp/registry.ts";
import { HOST_ADDRESS } from "../../../devices/coin-vendor/codec/frame.ts";
import { createFrameParser } from "../../../devices/coin-vendor/codec/parser.ts";
import type { DeviceName } from "../../../devices/contract/device-names.ts";
import { createStatusParser, realtimeFlags } from "../../../devices/receipt-printer/escpos/status.ts";
import { instructionNames } from "../wire/card-and-board.ts";
import { wireProtocols } from "../wire/translate.ts";
import { type RecordingEvent, recordedHex, standInBytes } from "./recording/format.ts";

/** One frame as a person reads it. `hex` has `..` for masked bytes, and is empty for those that are not kept. */
export interface DecodedFrame {
  readonly dir: "tx" | "rx";
  readonly name: string;
  readonly hex: string;
}

type Bytes = Extract<RecordingEvent, { hex: string }>;

/** Makes frames of what passes on one link, masked already; a frame that is not whole yet waits. */
export type FrameReader = (event: RecordingEvent) => readonly DecodedFrame[];

/** A reader for a device's link; one for each session. */
export function createFrameReader(device: DeviceName): FrameReader {
  const read = readers[device]();
  return (event) => {
    if ("withheldBytes" in event) return [{ dir: event.dir, name: `${event.withheldBytes} bytes to print`, hex: "" }];
    if ("failed" in event) return [{ dir: event.dir, name: `no answer: ${event.failed}`, hex: "" }];
    return "hex" in event ? read(event) : [];
  };
}

const readers: Readonly<Record<DeviceName, () => (event: Bytes) => readonly DecodedFrame[]>> = {
  "coin-vendor": readCcTalk,
  "receipt-printer": readEscPos,
  cabinet: readLines,
  "certificate-printer": () => (event) => [{ ...event, name: ippName(event) }],
  "card-reader": () => (event) => [{ ...event, name: event.dir === "tx" ? commandName(event) : answerName(event) }],
};

function readCcTalk() {
  const parsers = { tx: createFrameParser("checksum"), rx: createFrameParser("checksum") };
  return ({ dir, hex }: Bytes): readonly DecodedFrame[] =>
    parsers[dir].push(standInBytes(hex)).map(({ kind, bytes }) => ({
      dir,
      name: kind === "frame" ? ccTalkName(bytes) : "bytes that are no frame",
      hex: recordedHex(bytes),
    }));
}

function ccTalkName(bytes: Uint8Array): string {
  const decoded = wireProtocols.cctalk.decode(bytes);
  if (!decoded.ok) return decoded.error.code;
  const { name, dest, src, header, dataHex } = decoded.value;
  const data = dataHex === "" ? "" : ` ${dataHex}`;
  if (dest !== HOST_ADDRESS) return `${name} to ${dest}${data}`;
  return `${header === 0 ? "reply" : name} of ${src}${data}`;
}

const DLE = 0x10;
const EOT = 0x04;

function readEscPos() {
  const parser = createStatusParser();
  let asked: 1 | 2 | 3 | 4 = 1;
  const told = (flags: ReadonlySet<string>) => [...flags].join(" ") || "fine";
  const heard = (bytes: Uint8Array) =>
    parser.push(bytes).map((message) => {
      if (message.kind === "realtime") return `status ${asked}: ${told(realtimeFlags(asked, message.byte))}`;
      if (message.kind === "asb") return `status back: ${told(message.flags)}`;
      return message.kind === "processId" ? `printed up to ${message.id}` : message.kind;
    });
  return ({ dir, hex }: Bytes): readonly DecodedFrame[] => {
    const bytes = standInBytes(hex);
    if (dir === "rx") return [{ dir, name: heard(bytes).join(", ") || "a part of an answer", hex }];
    const question = [1, 2, 3, 4].find((n) => n === bytes[2]) as typeof asked | undefined;
    if (bytes[0] === DLE && bytes[1] === EOT && question) asked = question;
    const decoded = wireProtocols.escpos.decode(bytes);
    return [{ dir, name: decoded.ok ? `${decoded.value.name} ${bytes.at(-1)}` : decoded.error.code, hex }];
  };
}

/** More than the bridge's longest line. */
const MAX_LINE_CHARS = 4096;

function readLines() {
  const held = { tx: "", rx: "" };
  return ({ dir, hex }: Bytes): readonly DecodedFrame[] => {
    const lines = (held[dir] + Buffer.from(standInBytes(hex)).toString("utf8")).split("\n");
    held[dir] = (lines.pop() ?? "").slice(-MAX_LINE_CHARS);
    // The line is its own best decoding; its bytes would only repeat it.
    return lines.map((line) => ({ dir, name: line, hex: "" }));
  };
}

function ippName({ dir, hex }: Bytes): string {
  const message = decodeIpp(standInBytes(hex));
  if (!message.ok) return "no IPP";
  const { code, requestId } = message.value;
  if (dir === "tx") return `${operationNames.get(code) ?? `operation ${code}`} #${requestId}`;
  const [printer, job] = [groupsOf(message.value, "printer")[0], groupsOf(message.value, "job")[0]];
  const state = printerStateNames.get(numberOf(printer, "printer-state") ?? 0);
  const reasons = textsOf(printer, "printer-state-reasons").join(" ");
  const jobId = numberOf(job, "job-id");
  const facts = [...(state ? [`${state} (${reasons})`] : []), ...(jobId === undefined ? [] : [`job ${jobId}`])];
  return [`${statusName(code)} #${requestId}`, ...facts].join(", ");
}

function commandName({ hex }: Bytes): string {
  const command = decodeCommand(standInBytes(hex));
  if (!command) return "no APDU";
  const name = instructionNames.get(command.ins) ?? `ins ${command.ins}`;
  if (name === "readBinary") return `${name} from ${((command.p1 & 0x7f) << 8) | command.p2}`;
  if (name === "verify") return command.data ? "verify (masked)" : "verify: how many tries?";
  return command.p1 === 0x04 ? `${name} application` : name;
}

function answerName({ hex }: Bytes): string {
  const answer = decodeResponse(standInBytes(hex));
  if (!answer) return "no answer of a card";
  const data = answer.data.length > 0 ? `, ${answer.data.length} bytes` : "";
  return `${formatStatusWord(answer.sw)} ${statusWord(answer.sw).text}${data}`;
}
