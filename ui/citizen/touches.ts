import type { PanelTouch, PanelView, Touch } from "../../src/protocol/panel.ts";

/** What becomes of touches: the kiosk drops those that do not carry the revision it shows. */
export interface Touches {
  touch(touch: Touch): void;
  /** The kiosk has shown another view. */
  shown(view: PanelView): void;
  /** The line is gone: what waits was never seen by the kiosk. */
  forget(): void;
}

const KEYPAD: ReadonlySet<Touch["touch"]> = new Set(["pinDigit", "pinClear", "pinEnter"]);
/** A touch that changes nothing gets no view. After this time the next one may go all the same. */
const NO_ANSWER_MS = 1_000;

/**
 * Sends one touch for each revision. Keys of the PIN pad are often quicker than the kiosk's answer: they wait in line and go
 * one by one, each with the revision that answered the one before. Any other second touch of the same view is a double tap
 * and is dropped. When the step changes, nothing that was meant for the step before is sent.
 */
export function createTouches(send: (touch: PanelTouch) => void): Touches {
  let view: PanelView | undefined;
  let waiting: Touch[] = [];
  let unanswered: ReturnType<typeof setTimeout> | undefined;

  const release = () => {
    clearTimeout(unanswered);
    unanswered = undefined;
    const next = waiting.shift();
    if (next) go(next);
  };
  const go = (touch: Touch) => {
    if (!view) return;
    unanswered = setTimeout(release, NO_ANSWER_MS);
    send({ revision: view.revision, touch });
  };
  const forget = () => {
    waiting = [];
    clearTimeout(unanswered);
    unanswered = undefined;
  };
  return {
    touch(touch) {
      if (unanswered === undefined) go(touch);
      else if (KEYPAD.has(touch.touch)) waiting.push(touch);
    },
    shown(next) {
      if (view?.view.step !== next.view.step) waiting = [];
      view = next;
      release();
    },
    forget,
  };
}
