import { constants, privateEncrypt } from "node:crypto";
import { type CommandApdu, decodeCommand, encodeResponse } from "../apdu/apdu.ts";
import { ins } from "../apdu/commands.ts";
import {
  type CardFile,
  type CardPins,
  createApplications,
  createPins,
  hexOf,
  type SimulatedPin,
} from "./card-files.ts";
import type { CardBehaviour, SimulatedCardProfile } from "./profile.ts";

/**
 * What a card does with a command: it answers, says nothing for ever, is pulled before the answer is out, or loses its
 * field for a moment (a type-B card moved on the plate).
 */
export type CardReaction = { readonly answer: Uint8Array } | { readonly fault: "silent" | "pulled" | "dropout" };

/** A simulated card: the object is the plastic. Its PIN counters outlive readers, sessions and resets. */
export interface SimulatedCard {
  readonly atr: Uint8Array;
  /** Where cards differ; may be changed at any time. */
  readonly behaviour: CardBehaviour;
  readonly pins: CardPins;
  /** One command, answered as the card answers, without faults of the contact. */
  transmit(apdu: Uint8Array): Uint8Array;
  /** One command through a contact that may fail. */
  exchange(apdu: Uint8Array): CardReaction;
  /** Power or reset line: forgets the selection and every entered PIN, not the counters. */
  reset(): void;
  /** After `apdus` more commands the card falls silent and stays so until `recover`. */
  goSilentAfter(apdus: number): void;
  /** The command after `apdus` more finds no card: it is pulled in the middle. */
  dieAfter(apdus: number): void;
  /**
   * The command after `apdus` more meets a card that loses its field for a moment. `heard`: the card still carried the
   * command out, a VERIFY included, and only its answer was lost.
   */
  dropOutAfter(apdus: number, heard?: boolean): void;
  recover(): void;
  /** Hears every command as it arrives. A view on the wire's bytes: copy what is kept. */
  onCommand(listener: (apdu: Uint8Array) => void): void;
}

const ATRS = {
  contactless: "3b8880010000" + "05e0b381a1007f",
  juki: "3b8880010000" + "14e0b38191005e",
  /** Any other contactless card; invented. */
  plain: "3b80800101",
} as const;

/** The reader never asks for it, so it is not among the reader's instructions. */
const READ_RECORD = 0xb2;
/** PKCS#1 v1.5 needs eleven bytes of padding. */
const PKCS1_PADDING_BYTES = 11;

