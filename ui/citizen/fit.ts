import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** No smaller than this: letters stay readable and buttons stay wider than a finger. */
const SMALLEST = 0.8;
const STEP = 0.025;

/**
 * Makes a screen whose words are too many a little smaller, until it fits: municipalities word their own explanations, and
 * some languages need more room than others. Runs after every drawing, before it is painted.
 */
export function useFit(content: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = content.current;
    if (!element) return;
    let zoom = 1;
    const tooTall = () => {
      element.style.zoom = String(zoom);
      return element.scrollHeight > element.clientHeight + 1;
    };
    while (tooTall() && zoom > SMALLEST) zoom = Math.max(SMALLEST, zoom - STEP);
  });
}
