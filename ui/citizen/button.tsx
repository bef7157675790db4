import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useRef } from "preact/hooks";
import type { PanelStep, Touch } from "../../src/protocol/panel.ts";

/** Where touches go. */
export const TouchContext = createContext<(touch: Touch) => void>(() => {});
/** The step that is shown. */
export const StepContext = createContext<PanelStep["step"] | undefined>(undefined);

/**
 * Something to touch: it says the touch, and the same name stands in the markup for whoever looks for it. A finger counts
 * only where it came down: the screen may have changed before it is lifted, and what is under it then was never meant.
 */
export function TouchButton(props: {
  readonly touch: Touch;
  /** The one thing that leads on is `primary`; everything else is quiet. */
  readonly look?: "primary" | "choice" | "key" | "plain";
  /** A choice that is made, or not. */
  readonly pressed?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  readonly label?: string | undefined;
  readonly lang?: string | undefined;
  readonly children: ComponentChildren;
}) {
  const touch = useContext(TouchContext);
  const name = Object.values(props.touch).join(":");
  // Of this step's touch, not of this element: the element may become another button of the next screen.
  const here = `${useContext(StepContext)} ${name}`;
  const pressed = useRef<string | undefined>(undefined);
  const clicked = ({ detail }: MouseEvent) => {
    const byKeyboard = detail === 0;
    const meant = byKeyboard || pressed.current === here;
    pressed.current = undefined;
    if (meant) touch(props.touch);
  };
  return (
    <button
      type="button"
      class={`button button-${props.look ?? "plain"}`}
      data-touch={name}
      aria-pressed={props.pressed}
      aria-label={props.label}
      disabled={props.disabled}
      lang={props.lang}
      onPointerDown={() => {
        pressed.current = here;
      }}
      onClick={clicked}
    >
      {props.children}
    </button>
  );
}
