/** More than any answer of a board with 127 pins; firmata-io itself would collect an unterminated sysex without end. */
const MAX_SYSEX_BYTES = 1_024;
const START_SYSEX = 0xf0;
const END_SYSEX = 0xf7;

const VERSION = 0xf9;
const DIGITAL = 0x90;
const ANALOG = 0xe0;
const ids = { analogMapping: 0x6a, capabilities: 0x6c, pinState: 0x6e, string: 0x71, firmware: 0x79 } as const;
/** The range that Firmata leaves to users, where our own messages are. */
const OURS = { first: 0x01, last: 0x0f } as const;

/**
 * Stands in front of firmata-io, which throws on answers that are too short or speak of pins that are not there, and whose
 * buffer has no end. Lets whole messages through that it can bear, and drops the rest: memory stays bounded whatever
 * comes. `onGarbage` hears how many bytes were dropped.
 */
export function createBoardFilter(onGarbage: (bytes: number) => void): (bytes: Uint8Array) => Uint8Array {
  let held: number[] = [];
  /** Of a sysex that grew too long; it is dropped up to its end. */
  let overlong = 0;
  /** Before a version firmata-io ignores every sysex, also the one that would tell it how many pins there are. */
  let versioned = false;
  let pins: number | undefined;
  let mapped = false;

  /** Whether firmata-io can bear this sysex; `data` is without F0, id and F7. */
  function bearable(id: number, data: readonly number[]): boolean {
    if (!versioned) return false;
    switch (id) {
      case ids.firmware:
        return data.length >= 2 && data.length % 2 === 0;
      case ids.capabilities: {
        if (pins !== undefined) return false;
        const found = data.filter((byte) => byte === 0x7f).length;
        if (found === 0 || found > 127 || data.at(-1) !== 0x7f) return false;
        pins = found;
        return true;
      }
      case ids.analogMapping:
        if (mapped || pins === undefined || data.length > pins) return false;
        mapped = true;
        return true;
      case ids.pinState:
        return data.length >= 3 && (data[0] ?? 127) < (pins ?? 0);
      case ids.string:
        return true;
      default:
        return id >= OURS.first && id <= OURS.last;
    }
  }

  function wanted(first: number): number | undefined {
    const kind = first < START_SYSEX ? first & 0xf0 : first;
    return kind === DIGITAL || kind === ANALOG || kind === VERSION ? 3 : undefined;
  }

  function drop(bytes: number): void {
    if (bytes > 0) onGarbage(bytes);
  }

  function begin(byte: number): void {
    drop(held.length + overlong);
    overlong = 0;
    held = [];
    if (byte === START_SYSEX || wanted(byte) !== undefined) held.push(byte);
    else drop(1);
  }

  return (bytes) => {
    const out: number[] = [];
    const pass = () => {
      for (const byte of held) out.push(byte);
      held = [];
    };
    for (const byte of bytes) {
      const first = held[0];
      if (byte === END_SYSEX && first === START_SYSEX) {
        held.push(byte);
        const [, id = 0, ...data] = held.slice(0, -1);
        if (overlong === 0 && bearable(id, data)) pass();
        else {
          drop(held.length + overlong);
          held = [];
          overlong = 0;
        }
      } else if (byte > 0x7f) begin(byte);
      else if (first === undefined) drop(1);
      else if (held.length >= MAX_SYSEX_BYTES) overlong += 1;
      else {
        held.push(byte);
        if (held.length !== wanted(first)) continue;
        if (first === VERSION) versioned = true;
        pass();
      }
    }
    return Uint8Array.from(out);
  };
}
