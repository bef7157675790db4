import sinon from "sinon";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PanelTouch, PanelView, Touch } from "../../src/protocol/panel.ts";
import { createTouches, type Touches } from "./touches.ts";

let clock: sinon.SinonFakeTimers;
let sent: PanelTouch[];
let touches: Touches;

const pin = (revision: number, digits: number): PanelView => ({
  revision,
  language: "ja",
  view: { step: "pin", digits, triesLeft: 3, lastTry: false, wrong: false },
  canCancel: true,
  canBack: true,
});
const notice = (revision: number): PanelView => ({
  revision,
  language: "ja",
  view: { step: "notice" },
  canCancel: true,
  canBack: false,
});
const digit = (d: number): Touch => ({ touch: "pinDigit", digit: d });

beforeEach(() => {
  clock = sinon.useFakeTimers();
  sent = [];
  touches = createTouches((touch) => sent.push(touch));
});
afterEach(() => clock.restore());

describe("touches", () => {
  test("carry the revision that was shown", () => {
    touches.shown(notice(7));
    touches.touch({ touch: "agree" });
    expect(sent).toEqual([{ revision: 7, touch: { touch: "agree" } }]);
  });

  test("of one view go once: a double tap is one tap", () => {
    touches.shown(notice(7));
    touches.touch({ touch: "agree" });
    touches.touch({ touch: "agree" });
    touches.shown(pin(8, 0));
    expect(sent).toHaveLength(1);
  });

  test("of the PIN pad wait in line, each for the answer to the one before", () => {
    touches.shown(pin(1, 0));
    for (const d of [1, 2, 3, 4]) touches.touch(digit(d));
    touches.touch({ touch: "pinEnter" });
    expect(sent).toHaveLength(1);
    for (const digits of [1, 2, 3, 4]) touches.shown(pin(1 + digits, digits));
    expect(sent).toEqual([
      { revision: 1, touch: digit(1) },
      { revision: 2, touch: digit(2) },
      { revision: 3, touch: digit(3) },
      { revision: 4, touch: digit(4) },
      { revision: 5, touch: { touch: "pinEnter" } },
    ]);
  });

  test("that wait for a step which is over are never sent", () => {
    touches.shown(pin(1, 0));
    touches.touch(digit(1));
    touches.touch(digit(2));
    touches.shown(notice(2));
    expect(sent).toEqual([{ revision: 1, touch: digit(1) }]);
  });

  test("that got no answer do not block the next for ever", () => {
    touches.shown(notice(7));
    touches.touch({ touch: "back" });
    clock.tick(1_000);
    touches.touch({ touch: "agree" });
    expect(sent.map(({ touch }) => touch.touch)).toEqual(["back", "agree"]);
  });

  test("that waited when the line was lost are forgotten", () => {
    touches.shown(pin(1, 0));
    touches.touch(digit(1));
    touches.touch(digit(2));
    touches.forget();
    touches.shown(pin(1, 0));
    expect(sent).toHaveLength(1);
  });
});
