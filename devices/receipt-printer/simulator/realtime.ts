/** A real-time command found in the stream. */
export type RealtimeCommand =
  | { readonly kind: "status"; readonly n: number }
  /** DLE ENQ 1: try again where it stopped; 2: drop everything received, then try again. */
  | { readonly kind: "recover"; readonly clear: boolean }
  | { readonly kind: "clear" };

/** Takes real-time commands out of a stream of bytes, wherever they stand. */
export interface RealtimeFilter {
  /** The bytes that remain for the buffer; `act` is called for each command, when its last byte has come. */
  push(bytes: Uint8Array, act: (command: RealtimeCommand) => void): Uint8Array;
}

const DLE = 0x10;
const commands = [
  ...[1, 2, 3, 4].map((n) => ({ bytes: [DLE, 0x04, n], command: { kind: "status", n } as const })),
  ...[false, true].map((clear) => ({
    bytes: [DLE, 0x05, clear ? 2 : 1],
    command: { kind: "recover", clear } as const,
  })),
  { bytes: [DLE, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08], command: { kind: "clear" } as const },
] as const;

/** A filter that may be cut anywhere between two bytes; it holds back at most nine. */
export function createRealtimeFilter(): RealtimeFilter {
  let held: number[] = [];
  const possible = () => commands.filter((one) => held.every((byte, index) => one.bytes[index] === byte));
  return {
    push(bytes, act) {
      const out: number[] = [];
      for (const byte of bytes) {
        held.push(byte);
        while (held.length > 0 && possible().length === 0) out.push(held.shift() ?? 0);
        const whole = possible().find((one) => one.bytes.length === held.length);
        if (!whole) continue;
        held = [];
        // What came before the command is in the buffer when it acts: clearing drops that too.
        act(whole.command);
        const { command } = whole;
        if (command.kind === "clear" || (command.kind === "recover" && command.clear)) out.length = 0;
      }
      return Uint8Array.from(out);
    },
  };
}
