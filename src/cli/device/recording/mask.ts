import { createHash } from "node:crypto";
import { decodeIpp } from "../../../../devices/certificate-printer/ipp/decode.ts";
import type { DeviceName } from "../../../../devices/contract/device-names.ts";
import { dissectEscpos } from "../../../../devices/receipt-printer/escpos/dissect.ts";
import { createCardMask } from "./card-mask.ts";
import { type RecordingEvent, recordedHex } from "./format.ts";
import type { LinkNews } from "./link-news.ts";

/**
 * Makes what may be shown and kept of a device's link: personal bytes of a card are masked, documents and receipts are
 * only measured. What is shown live and what is recorded are the same.
 */
export type Mask = (news: LinkNews) => RecordingEvent;

type BytesMask = (dir: "tx" | "rx", bytes: Uint8Array) => RecordingEvent;

/** The mask of a device; one for each session. */
export function createMask(device: DeviceName): Mask {
  const mask = bytesMaskOf(device);
  return (news) => {
    if ("link" in news) return news;
    if ("failed" in news) return { dir: "rx", failed: news.failed };
    return "document" in news ? withheld(news.document) : mask(news.dir, news.bytes);
  };
}

function bytesMaskOf(device: DeviceName): BytesMask {
  if (device === "card-reader") return createCardMask();
  if (device === "certificate-printer") return createIppMask();
  if (device === "receipt-printer")
    return (dir, bytes) => (dir === "tx" && prints(bytes) ? withheld(bytes) : plain(dir, bytes));
  return plain;
}

const plain: BytesMask = (dir, bytes) => ({ dir, hex: recordedHex(bytes) });

function withheld(bytes: Uint8Array): RecordingEvent {
  return { dir: "tx", withheldBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Questions about a printer's state; everything else may be somebody's receipt. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "DLE EOT real-time status",
  "DLE DC4 clear buffers",
  "GS a automatic status back",
  "GS r transmit status",
]);

function prints(bytes: Uint8Array): boolean {
  return dissectEscpos(bytes).some(({ name }) => !QUESTIONS.has(name));
}

/** Attributes of an answer that may be about other people's jobs on a printer that is shared. */
const OTHERS: ReadonlySet<string> = new Set(["job-name", "job-originating-user-name", "requesting-user-name"]);

/** Names of jobs and of their owners are kept only when this host sent them itself. */
function createIppMask(): BytesMask {
  const own = new Set<string>();
  return (dir, bytes) => {
    const names = namesIn(bytes);
    if (dir === "tx") {
      for (const name of names ?? []) own.add(name);
      return plain(dir, bytes);
    }
    // What is no IPP may be anything.
    if (!names) return { dir, hex: recordedHex(bytes, () => true) };
    const hidden = new Set<number>();
    for (const name of names.filter((one) => one !== "" && !own.has(one))) {
      const text = Buffer.from(name);
      const answer = Buffer.from(bytes);
      for (let at = answer.indexOf(text); at >= 0; at = answer.indexOf(text, at + text.length))
        for (let i = 0; i < text.length; i++) hidden.add(at + i);
    }
    return { dir, hex: recordedHex(bytes, (index) => hidden.has(index)) };
  };
}

function namesIn(bytes: Uint8Array): string[] | undefined {
  const message = decodeIpp(bytes);
  if (!message.ok) return undefined;
  return message.value.groups
    .flatMap(({ attributes }) => attributes)
    .filter(({ name }) => OTHERS.has(name))
    .flatMap(({ values }) => values)
    .flatMap((one) => ("value" in one && typeof one.value === "string" ? [one.value] : []));
}
