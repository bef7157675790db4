import type { GuideLight } from "../../../devices/cabinet/port.ts";
import { guideLights } from "../../../devices/cabinet/port.ts";
import { withTimeout } from "../../kernel/clock.ts";
import type { IdSource } from "../../kernel/ids.ts";
import { ok } from "../../kernel/result.ts";
import type { LeftThing, PanelView, Touch } from "../../protocol/panel.ts";
import { createEffectRunner, type EffectRunner, type Session } from "./effect-runner.ts";
import type { EffectDeps } from "./effects/deps.ts";
import type { Effect } from "./flow/effect.ts";
import type { FlowEvent } from "./flow/events.ts";
import { type FlowState, persistFlow, startFlow, stepFlow, stepName } from "./flow/flow.ts";
import { createStepClock, type StepClock } from "./step-clock.ts";
import { createTimings } from "./timings.ts";
import { citizenEvent } from "./touch.ts";
import { panelView } from "./view.ts";
import { Workspace } from "./workspace.ts";

/** The issuance of one kiosk: the flow, its workspace and its effects, for one session after the other. */
export interface Issuance {
  /** The view as it stands, with the time that is left now. */
  view(): PanelView;
  /** Calls `listener` on every change of the view; returns how to stop. */
  onView(listener: (view: PanelView) => void): () => void;
  /** A touch of the panel. One from an older view is dropped. */
  touch(revision: number, touch: Touch): void;
  /** Something outside the citizen's hands: health of the devices. */
  tell(event: Extract<FlowEvent, { type: "health" }>): void;
  /** Nobody is here: the first screen, or out of service. */
  idle(): boolean;
  /** Gives up what is under way and wipes; resolves when everything has come back. */
  stop(): Promise<void>;
}

/**
 * Runs the flow: events one at a time in the order of their coming, each step's snapshot in the journal before its
 * effects begin, each effect's completion back into the flow exactly once, and none of an effect that was given up.
 */
export function createIssuance(deps: EffectDeps & { readonly ids: IdSource }): Issuance {
  return new IssuanceRunner(deps);
}

class IssuanceRunner implements Issuance {
  readonly #deps: EffectDeps & { readonly ids: IdSource };
  readonly #clock: StepClock;
  #state: FlowState;
  #session: Session | undefined;
  readonly #queue: { readonly event: FlowEvent; readonly digit?: number }[] = [];
  #stepping = false;
  readonly #effects: EffectRunner;
  #lit: readonly GuideLight[] = [];
  #left: readonly LeftThing[] = [];
  #savedStep = "";
  #stopped = false;
  readonly #listeners = new Set<(view: PanelView) => void>();
  #view: PanelView;
  readonly #stopListening: (() => void)[] = [];

