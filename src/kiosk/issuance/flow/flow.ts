import { initialTransition, type SnapshotFrom, transition } from "xstate";
import type { Effect } from "./effect.ts";
import type { FlowEvent } from "./events.ts";
import { flowMachine } from "./machine.ts";

/** Where the flow stands. Immutable. */
export type FlowState = SnapshotFrom<typeof flowMachine>;

/** The next state and what must be done, in this order. */
export interface FlowStep {
  readonly state: FlowState;
  readonly effects: readonly Effect[];
}

interface CarriedOut {
  readonly type: string;
  readonly params?: unknown;
}

/** The state of a kiosk that has just started: out of service until its health is known. */
export function startFlow(): FlowStep {
  const [state, actions] = initialTransition(flowMachine);
  return { state, effects: effectsOf(actions) };
}

/** (state, event) → (state, effects). Never throws; an event that means nothing in this state changes nothing. */
export function stepFlow(state: FlowState, event: FlowEvent): FlowStep {
  const [next, actions] = transition(flowMachine, state, event);
  return { state: next, effects: effectsOf(actions) };
}

/** The state as plain JSON for the journal: no personal data is in it. */
export function persistFlow(state: FlowState): unknown {
  // XState leaves keys with undefined in it, which JSON does not know.
  return JSON.parse(JSON.stringify(flowMachine.getPersistedSnapshot(state)));
}

/** The state's path, the deepest first region of a parallel one: for logs. */
export function stepName(state: FlowState): string {
  const path: string[] = [];
  let value: unknown = state.value;
  while (value !== null && typeof value === "object") {
    const [first] = Object.entries(value);
    if (!first) break;
    path.push(first[0]);
    value = first[1];
  }
  if (typeof value === "string") path.push(value);
  return path.join(".");
}

function effectsOf(actions: readonly CarriedOut[]): Effect[] {
  return actions.filter((a) => a.type === "effect").map((a) => a.params as Effect);
}
