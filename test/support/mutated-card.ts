import { type CommandApdu, decodeCommand, encodeResponse } from "../../devices/card-reader/apdu/apdu.ts";
import type { SimulatedCardProfile } from "../../devices/card-reader/simulator/profile.ts";
import { createSimulatedCard, type SimulatedCard } from "../../devices/card-reader/simulator/simulated-card.ts";

/** One command on its way to a card, and what the card last selected. */
export interface Command extends CommandApdu {
  /** The application's AID as hexadecimal text; empty before the first. */
  readonly application: string;
  /** The elementary file, or 0. */
  readonly file: number;
}

/** What a mutation does with a command: its own answer, or undefined for the honest one, which it may also change. */
export type Mutation = (command: Command, honest: () => Uint8Array) => Uint8Array | undefined;

/** A simulated card that differs from the honest one in one fact. */
export function createMutatedCard(profile: SimulatedCardProfile, mutation: Mutation): SimulatedCard {
  const card = createSimulatedCard({ profile });
  let application = "";
  let file = 0;
  return {
    ...card,
    exchange(apdu) {
      const command = decodeCommand(apdu);
      if (!command) return { answer: card.transmit(apdu) };
      if (command.ins === 0xa4 && command.p1 === 0x04) {
        application = Buffer.from(command.data ?? []).toString("hex");
        file = 0;
      }
      if (command.ins === 0xa4 && command.p1 === 0x02) file = Buffer.from(command.data ?? [0, 0]).readUInt16BE(0);
      const changed = mutation({ ...command, application, file }, () => card.transmit(apdu));
      return { answer: changed ?? card.transmit(apdu) };
    },
  };
}

/** Only a status word. */
export const sw = (word: number) => encodeResponse(word);
/** Data with 9000. */
export const data = (bytes: Uint8Array) => encodeResponse(0x9000, bytes);
