import { setup } from "xstate";
import { type FlowContext, MAX_EXTENSIONS } from "./context.ts";
import type { Effect, WaitName } from "./effect.ts";
import type { FlowEvent, FlowEventOf } from "./events.ts";

/**
 * The words in which the states are written. There is no `after`, no `invoke` and no actor: a restored timer would not be
 * issued again, so time too is an effect and an event.
 */
export const chart = setup({
  types: { context: {} as FlowContext, events: {} as FlowEvent },
  actions: {
    /** Carries an effect out of the pure flow; it is never executed by XState. */
    effect: (_, _effect: Effect) => {},
  },
});

interface Told<E> {
  readonly context: FlowContext;
  readonly event: E;
}

/** An effect that is known beforehand. */
export function effect(params: Effect) {
  return { type: "effect" as const, params };
}

/** An effect that follows from the context. */
export function effectOf(params: (c: FlowContext) => Effect) {
  return { type: "effect" as const, params: ({ context }: { context: FlowContext }) => params(context) };
}

/** Starts the clock of a step. */
export function wait(name: WaitName) {
  return effect({ effect: "wait", wait: name });
}

/** A change of the context whatever the event is. */
export function set(change: Partial<FlowContext> | ((c: FlowContext) => Partial<FlowContext>)) {
  return chart.assign(({ context }: Told<FlowEvent>) => (typeof change === "function" ? change(context) : change));
}

/** A change of the context by one kind of event. */
export function on<T extends FlowEvent["type"]>(
  type: T,
  change: (c: FlowContext, e: FlowEventOf<T>) => Partial<FlowContext>,
) {
  return chart.assign(({ context, event }: Told<FlowEvent>) =>
    event.type === type ? change(context, event as FlowEventOf<T>) : {},
  );
}

/** A named guard on the context: the name stands in the diagram. */
export function given(name: string, holds: (c: FlowContext) => boolean) {
  return named(name, ({ context }: { context: FlowContext }) => holds(context));
}

/** A named guard on one kind of event. */
export function told<T extends FlowEvent["type"]>(
  name: string,
  type: T,
  holds: (c: FlowContext, e: FlowEventOf<T>) => boolean,
) {
  return named(
    name,
    ({ context, event }: Told<FlowEvent>) => event.type === type && holds(context, event as FlowEventOf<T>),
  );
}

function named<F extends (...args: never[]) => boolean>(name: string, guard: F): F {
  Object.defineProperty(guard, "name", { value: name });
  return guard;
}

/** A step begins: no warning, no extension used, its own clock. */
export function begin(name: WaitName) {
  return [set({ warning: false, extensions: 0 }), wait(name)];
}

/** The citizen did something in the step: the clock starts anew. */
export function again(name: WaitName) {
  return [set({ warning: false }), wait(name)];
}

/** 「続けますか」 answered with yes: a bounded number of times in each step. */
export function extend(name: WaitName) {
  return {
    extend: {
      guard: given("extensions left", (c) => c.extensions < MAX_EXTENSIONS),
      actions: [set((c) => ({ warning: false, extensions: c.extensions + 1 })), wait(name)],
    },
  };
}
