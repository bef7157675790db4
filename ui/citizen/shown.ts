import type { PanelView } from "../../src/protocol/panel.ts";

/** A view, and when this page got it: remaining time is counted from there. */
export interface Shown {
  readonly view: PanelView;
  readonly atMs: number;
}