  constructor(deps: EffectDeps & { readonly ids: IdSource }) {
    this.#deps = deps;
    this.#effects = createEffectRunner({
      deps,
      tell: (event) => this.#dispatch(event),
      onEnded: (effect) => {
        if (effect.effect === "finish") this.#session = undefined;
      },
    });
    this.#clock = createStepClock(deps.clock, deps.waits, (event) => this.#dispatch(event));
    const first = startFlow();
    this.#state = first.state;
    this.#view = this.#draw(0);
    const { cardReader, cabinet } = deps.devices;
    if (cardReader.cardPresent()) this.#dispatch({ type: "cardPlaced", leftBehind: true });
    this.#stopListening.push(
      cardReader.onPresence((present) => {
        this.#dispatch({ type: present ? "cardPlaced" : "cardTaken" });
        this.#look();
      }),
      cabinet.onSensors(() => this.#look()),
    );
    this.#look();
  }

  view(): PanelView {
    // Time passes without a new view: a page that was started again must not count from the step's beginning.
    const remaining = this.#clock.remaining(this.#state.context);
    return { ...this.#view, ...(remaining ? { remaining } : {}) };
  }

  onView(listener: (view: PanelView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  touch(revision: number, touch: Touch): void {
    if (revision !== this.#view.revision) return;
    const event = citizenEvent(touch, { directory: this.#deps.directory.current, newSessionId: this.#deps.ids });
    if (!event) return;
    this.#dispatch(event, touch.touch === "pinDigit" ? touch.digit : undefined);
  }

  tell(event: Extract<FlowEvent, { type: "health" }>): void {
    this.#dispatch(event);
  }

  idle(): boolean {
    return this.#session === undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stopListening) stop();
    this.#clock.stop();
    this.#effects.abort("all");
    const { workspace } = this.#session ?? {};
    const { card } = workspace ?? {};
    workspace?.wipe();
    const back = async () => {
      await Promise.all([card?.close(), this.#deps.renderer.kill(), this.#effects.ended()]);
      return ok();
    };
    await withTimeout(this.#deps.clock, { timeoutMs: this.#deps.waits.wipeMs, what: "stop" }, back);
  }

  /** What lies somewhere, told only when it changed. */
  #look(): void {
    const sensors = this.#deps.devices.cabinet.sensors();
    const left: LeftThing[] = [];
    if (this.#deps.devices.cardReader.cardPresent() || sensors?.cardLeft) left.push("card");
    if (sensors?.documentPresent) left.push("document");
    if (sensors?.coinsPresent) left.push("change");
    if (sensors?.receiptPresent) left.push("receipt");
    if (left.join() === this.#left.join()) return;
    this.#left = left;
    this.#dispatch({ type: "sensors", left });
  }

  #dispatch(event: FlowEvent, digit?: number): void {
    if (this.#stopped) return;
    this.#queue.push({ event, ...(digit === undefined ? {} : { digit }) });
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#step(next.event, next.digit);
    } finally {
      this.#stepping = false;
    }
    this.#show();
  }

  #step(event: FlowEvent, digit: number | undefined): void {
    const before = this.#state;
    const { state, effects } = stepFlow(before, event);
    this.#state = state;
    this.#save(before);
    for (const effect of effects) this.#begin(effect, digit);
  }

  /** The snapshot is durable before the effects of its step begin. Touches that change no step are not worth a write. */
  #save(before: FlowState): void {
    const { sessionId, money, documents } = this.#state.context;
    if (sessionId === null) return;
    const step = JSON.stringify(this.#state.value);
    const same = step === this.#savedStep && money === before.context.money && documents === before.context.documents;
    if (same) return;
    this.#savedStep = step;
    this.#deps.journal.saveFlow(sessionId, persistFlow(this.#state));
    this.#deps.logger.event("session.step", { sessionId, step: stepName(this.#state) });
  }

  #begin(effect: Effect, digit: number | undefined): void {
    const workspace = this.#session?.workspace;
    switch (effect.effect) {
      case "wait":
        this.#clock.start(effect.wait);
        break;
      case "stopWait":
        this.#clock.stop();
        break;
      case "beginSession":
        this.#beginSession(effect);
        break;
      case "keepDigit":
        if (digit !== undefined) workspace?.keepDigit(digit);
        break;
      case "clearPin":
        workspace?.clearPin();
        break;
      case "lights":
        this.#light(effect.on);
        break;
      case "buzzer":
        void this.#deps.devices.cabinet.setBuzzer(effect.on);
        break;
      case "abort":
        this.#effects.abort(effect.scope);
        break;
      default:
        if (this.#session) this.#effects.run(effect, this.#session);
    }
  }

  #beginSession({ sessionId, language }: Extract<Effect, { effect: "beginSession" }>): void {
    const { clock, journal, logger, renderer } = this.#deps;
    this.#session = {
      workspace: new Workspace(sessionId),
      timings: createTimings(clock),
      startedAtMs: clock.nowMs(),
    };
    journal.fact(sessionId, "sessionOpened", { language });
    logger.event("session.started", { sessionId, language });
    // Ahead of its use; a failure shows again when the first page is read.
    void renderer.warm();
  }

  #light(on: readonly GuideLight[]): void {
    for (const light of guideLights) {
      if (on.includes(light) !== this.#lit.includes(light)) {
        void this.#deps.devices.cabinet.setLight(light, on.includes(light));
      }
    }
    this.#lit = on;
  }

  #draw(revision: number): PanelView {
    const { workspace } = this.#session ?? {};
    const directory = this.#deps.directory.current;
    const remaining = this.#clock.remaining(this.#state.context);
    return { revision, ...panelView({ state: this.#state, workspace, directory, remaining }) };
  }

  /** A new revision only for a view that differs in more than the time that passes. */
  #show(): void {
    const next = this.#draw(this.#view.revision + 1);
    if (essence(next) === essence(this.#view)) return;
    this.#view = next;
    for (const listener of this.#listeners) {
      // A listener may have changed the view; then everybody has been told the newer one already.
      if (this.#view === next) listener(next);
    }
  }
}

function essence(view: PanelView): string {
  const { revision: _, remaining, ...rest } = view;
  return JSON.stringify({ ...rest, warning: remaining?.warning, extendable: remaining?.extendable });
}
