import { decodeCommand } from "../../../../devices/card-reader/apdu/apdu.ts";
import { ins } from "../../../../devices/card-reader/apdu/commands.ts";
import { readTlvHeader } from "../../../../devices/card-reader/apdu/tlv.ts";
import { myNumberCardProfile, TOKEN_LABEL_BYTES } from "../../../../devices/card-reader/card-profile.ts";
import { itemTags } from "../../../../devices/card-reader/jpki/input-aid.ts";
import { type RecordingEvent, recordedHex } from "./format.ts";

const DER_SEQUENCE = 0x30;
const COMMAND_HEADER_BYTES = 5;
const STATUS_WORD_BYTES = 2;
const NAME = 0x04;
const { jpki, inputAid } = myNumberCardProfile;

/** Whose file is being read. */
type Content = "token" | "certificate" | "items" | "unknown";

/**
 * A card's conversation without anything about its holder. Of commands the data is hidden unless it selects something (a
 * PIN is data of VERIFY); of answers everything but the status word, the token's label, which says only what kind of card
 * it is, and the tags and lengths by which the driver finds the end of what it reads.
 */
export function createCardMask(): (dir: "tx" | "rx", bytes: Uint8Array) => RecordingEvent {
  let application = "";
  let content: Content = "unknown";
  let structure = createStructure("unknown");
  let offset: number | undefined;

  function command(bytes: Uint8Array): RecordingEvent {
    const apdu = decodeCommand(bytes);
    offset = apdu?.ins === ins.readBinary ? ((apdu.p1 & 0x7f) << 8) | apdu.p2 : undefined;
    if (!apdu || apdu.ins !== ins.select) {
      return { dir: "tx", hex: recordedHex(bytes, (index) => index >= COMMAND_HEADER_BYTES) };
    }
    const selected = Buffer.from(apdu.data ?? []).toString("hex");
    if (apdu.p1 === NAME) application = selected;
    content = apdu.p1 === NAME ? "unknown" : contentOf(application, Number.parseInt(selected, 16));
    structure = createStructure(content);
    return { dir: "tx", hex: recordedHex(bytes) };
  }

  return (dir, bytes) => {
    if (dir === "tx") return command(bytes);
    const data = bytes.subarray(0, Math.max(0, bytes.length - STATUS_WORD_BYTES));
    const shown = offset === undefined ? new Set<number>() : structure.read(offset, data);
    return { dir, hex: recordedHex(bytes, (index) => index < data.length && !shown.has(index)) };
  };
}

function contentOf(application: string, file: number): Content {
  const is = (aid: Uint8Array) => application === Buffer.from(aid).toString("hex");
  if (is(jpki.aid) && file === jpki.tokenFile) return "token";
  if (is(jpki.aid) && file === jpki.authCertificateFile) return "certificate";
  return is(inputAid.aid) && file === inputAid.itemsFile ? "items" : "unknown";
}

const ITEM_TAGS: ReadonlySet<number> = new Set(Object.values(itemTags));
/** A tag has at most two bytes here, a length three. */
const MAX_HEADER_BYTES = 5;

/** Follows the tags and lengths of one file that is read from its beginning. */
function createStructure(content: Content): { read(offset: number, data: Uint8Array): ReadonlySet<number> } {
  let next = 0;
  /** Where the next tag stands; undefined when what follows is not understood, or nothing. */
  let tagAt: number | undefined = content === "unknown" ? undefined : 0;
  let end = Number.POSITIVE_INFINITY;

  /** Whether the header at `at` is one that this file has there; moves on behind it, or behind its value. */
  function follow(at: number, tag: number, valueAt: number, valueLength: number): boolean {
    if (at === 0) {
      end = valueAt + valueLength;
      tagAt = content === "items" && tag === itemTags.items ? valueAt : undefined;
      return tagAt !== undefined || (content === "certificate" && tag === DER_SEQUENCE);
    }
    const known = ITEM_TAGS.has(tag) && valueAt + valueLength <= end;
    tagAt = known && valueAt + valueLength < end ? valueAt + valueLength : undefined;
    return known;
  }

  return {
    read(offset, data) {
      const shown = new Set<number>();
      if (content === "token") return new Set([...data.keys()].filter((index) => offset + index < TOKEN_LABEL_BYTES));
      if (offset !== next) tagAt = undefined;
      next = offset + data.length;
      while (tagAt !== undefined && tagAt < next) {
        const at = tagAt;
        // A header that begins in one answer and ends in the next stays hidden: then only a replay is the poorer for it.
        const header =
          at >= offset ? readTlvHeader(data.subarray(0, at - offset + MAX_HEADER_BYTES), at - offset) : undefined;
        tagAt = undefined;
        if (!header || !follow(at, header.tag, offset + header.valueOffset, header.valueLength)) break;
        for (let index = at - offset; index < header.valueOffset; index++) shown.add(index);
      }
      return shown;
    },
  };
}
