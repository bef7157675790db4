import { type CommandApdu, decodeCommand, decodeResponse } from "../../../../devices/card-reader/apdu/apdu.ts";
import { ins } from "../../../../devices/card-reader/apdu/commands.ts";
import { formatStatusWord, statusWord } from "../../../../devices/card-reader/apdu/status-words.ts";
import type { SimulatedCard } from "../../../../devices/card-reader/simulator/simulated-card.ts";
import { type Ear, hex } from "./repeats.ts";

/** Names of ISO/IEC 7816-4 and 7816-8. */
const names = new Map<number, string>([
  [ins.select, "SELECT"],
  [ins.readBinary, "READ BINARY"],
  [ins.verify, "VERIFY"],
  [ins.changePin, "CHANGE REFERENCE DATA"],
  [ins.performSecurityOperation, "PSO: COMPUTE DIGITAL SIGNATURE"],
]);
const HOLDS_A_PIN: ReadonlySet<number> = new Set([ins.verify, ins.changePin]);

/**
 * The same plastic with somebody who listens to its contact. Told are names, lengths and status words: PINs are masked, and
 * what the card answers (certificates, the holder's name, address and My Number) is a number of bytes.
 */
export function tappedCard(card: SimulatedCard, ear: Ear): SimulatedCard {
  return {
    ...card,
    exchange(apdu) {
      // Before the card sees it: the driver zeroes a PIN's bytes as soon as they are sent.
      const command = decodeCommand(apdu);
      const name = names.get(command?.ins ?? -1) ?? (command ? `INS ${hex(Uint8Array.of(command.ins))}` : "APDU");
      const asked = command ? describe(command) : { bytes: apdu.length };
      const reaction = card.exchange(apdu);
      if ("fault" in reaction) {
        ear({ name, level: "warn", detail: { ...asked, answer: reaction.fault } });
        return reaction;
      }
      const response = decodeResponse(reaction.answer);
      const sw = response?.sw ?? 0;
      ear({
        name,
        level: statusWord(sw).meaning === "ok" ? "info" : "warn",
        detail: {
          ...asked,
          sw: formatStatusWord(sw),
          meaning: statusWord(sw).meaning,
          ...(response && response.data.length > 0 ? { answerBytes: response.data.length } : {}),
        },
      });
      return reaction;
    },
  };
}

function describe(command: CommandApdu): Readonly<Record<string, unknown>> {
  const { cla, p1, p2, data, le } = command;
  const head = hex(Uint8Array.of(cla, command.ins, p1, p2));
  if (HOLDS_A_PIN.has(command.ins)) return data ? { head, pin: "••••" } : { head, asks: "triesLeft" };
  if (command.ins === ins.readBinary) return { head, offset: ((p1 & 0x7f) << 8) | p2, ...(le ? { le } : {}) };
  // Of a signature's input the length is enough; names of applications and files are public.
  if (command.ins === ins.select) return { head, ...(data ? { data: hex(data) } : {}) };
  return { head, ...(data ? { bytes: data.length } : {}) };
}
