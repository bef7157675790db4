import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFrameParser, encodeFrame } from "./vpcd-framing.ts";

describe("vpcd's framing", () => {
  it("puts the length before the message as 16 bits, big end first", () => {
    expect([...encodeFrame(Uint8Array.of(4))]).toEqual([0, 1, 4]);
    expect([...encodeFrame(new Uint8Array(258)).subarray(0, 2)]).toEqual([1, 2]);
  });

  it("gives the same messages however the stream was cut", () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(messages, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (sent, sizes) => {
        const stream = Buffer.concat(sent.map(encodeFrame));
        const parser = createFrameParser();
        const got: Uint8Array[] = [];
        for (let at = 0; at < stream.length; ) {
          const size = sizes.next().value ?? 1;
          got.push(...parser.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(got.map((message) => [...message])).toEqual(sent.map((message) => [...message]));
      }),
    );
  });

  it("byte soup never throws, and no more comes out than went in", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 500 })), (chunks) => {
        const parser = createFrameParser();
        const out = chunks.flatMap((chunk) => parser.push(chunk)).reduce((sum, { length }) => sum + length, 0);
        expect(out).toBeLessThanOrEqual(chunks.reduce((sum, { length }) => sum + length, 0));
      }),
    );
  });
});
