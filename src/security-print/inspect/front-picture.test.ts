import { describe, expect, test } from "vitest";
import { textLikeFront } from "../../../test/support/scramble.ts";
import { packBilevel } from "../pages/front.ts";
import type { StripState } from "../scramble/judge.ts";
import { stripTop } from "../scramble/strips.ts";
import { frontPicture } from "./front-picture.ts";

const front = textLikeFront(1);
const strips = (lost: readonly number[]): StripState[] =>
  Array.from({ length: 8 }, (_, i) => (lost.includes(i) ? "unreadable" : "ok"));

describe("the picture of a decoded front", () => {
  test("has the front's pixels, black and white", async () => {
    const { pixels, widthPx, heightPx } = await frontPicture(front, strips([]));
    expect(Buffer.compare(packBilevel(pixels, widthPx, heightPx), front.bits)).toBe(0);
    expect(pixels.every((value) => value === 0 || value === 255)).toBe(true);
  });

  test("is hatched where a strip could not be read, and nowhere else", async () => {
    const bits = front.bits.slice();
    const stride = Math.ceil(front.widthPx / 8);
    const [top, bottom] = [stripTop(front.heightPx, 3), stripTop(front.heightPx, 4)];
    bits.fill(0, top * stride, bottom * stride);
    const whole = await frontPicture(front, strips([]));
    const part = await frontPicture({ ...front, bits }, strips([3]));
    for (let y = 0; y < front.heightPx; y++) {
      const [from, to] = [y * front.widthPx, (y + 1) * front.widthPx];
      const row = part.pixels.subarray(from, to);
      if (y >= top && y < bottom) {
        expect(row.filter((value) => value < 255).length).toBeGreaterThan(front.widthPx / 20);
      } else if (Buffer.compare(row, whole.pixels.subarray(from, to)) !== 0) throw new Error(`line ${y}`);
    }
  });
});
