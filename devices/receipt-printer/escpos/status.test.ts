import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStatusParser, realtimeFlags, statusBits } from "./status.ts";

const parse = (...bytes: number[]) => createStatusParser().push(Uint8Array.from(bytes));
const flagsOf = (...bytes: number[]) => {
  const [message] = parse(...bytes);
  return message?.kind === "asb" ? [...message.flags] : message;
};

describe("status of an ESC/POS printer", () => {
  it("the table has no bit twice and keeps off the bits that are fixed", () => {
    const keys = statusBits.map(({ source, byte, mask }) => `${source}/${byte}/${mask}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { source, byte, mask } of statusBits) {
      const fixed = source === "realtime" ? 0x93 : byte === 1 ? 0x93 : 0x90;
      expect(mask & fixed).toBe(0);
    }
  });

  it.each([
    [[0x10, 0x00, 0x00, 0x00], []],
    [[0x10, 0x00, 0x03, 0x00], ["paperNearEnd"]],
    [
      [0x18, 0x00, 0x0f, 0x00],
      ["offline", "paperNearEnd", "paperEnd"],
    ],
    [
      [0x38, 0x00, 0x00, 0x0f],
      ["offline", "coverOpen"],
    ],
    [
      [0x18, 0x08, 0x00, 0x00],
      ["offline", "cutterError"],
    ],
    [
      [0x18, 0x40, 0x00, 0x00],
      ["offline", "overheated"],
    ],
    [
      [0x18, 0x20, 0x00, 0x00],
      ["offline", "unrecoverableError"],
    ],
  ])("automatic status back %j means %j", (bytes, flags) => {
    expect(flagsOf(...bytes)).toEqual(flags);
  });

  it("answers to DLE EOT mean what was asked", () => {
    expect([...realtimeFlags(1, 0x1a)]).toEqual(["offline"]);
    expect([...realtimeFlags(2, 0x36)]).toEqual(["coverOpen", "paperEnd"]);
    expect([...realtimeFlags(3, 0x1a)]).toEqual(["cutterError"]);
    expect([...realtimeFlags(4, 0x1e)]).toEqual(["paperNearEnd"]);
    expect([...realtimeFlags(4, 0x7e)]).toEqual(["paperNearEnd", "paperEnd"]);
    expect([...realtimeFlags(4, 0x12)]).toEqual([]);
  });

  it("tells the messages of one stream apart", () => {
    const stream = [
      0x12, 0x37, 0x22, 0x30, 0x30, 0x30, 0x31, 0x00, 0x10, 0x00, 0x00, 0x00, 0x37, 0x25, 0x00, 0x13, 0x11,
    ];
    expect(parse(...stream).map(({ kind }) => kind)).toEqual([
      "realtime",
      "processId",
      "asb",
      "cleared",
      "flowControl",
      "flowControl",
    ]);
    expect(parse(...stream)[1]).toEqual({ kind: "processId", id: "0001" });
  });

  it("finds its way again after noise, a status that was cut off, and a block of another kind", () => {
    expect(parse(0xff, 0x10, 0x00, 0x10, 0x00, 0x00, 0x00).map(({ kind }) => kind)).toEqual([
      "garbage",
      "garbage",
      "garbage",
      "asb",
    ]);
    expect(parse(0x37, 0x21, 0x41, 0x00, 0x12).at(-1)).toEqual({ kind: "realtime", byte: 0x12 });
  });

  it("byte soup never throws and never grows, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 }), (chunks) => {
        const parser = createStatusParser();
        const cut = chunks.flatMap((chunk) => parser.push(chunk));
        const whole = createStatusParser().push(Buffer.concat(chunks));
        expect(cut).toEqual(whole);
        expect(cut.length).toBeLessThanOrEqual(chunks.reduce((sum, { length }) => sum + length, 0));
      }),
    );
  });
});
