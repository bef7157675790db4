import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { memoryPortPair } from "../../contract/memory-port.ts";
import { createReceiptPrinterSimulator } from "./index.ts";

function connected() {
  const clock = createFakeClock();
  const machine = createReceiptPrinterSimulator({ clock });
  const [near, far] = memoryPortPair();
  machine.attach(far);
  const said: number[] = [];
  near.onData((bytes) => said.push(...bytes));
  const tell = async (...bytes: number[]) => {
    await near.write(Uint8Array.from(bytes));
    await clock.advance(0);
    return said.splice(0);
  };
  return { machine, tell };
}

describe("the simulated receipt printer", () => {
  it("answers DLE EOT even when it cannot print, and in the middle of other data", async () => {
    const { machine, tell } = connected();
    expect(await tell(0x10, 0x04, 0x01)).toEqual([0x12]);
    machine.setPaper("end");
    expect(await tell(0x41, 0x10, 0x04, 0x01, 0x42, 0x10, 0x04)).toEqual([0x1a]);
    expect(await tell(0x04)).toEqual([0x7e]);
    machine.openCover();
    expect(await tell(0x10, 0x04, 0x02)).toEqual([0x36]);
  });

  it("sends automatic status back when it is switched on, and at every change from then on", async () => {
    const { machine, tell } = connected();
    machine.setPaper("nearEnd");
    expect(await tell(0x1d, 0x61, 0x0e)).toEqual([0x10, 0, 0x03, 0]);
    machine.openCover();
    expect(await tell()).toEqual([0x38, 0, 0x03, 0]);
    machine.openCover();
    expect(await tell()).toEqual([]);
  });

  it("keeps what it cannot print and goes on when the cover is closed; DLE DC4 8 drops it", async () => {
    const { machine, tell } = connected();
    machine.openCover();
    await tell(0x41, 0x0a, 0x1d, 0x56, 0x42, 0x00);
    expect(machine.receipts()).toHaveLength(0);
    machine.closeCover();
    await tell();
    expect(machine.receipts().map(({ text }) => text)).toEqual(["A"]);
    machine.openCover();
    await tell(0x42, 0x0a, 0x1d, 0x56, 0x42, 0x00);
    expect(await tell(0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08)).toEqual([0x37, 0x25, 0x00]);
    machine.closeCover();
    await tell();
    expect(machine.receipts()).toHaveLength(1);
  });

  it("answers a process id after what stands before it", async () => {
    const { machine, tell } = connected();
    machine.openCover();
    expect(await tell(0x41, 0x0a, 0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, 0x30, 0x30, 0x30, 0x37)).toEqual([]);
    machine.closeCover();
    expect(await tell()).toEqual([0x37, 0x22, 0x30, 0x30, 0x30, 0x37, 0x00]);
  });

  it("reads Shift_JIS, JIS and half-width katakana only in the modes that say so", async () => {
    const { machine, tell } = connected();
    await tell(0x1c, 0x26, 0x1c, 0x43, 0x01, 0x8f, 0x5a, 0x41, 0x0a);
    await tell(0x1c, 0x43, 0x00, 0x3d, 0x3b, 0x0a);
    await tell(0x1c, 0x2e, 0x1b, 0x74, 0x01, 0xb1, 0x5c, 0x1b, 0x52, 0x08, 0x5c, 0x0a, 0x1d, 0x56, 0x42, 0x00);
    expect(machine.receipts()[0]?.text).toBe("住A\n住\nｱ\\¥");
  });

  it("paper in the mouth is told once, until it is taken", async () => {
    const { machine, tell } = connected();
    const news: boolean[] = [];
    machine.onPaper((present) => news.push(present));
    await tell(0x41, 0x0a, 0x1d, 0x56, 0x42, 0x00, 0x42, 0x0a, 0x1d, 0x56, 0x42, 0x00);
    expect(machine.takeReceipt()?.text).toBe("B");
    expect(machine.takeReceipt()).toBeUndefined();
    expect(news).toEqual([true, false]);
  });

  it("what was not fed past the cutter comes out with the next receipt", async () => {
    const { machine, tell } = connected();
    await tell(0x41, 0x0a, 0x1d, 0x56, 0x00);
    await tell(0x42, 0x0a, 0x1d, 0x56, 0x42, 0x00);
    expect(machine.receipts().map(({ text }) => text)).toEqual(["", "A\nB"]);
  });

  it("byte soup never throws and never fills it", async () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(
        [0x1d, 0x76, 0x30, 0],
        [0x1b, 0x40],
        [0x1d, 0x28],
        [0x1c, 0x26],
        [0x1d, 0x56, 0x00],
        [0x10, 0x04],
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 40 }), async (parts) => {
        const { machine, tell } = connected();
        for (const one of parts) await tell(...one);
        expect(machine.receipts().length).toBeLessThanOrEqual(100);
        expect(machine.unknownCommands().length).toBeLessThanOrEqual(100);
      }),
      { numRuns: 60 },
    );
  });

  it("reads Shift_JIS after FS C 1 alone, and JIS only in kanji mode", async () => {
    const { machine, tell } = connected();
    await tell(
      0x1c,
      0x43,
      1,
      0x1c,
      0x2e,
      0x8f,
      0xd8,
      0x0a,
      0x1c,
      0x43,
      0,
      0x3e,
      0x5a,
      0x0a,
      0x1c,
      0x26,
      0x3e,
      0x5a,
      0x0a,
    );
    await tell(0x1d, 0x56, 0x42, 0x00);
    expect(machine.receipts().map(({ text }) => text)).toEqual(["証\n>Z\n証"]);
  });

  it("DLE ENQ 2 drops what a blocked cutter holds back, DLE ENQ 1 keeps it; neither unblocks the cutter", async () => {
    const { machine, tell } = connected();
    machine.blockCutter();
    await tell(0x41, 0x0a, 0x10, 0x05, 0x02, 0x42, 0x0a, 0x10, 0x05, 0x01, 0x1d, 0x56, 0x42, 0x00);
    expect(await tell(0x10, 0x04, 0x02)).toEqual([0x52]);
    machine.clearCutter();
    await tell();
    expect(machine.receipts().map(({ text }) => text)).toEqual(["B"]);
  });

  it("deselected by ESC =, it hears nothing but real-time commands until it is selected again", async () => {
    const { machine, tell } = connected();
    expect(await tell(0x1b, 0x3d, 0x02, 0x41, 0x0a, 0x1d, 0x61, 0xff, 0x10, 0x04, 0x01)).toEqual([0x12]);
    await tell(0x1b, 0x3d, 0x01, 0x42, 0x0a, 0x1d, 0x56, 0x42, 0x00);
    expect(machine.receipts().map(({ text }) => text)).toEqual(["B"]);
  });

  it("says what it is: GS I", async () => {
    const { tell } = connected();
    expect(await tell(0x1d, 0x49, 0x02)).toEqual([0x03]);
    expect(Buffer.from(await tell(0x1d, 0x49, 66)).toString("latin1")).toBe("_EPSON\0");
    expect(await tell(0x1d, 0x49, 0x7f)).toEqual([]);
  });

  it("moves along the line: ESC $ from its start, ESC \\ from where it is", async () => {
    const { machine, tell } = connected();
    await tell(0x41, 0x1b, 0x24, 0x3c, 0x00, 0x42, 0x1b, 0x5c, 0x18, 0x00, 0x43, 0x1b, 0x5c, 0xf4, 0xff, 0x44, 0x0a);
    await tell(0x1d, 0x56, 0x42, 0x00);
    expect(machine.receipts().map(({ text }) => text)).toEqual(["A    B  CD"]);
  });
});
