/** What the printer says about itself, whichever way it says it. */
export type StatusFlag =
  | "offline"
  | "coverOpen"
  | "feeding"
  | "waitingForRecovery"
  | "mechanicalError"
  | "cutterError"
  | "unrecoverableError"
  | "overheated"
  | "paperNearEnd"
  | "paperEnd"
  | "error";

/** Where a flag stands: byte 1…4 of automatic status back, or the answer to DLE EOT 1…4. */
export interface StatusBit {
  readonly source: "asb" | "realtime";
  readonly byte: 1 | 2 | 3 | 4;
  /** All of these bits together. */
  readonly mask: number;
  readonly flag: StatusFlag;
}

/** Epson's ESC/POS command reference: GS a (tables of the four bytes) and DLE EOT (n = 1…4). */
export const statusBits: readonly StatusBit[] = [
  { source: "asb", byte: 1, mask: 0x08, flag: "offline" },
  { source: "asb", byte: 1, mask: 0x20, flag: "coverOpen" },
  { source: "asb", byte: 1, mask: 0x40, flag: "feeding" },
  { source: "asb", byte: 2, mask: 0x01, flag: "waitingForRecovery" },
  { source: "asb", byte: 2, mask: 0x04, flag: "mechanicalError" },
  { source: "asb", byte: 2, mask: 0x08, flag: "cutterError" },
  { source: "asb", byte: 2, mask: 0x20, flag: "unrecoverableError" },
  { source: "asb", byte: 2, mask: 0x40, flag: "overheated" },
  { source: "asb", byte: 3, mask: 0x03, flag: "paperNearEnd" },
  { source: "asb", byte: 3, mask: 0x0c, flag: "paperEnd" },
  { source: "realtime", byte: 1, mask: 0x08, flag: "offline" },
  { source: "realtime", byte: 1, mask: 0x20, flag: "waitingForRecovery" },
  { source: "realtime", byte: 2, mask: 0x04, flag: "coverOpen" },
  { source: "realtime", byte: 2, mask: 0x08, flag: "feeding" },
  { source: "realtime", byte: 2, mask: 0x20, flag: "paperEnd" },
  { source: "realtime", byte: 2, mask: 0x40, flag: "error" },
  { source: "realtime", byte: 3, mask: 0x04, flag: "mechanicalError" },
  { source: "realtime", byte: 3, mask: 0x08, flag: "cutterError" },
  { source: "realtime", byte: 3, mask: 0x20, flag: "unrecoverableError" },
  { source: "realtime", byte: 3, mask: 0x40, flag: "overheated" },
  { source: "realtime", byte: 4, mask: 0x0c, flag: "paperNearEnd" },
  { source: "realtime", byte: 4, mask: 0x60, flag: "paperEnd" },
];

/** One thing that the printer said. Bytes that fit nothing are data, not an error. */
export type StatusMessage =
  | { readonly kind: "asb"; readonly flags: ReadonlySet<StatusFlag> }
  /** The answer to a DLE EOT; only the asker knows to which. */
  | { readonly kind: "realtime"; readonly byte: number }
  | { readonly kind: "processId"; readonly id: string }
  | { readonly kind: "cleared" }
  | { readonly kind: "flowControl" }
  | { readonly kind: "garbage"; readonly byte: number };

/** Flags of the answer to DLE EOT n. */
export function realtimeFlags(n: 1 | 2 | 3 | 4, byte: number): ReadonlySet<StatusFlag> {
  return flagsOf("realtime", [[n, byte]]);
}

const ASB_BYTES = 4;
const BLOCK_HEADER = 0x37;
const BLOCK_PROCESS_ID = 0x22;
const BLOCK_CLEARED = 0x25;
const PROCESS_ID_BYTES = 4;
/** Longer blocks are none that was asked for; then the header was noise. */
const MAX_BLOCK_BYTES = 16;
const XON = 0x11;
const XOFF = 0x13;
const XON_XOFF: readonly number[] = [XON, XOFF];
/** The fixed bits that tell the first byte of ASB, the answer to DLE EOT, and the other bytes of ASB apart. */
const IDENTIFY = 0x93;
const IS_ASB = 0x10;
const IS_REALTIME = 0x12;
const ASB_REST_FIXED = 0x90;

/** Cuts what the printer sends into messages; resynchronises on anything that fits nothing. */
export interface StatusParser {
  push(bytes: Uint8Array): readonly StatusMessage[];
}

/** A parser for one connection; holds at most one unfinished message (16 bytes). */
export function createStatusParser(): StatusParser {
  let held: number[] = [];

  function take(byte: number): StatusMessage[] {
    if (XON_XOFF.includes(byte) && held[0] !== BLOCK_HEADER) return [{ kind: "flowControl" }];
    if (held.length === 0) return begin(byte);
    if (held[0] === BLOCK_HEADER) return block(byte);
    if ((byte & ASB_REST_FIXED) !== 0) return [...giveUp(), ...begin(byte)];
    held.push(byte);
    if (held.length < ASB_BYTES) return [];
    const flags = flagsOf(
      "asb",
      held.map((value, index) => [(index + 1) as 1 | 2 | 3 | 4, value]),
    );
    held = [];
    return [{ kind: "asb", flags }];
  }

  function begin(byte: number): StatusMessage[] {
    if (byte === BLOCK_HEADER || (byte & IDENTIFY) === IS_ASB) {
      held = [byte];
      return [];
    }
    return [(byte & IDENTIFY) === IS_REALTIME ? { kind: "realtime", byte } : { kind: "garbage", byte }];
  }

  function block(byte: number): StatusMessage[] {
    if (byte !== 0) {
      held.push(byte);
      return held.length < MAX_BLOCK_BYTES ? [] : giveUp();
    }
    const [, identifier, ...content] = held;
    if (identifier === BLOCK_CLEARED && content.length === 0) {
      held = [];
      return [{ kind: "cleared" }];
    }
    if (identifier === BLOCK_PROCESS_ID && content.length === PROCESS_ID_BYTES) {
      held = [];
      return [{ kind: "processId", id: String.fromCharCode(...content) }];
    }
    held.push(byte);
    return giveUp();
  }

  function giveUp(): StatusMessage[] {
    const garbage = held.map((byte): StatusMessage => ({ kind: "garbage", byte }));
    held = [];
    return garbage;
  }

  return { push: (bytes) => Array.from(bytes).flatMap(take) };
}

function flagsOf(source: StatusBit["source"], bytes: readonly (readonly [1 | 2 | 3 | 4, number])[]): Set<StatusFlag> {
  const found = new Set<StatusFlag>();
  for (const [byte, value] of bytes) {
    for (const bit of statusBits) {
      if (bit.source === source && bit.byte === byte && (value & bit.mask) === bit.mask) found.add(bit.flag);
    }
  }
  return found;
}
