/** What the printer says it is: the model whose command set it follows. */
const names: Readonly<Record<number, string>> = {
  65: "1.00 ESC/POS",
  66: "EPSON",
  67: "TM-T88V",
  68: "SIMULATED",
  69: "KANJI JAPANESE",
};
/** n 1 model, 2 type (two-byte characters, cutter), 3 firmware; one byte each, and the same for the digit as a character. */
const numbers: Readonly<Record<number, number>> = { 1: 0x20, 2: 0x03, 3: 0x01 };

/** The answer to GS I n: one byte, or a block `5F … 00`; nothing for what is not known. */
export function identity(n: number): Uint8Array {
  const number = numbers[n >= 0x30 && n <= 0x39 ? n - 0x30 : n];
  if (number !== undefined) return Uint8Array.of(number);
  const name = names[n];
  return name === undefined ? new Uint8Array() : Uint8Array.of(0x5f, ...Buffer.from(name, "latin1"), 0x00);
}
