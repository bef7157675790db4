import type { ComponentChildren } from "preact";
import type { PanelStep } from "../../../src/protocol/panel.ts";

/** The element that is focused when a step begins. */
export interface HeadingRef {
  current: HTMLHeadingElement | null;
}

/** What every step's screen is given. */
export interface StepProps<S extends PanelStep["step"]> {
  readonly step: Extract<PanelStep, { step: S }>;
  readonly heading: HeadingRef;
}

/** A step's heading and instruction, always in the same place. */
export function Heading(props: {
  readonly heading: HeadingRef;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="heading">
      <h1 tabIndex={-1} ref={props.heading}>
        {props.title}
      </h1>
      {props.children && <div class="instruction">{props.children}</div>}
    </div>
  );
}
