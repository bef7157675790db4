import { boardMessages } from "../../../../firmware-bridge/board-messages.ts";
import { createFirmataParser, type FirmataMessage, firmataName } from "../../../../firmware-bridge/firmata-codec.ts";
import type { Eavesdrop } from "./port.ts";
import { type Ear, hex } from "./repeats.ts";

const ours = new Map<number, string>(Object.entries(boardMessages).map(([name, id]) => [id, name]));

/** Listens to the Firmata between the bridge and the I/O board. Heartbeats and their answers are told once. */
export function listenToBoard(ear: Ear): Eavesdrop {
  const parsers = { toDevice: createFirmataParser(), toKiosk: createFirmataParser() };
  return (direction, bytes) => {
    for (const parsed of parsers[direction].push(bytes)) {
      if (parsed.kind === "garbage") {
        ear({ name: "noise", level: "warn", detail: { direction, bytes: parsed.bytes } });
        continue;
      }
      const name = nameOf(parsed.message);
      // Its numbers count up: only that it beats is news.
      if (name === "echo") ear({ name, detail: { direction }, topic: direction });
      else ear({ name, detail: { direction, ...detailOf(parsed.message) } });
    }
  };
}

function nameOf(message: FirmataMessage): string {
  const own = message.kind === "sysex" ? ours.get(message.command) : undefined;
  return own ?? firmataName(message);
}

function detailOf(message: FirmataMessage): Record<string, unknown> {
  if (message.kind === "channel") return { channel: message.channel, value: message.value };
  return { dataHex: hex(Uint8Array.from(message.data)) };
}
