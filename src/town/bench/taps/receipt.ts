import type { Eavesdrop } from "./port.ts";
import { type Ear, hex } from "./repeats.ts";

/** Commands that say what a driver is about, by their first bytes (Epson's ESC/POS command reference); longest first. */
const known: readonly { readonly name: string; readonly prefix: readonly number[] }[] = [
  { name: "GS ( H", prefix: [0x1d, 0x28, 0x48] },
  { name: "GS v 0", prefix: [0x1d, 0x76, 0x30] },
  { name: "DLE EOT", prefix: [0x10, 0x04] },
  { name: "DLE DC4", prefix: [0x10, 0x14] },
  { name: "ESC @", prefix: [0x1b, 0x40] },
  { name: "ESC R", prefix: [0x1b, 0x52] },
  { name: "ESC a", prefix: [0x1b, 0x61] },
  { name: "ESC d", prefix: [0x1b, 0x64] },
  { name: "ESC t", prefix: [0x1b, 0x74] },
  { name: "ESC E", prefix: [0x1b, 0x45] },
  { name: "FS &", prefix: [0x1c, 0x26] },
  { name: "FS C", prefix: [0x1c, 0x43] },
  { name: "GS !", prefix: [0x1d, 0x21] },
  { name: "GS L", prefix: [0x1d, 0x4c] },
  { name: "GS V", prefix: [0x1d, 0x56] },
  { name: "GS W", prefix: [0x1d, 0x57] },
  { name: "GS a", prefix: [0x1d, 0x61] },
  { name: "GS r", prefix: [0x1d, 0x72] },
];

/** What counts as a question about the printer's state: with the same answer it is no news. */
const QUESTION = /^DLE EOT$/;

/**
 * Listens to the bytes of a receipt printer: which commands a piece of the stream holds and how long it is. A summary for
 * people, not a decoder: a text may hold bytes that look like a command.
 */
export function listenToReceipts(ear: Ear): Eavesdrop {
  let asked: string | undefined;
  return (direction, bytes) => {
    if (direction === "toKiosk") {
      ear({ name: "status", detail: { direction, data: hex(bytes) }, topic: `answer to ${asked ?? "nothing"}` });
      return;
    }
    const commands = commandsIn(bytes);
    const names = [...new Set(commands)];
    const name = names.length === 1 ? (names[0] ?? "ESC/POS") : "ESC/POS";
    const question = names.length === 1 && QUESTION.test(name);
    asked = question ? hex(bytes) : undefined;
    ear({
      name,
      detail: {
        direction,
        bytes: bytes.length,
        ...(question ? { data: hex(bytes) } : { commands: names.join(", ") }),
      },
      ...(question ? { topic: `question ${hex(bytes)}` } : {}),
    });
  };
}

function commandsIn(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const command = known.find(({ prefix }) => prefix.every((byte, i) => bytes[at + i] === byte));
    if (command) found.push(command.name);
    at += command?.prefix.length ?? 1;
  }
  return found;
}
