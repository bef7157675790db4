import { crashReport } from "../../kernel/process.ts";
import { carryOut, type OutsideEffect } from "./effects/carry-out.ts";
import { crashed } from "./effects/crashed.ts";
import type { EffectDeps, Scene } from "./effects/deps.ts";
import type { Effect } from "./flow/effect.ts";
import type { FlowEvent } from "./flow/events.ts";
import type { Timings } from "./timings.ts";
import type { Workspace } from "./workspace.ts";

/** What belongs to one session and to no other. */
export interface Session {
  readonly workspace: Workspace;
  readonly timings: Timings;
  readonly startedAtMs: number;
}

/** Effects under way. Each completes into the flow exactly once, and not at all when it was given up. */
export interface EffectRunner {
  run(effect: OutsideEffect, session: Session): void;
  abort(scope: "card" | "all"): void;
  /** Resolves when everything that is under way now has come back. */
  ended(): Promise<void>;
}

interface Running {
  readonly effect: Effect;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Only these read the card: giving up the card gives up nothing else. */
const CARD_EFFECTS: ReadonlySet<Effect["effect"]> = new Set<Effect["effect"]>(["identifyCard", "authenticate"]);

/** A runner that tells the flow through `tell`; `onEnded` hears of every effect that came back, before its completion is told. */
export function createEffectRunner(options: {
  readonly deps: EffectDeps;
  readonly tell: (event: FlowEvent) => void;
  readonly onEnded: (effect: Effect) => void;
}): EffectRunner {
  const { deps, tell, onEnded } = options;
  const running = new Set<Running>();

  const complete = async (effect: OutsideEffect, scene: Scene): Promise<FlowEvent | undefined> => {
    try {
      return await carryOut(effect, scene);
    } catch (thrown) {
      const { workspace } = scene;
      const { sessionId } = workspace;
      deps.logger.event("effect.crashed", { sessionId, effect: effect.effect, ...crashReport(thrown) });
      workspace.clearPin();
      return crashed(effect);
    }
  };

  return {
    run(effect, session) {
      const controller = new AbortController();
      const { signal } = controller;
      const scene: Scene = {
        deps,
        ...session,
        signal,
        tell(event) {
          // A coin is a coin, also when whoever waited for it has given up.
          if (!signal.aborted || event.type === "coins") tell(event);
        },
        async othersEnded() {
          await Promise.all([...running].filter((other) => other !== mine).map((other) => other.done));
        },
      };
      const work = async () => {
        const event = await complete(effect, scene);
        running.delete(mine);
        onEnded(effect);
        if (event && !signal.aborted) tell(event);
      };
      const mine: Running = { effect, controller, done: Promise.resolve().then(work) };
      running.add(mine);
    },
    abort(scope) {
      for (const { effect, controller } of running) {
        if (scope === "all" || CARD_EFFECTS.has(effect.effect)) controller.abort();
      }
    },
    async ended() {
      await Promise.all([...running].map((one) => one.done));
    },
  };
}
