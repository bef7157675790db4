import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Touch } from "../../src/protocol/panel.ts";

/** Where touches go. */
export const TouchContext = createContext<(touch: Touch) => void>(() => {});

/** Something to touch: it says the touch, and the same name stands in the markup for whoever looks for it. */
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
  return (
    <button
      type="button"
      class={`button button-${props.look ?? "plain"}`}
      data-touch={Object.values(props.touch).join(":")}
      aria-pressed={props.pressed}
      aria-label={props.label}
      disabled={props.disabled}
      lang={props.lang}
      onClick={() => touch(props.touch)}
    >
      {props.children}
    </button>
  );
}
