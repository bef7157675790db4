import { commands } from "../../../../devices/coin-vendor/codec/commands.ts";
import {
  type CcTalkFrame,
  HOST_ADDRESS,
  REPLY_ACK,
  REPLY_BUSY,
  REPLY_NACK,
} from "../../../../devices/coin-vendor/codec/frame.ts";
import { createFrameParser } from "../../../../devices/coin-vendor/codec/parser.ts";
import { denominations } from "../../../../devices/coin-vendor/port.ts";
import { defaultAddresses } from "../../../../devices/coin-vendor/settings.ts";
import type { Eavesdrop } from "./port.ts";
import { type Ear, hex } from "./repeats.ts";

const namesByHeader = new Map<number, string>(Object.entries(commands).map(([name, { header }]) => [header, name]));
const partsByAddress = new Map<number, string>([
  [defaultAddresses.acceptor, "acceptor"],
  [defaultAddresses.escrow, "escrow"],
  ...denominations.map((d): [number, string] => [defaultAddresses.hoppers[d], `hopper${d}`]),
]);

/** Listens to one ccTalk connection: every request with the reply to it, as one entry. */
export function listenToCoins(ear: Ear): Eavesdrop {
  const toDevice = createFrameParser("checksum", (frame) => frame.destination !== HOST_ADDRESS);
  const toKiosk = createFrameParser("checksum", (frame) => frame.destination === HOST_ADDRESS);
  let asked: CcTalkFrame | undefined;

  const tell = (request: CcTalkFrame, reply: CcTalkFrame | undefined) => {
    const part = partsByAddress.get(request.destination) ?? String(request.destination);
    const answer = reply ? answerWord(reply) : "silence";
    ear({
      name: namesByHeader.get(request.header) ?? `header ${request.header}`,
      level: answer === "silence" || answer === "NAK" ? "warn" : "info",
      detail: {
        part,
        header: request.header,
        ...(request.data.length > 0 ? { data: hex(request.data) } : {}),
        answer,
        ...(reply && reply.data.length > 0 ? { answerData: hex(reply.data) } : {}),
      },
      topic: `${part}/${request.header}`,
    });
  };

  return (direction, bytes) => {
    const parser = direction === "toDevice" ? toDevice : toKiosk;
    // A frame that never becomes whole must not hide the next one: the kiosk sends whole frames.
    for (const item of [...parser.push(bytes), ...(direction === "toDevice" ? parser.gap() : [])]) {
      if (item.kind === "garbage") ear({ name: "noise", level: "warn", detail: { direction, bytes: hex(item.bytes) } });
      else if (direction === "toDevice") {
        if (asked) tell(asked, undefined);
        asked = item.frame;
      } else if (asked) {
        tell(asked, item.frame);
        asked = undefined;
      }
    }
  };
}

function answerWord({ header }: CcTalkFrame): string {
  if (header === REPLY_ACK) return "ACK";
  if (header === REPLY_NACK) return "NAK";
  return header === REPLY_BUSY ? "BUSY" : `header ${header}`;
}
