/** A command of the printer: how it begins, how long it is, what it does. */
export interface Command {
  readonly prefix: readonly number[];
  /** Bytes after the prefix; undefined while their number cannot be known yet. */
  readonly parameters: number | ((rest: Uint8Array) => number | undefined);
  run(parameters: Uint8Array): void;
}

/** Whether bytes begin with a prefix, as far as they have come. */
export function couldBe(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}

/** A number of two bytes, the low one first; missing bytes count as 0. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
}

/** The same with a sign. */
export function i16(bytes: Uint8Array, at: number): number {
  const value = u16(bytes, at);
  return value < 0x8000 ? value : value - 0x10000;
}