/** A card for a profile, with full counters. */
export function createSimulatedCard(options: {
  readonly profile: SimulatedCardProfile;
  readonly behaviour?: Partial<CardBehaviour>;
}): SimulatedCard {
  const { profile } = options;
  const behaviour: CardBehaviour = { blockedAnswer: 0x6984, pastEndAnswer: 0x6b00, ...options.behaviour };
  const pins = createPins(profile);
  const applications = createApplications(profile, pins);
  let application: ReadonlyMap<number, CardFile> | undefined;
  let file: CardFile | undefined;
  const entered = new Set<SimulatedPin>();
  let silentIn = Number.POSITIVE_INFINITY;
  let pulledIn = Number.POSITIVE_INFINITY;
  let dropOutIn = Number.POSITIVE_INFINITY;
  let heardAtDropout = false;
  let listener: (apdu: Uint8Array) => void = () => {};

  const reset = () => {
    application = undefined;
    file = undefined;
    entered.clear();
  };

  function select({ p1, data }: CommandApdu): Uint8Array {
    if (p1 === 0x04) {
      const wanted = applications.get(hexOf(data ?? new Uint8Array()));
      if (!wanted) return encodeResponse(0x6a82);
      reset();
      application = wanted;
      return encodeResponse(0x9000);
    }
    const [high, low] = data ?? [];
    if (p1 !== 0x02 || high === undefined || low === undefined || data?.length !== 2) return encodeResponse(0x6a82);
    const wanted = application?.get(high * 256 + low);
    if (!wanted) return encodeResponse(0x6a82);
    file = wanted;
    return encodeResponse(0x9000);
  }

  function readBinary({ p1, p2, le }: CommandApdu): Uint8Array {
    const bySfi = (p1 & 0x80) !== 0;
    if (bySfi) file = application?.get(p1 & 0x1f);
    const offset = bySfi ? p2 : p1 * 256 + p2;
    if (file?.kind !== "data") return encodeResponse(0x6986);
    if (file.needs && !entered.has(file.needs)) return encodeResponse(0x6982);
    if (le === undefined) return encodeResponse(0x6700);
    if (offset >= file.bytes.length) return encodeResponse(behaviour.pastEndAnswer);
    return encodeResponse(0x9000, file.bytes.subarray(offset, offset + le));
  }

  /** READ RECORD, ISO/IEC 7816-4: one record, of the current file or of the short identifier in P2. */
  function readRecord({ p1, p2 }: CommandApdu): Uint8Array {
    if ((p2 & 0x07) !== 0x04) return encodeResponse(0x6a86);
    if (p2 >> 3) file = application?.get(p2 >> 3);
    if (file?.kind !== "record") return encodeResponse(0x6986);
    return p1 === 1 ? encodeResponse(0x9000, file.bytes) : encodeResponse(0x6a83);
  }

  function verify({ p1, p2, data }: CommandApdu): Uint8Array {
    if (p1 !== 0 || p2 !== 0x80) return encodeResponse(0x6a86);
    if (file?.kind !== "pin") return encodeResponse(0x6986);
    const { pin } = file;
    if (pin.triesLeft === 0) return encodeResponse(behaviour.blockedAnswer);
    if (!data) return encodeResponse(0x63c0 | pin.triesLeft);
    if (Buffer.from(data).toString("latin1") === pin.value) {
      pin.triesLeft = pin.tries;
      entered.add(pin);
      return encodeResponse(0x9000);
    }
    entered.delete(pin);
    pin.triesLeft -= 1;
    return encodeResponse(0x63c0 | pin.triesLeft);
  }

  function changePin({ p1, p2, data }: CommandApdu): Uint8Array {
    if (p1 !== 1 || p2 !== 0x80) return encodeResponse(0x6a86);
    if (file?.kind !== "pin") return encodeResponse(0x6986);
    if (!entered.has(file.pin)) return encodeResponse(0x6982);
    if (!data) return encodeResponse(0x6700);
    file.pin.value = Buffer.from(data).toString("latin1");
    return encodeResponse(0x9000);
  }

  function sign({ cla, p1, p2, data, le }: CommandApdu): Uint8Array {
    if (cla !== 0x80 || p1 !== 0 || p2 !== 0x80) return encodeResponse(0x6a86);
    if (file?.kind !== "key") return encodeResponse(0x6986);
    if (!entered.has(file.needs)) return encodeResponse(0x6982);
    const modulusBytes = (file.key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
    if (!data || le === undefined || data.length > modulusBytes - PKCS1_PADDING_BYTES) return encodeResponse(0x6700);
    return encodeResponse(0x9000, privateEncrypt({ key: file.key, padding: constants.RSA_PKCS1_PADDING }, data));
  }

  const commands = new Map<number, (command: CommandApdu) => Uint8Array>([
    [ins.select, select],
    [ins.readBinary, readBinary],
    [READ_RECORD, readRecord],
    [ins.verify, verify],
    [ins.changePin, changePin],
    [ins.performSecurityOperation, sign],
  ]);

  function transmit(apdu: Uint8Array): Uint8Array {
    listener(apdu);
    const command = decodeCommand(apdu);
    if (!command) return encodeResponse(0x6700);
    if (command.cla !== 0x00 && command.cla !== 0x80) return encodeResponse(0x6e00);
    return commands.get(command.ins)?.(command) ?? encodeResponse(0x6d00);
  }

  return {
    atr: Buffer.from(
      ATRS[profile.kind === "jukiCard" ? "juki" : profile.kind === "plain" ? "plain" : "contactless"],
      "hex",
    ),
    behaviour,
    pins,
    transmit,
    exchange(apdu) {
      if (silentIn-- <= 0) {
        listener(apdu);
        return { fault: "silent" };
      }
      if (pulledIn-- <= 0) {
        pulledIn = Number.POSITIVE_INFINITY;
        listener(apdu);
        return { fault: "pulled" };
      }
      if (dropOutIn-- <= 0) {
        dropOutIn = Number.POSITIVE_INFINITY;
        if (heardAtDropout) transmit(apdu);
        else listener(apdu);
        reset();
        return { fault: "dropout" };
      }
      return { answer: transmit(apdu) };
    },
    reset,
    goSilentAfter(apdus) {
      silentIn = apdus;
    },
    dieAfter(apdus) {
      pulledIn = apdus;
    },
    dropOutAfter(apdus, heard = false) {
      dropOutIn = apdus;
      heardAtDropout = heard;
    },
    recover() {
      silentIn = Number.POSITIVE_INFINITY;
      pulledIn = Number.POSITIVE_INFINITY;
      dropOutIn = Number.POSITIVE_INFINITY;
    },
    onCommand(next) {
      listener = next;
    },
  };
}
