import { useEffect, useRef, useState } from "preact/hooks";
import type { PanelStepName, PanelView, RemainingTime } from "../../src/protocol/panel.ts";
import { TouchButton } from "./button.tsx";
import { useFit } from "./fit.ts";
import { LostPicture } from "./pictures/signs.tsx";
import { StepContent } from "./screens/step-content.tsx";
import type { Shown } from "./shown.ts";
import { useWords } from "./words.ts";

/** The stations of an issuance, as the line at the top shows them, and the steps that belong to each. */
const stations: readonly (readonly [station: string, steps: readonly PanelStepName[]])[] = [
  ["card", ["notice", "card", "municipality", "pin", "authenticating", "removeCard"]],
  ["choose", ["choose", "options", "copies", "confirm"]],
  ["pay", ["preparing", "withoutReceipt", "pay"]],
  ["print", ["printing", "receipt"]],
  ["take", ["takeEverything"]],
];

/** One screen: where one is, what it says, the time that is left, and the ways on, back and out. */
export function Screen({ shown }: { readonly shown: Shown }) {
  const { view } = shown;
  const { step } = view.view;
  const heading = useRef<HTMLHeadingElement>(null);
  // A new step is read from its beginning; within a step the focus stays where it is.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [step]);
  const content = useRef<HTMLDivElement>(null);
  useFit(content);
  const asking = view.remaining?.warning === true;
  return (
    <div class="frame">
      <div class="frame-inner" inert={asking}>
        <Header step={step} />
        <main data-step={step} data-revision={view.revision} class={`step step-${step}`}>
          <div class="content" ref={content}>
            <StepContent view={view} heading={heading} />
          </div>
        </main>
        {view.remaining && <TimeLeft shown={shown} remaining={view.remaining} />}
        <Ways view={view} />
      </div>
      {asking && <StillThere shown={shown} />}
    </div>
  );
}

function Header({ step }: { readonly step: PanelStepName }) {
  const say = useWords();
  const at = stations.findIndex(([, steps]) => steps.includes(step));
  return (
    <header class="header">
      <p class="service">{say("screen.service")}</p>
      {at >= 0 && (
        <ol class="stations" aria-label={say("screen.stations")}>
          {stations.map(([station], i) => (
            <li
              key={station}
              class={i < at ? "station station-done" : i === at ? "station station-now" : "station"}
              aria-current={i === at ? "step" : undefined}
            >
              <span class="station-dot" aria-hidden="true" />
              {say(`screen.station.${station}`)}
            </li>
          ))}
        </ol>
      )}
    </header>
  );
}

/** Seconds that are left, counted down by this page from when the view came. */
function useSecondsLeft({ atMs }: Shown, leftMs: number): number {
  const left = () => Math.max(0, Math.ceil((leftMs - (performance.now() - atMs)) / 1_000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  }, [atMs, leftMs]);
  return seconds;
}

/** The longest a step lasts before it is asked for more: a full bar. */
const FULL_BAR_S = 90;

function TimeLeft({ shown, remaining }: { readonly shown: Shown; readonly remaining: RemainingTime }) {
  const say = useWords();
  const seconds = useSecondsLeft(shown, remaining.leftMs);
  return (
    <section class="time" aria-label={say("screen.time.title")}>
      <div class="time-words">
        <span>{say("screen.time.left")}</span>
        <strong class="time-seconds">{say("screen.time.seconds", { seconds })}</strong>
        <progress class="time-bar" max={FULL_BAR_S} value={Math.min(FULL_BAR_S, seconds)} aria-hidden="true" />
      </div>
      {remaining.extendable && !remaining.warning && (
        <TouchButton touch={{ touch: "extend" }}>{say("screen.time.extend")}</TouchButton>
      )}
    </section>
  );
}

/** 「続けますか」: nothing else can be touched until it is answered. */
function StillThere({ shown }: { readonly shown: Shown }) {
  const say = useWords();
  const { remaining, canCancel } = shown.view;
  const seconds = useSecondsLeft(shown, remaining?.leftMs ?? 0);
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => dialog.current?.focus(), []);
  return (
    <div class="veil">
      <div
        class="dialog"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="still-there"
        aria-describedby="still-there-words"
        tabIndex={-1}
        ref={dialog}
      >
        <h2 id="still-there">{say("screen.warning.title")}</h2>
        <p id="still-there-words">{say(remaining?.extendable ? "screen.warning.words" : "screen.warning.last")}</p>
        <p class="dialog-seconds" aria-hidden="true">
          {say("screen.time.seconds", { seconds })}
        </p>
        <div class="dialog-ways">
          {canCancel && <TouchButton touch={{ touch: "cancel" }}>{say("screen.cancel")}</TouchButton>}
          {remaining?.extendable && (
            <TouchButton touch={{ touch: "extend" }} look="primary">
              {say("screen.warning.goOn")}
            </TouchButton>
          )}
        </div>
      </div>
    </div>
  );
}

/** How each step is left forwards, where a button does it. */
const onwards: Partial<Record<PanelStepName, (view: PanelView) => { readonly key: string; readonly ready: boolean }>> =
  {
    choose: ({ view }) => ({
      key: "screen.decide",
      ready: view.step === "choose" && view.items.some((item) => item.selected),
    }),
    options: ({ view }) => ({ key: "screen.decide", ready: view.step === "options" && view.complete }),
    copies: () => ({ key: "screen.decide", ready: true }),
    confirm: () => ({ key: "screen.confirm.proceed", ready: true }),
    withoutReceipt: () => ({ key: "screen.withoutReceipt.proceed", ready: true }),
  };

function Ways({ view }: { readonly view: PanelView }) {
  const say = useWords();
  const { step } = view.view;
  const onward = onwards[step]?.(view);
  return (
    <footer class="ways">
      {view.canCancel && <TouchButton touch={{ touch: "cancel" }}>{say("screen.cancel")}</TouchButton>}
      {view.canBack && <TouchButton touch={{ touch: "back" }}>{say("screen.back")}</TouchButton>}
      {onward && (
        <TouchButton touch={{ touch: "proceed" }} look="primary" disabled={!onward.ready}>
          {say(onward.key)}
        </TouchButton>
      )}
      {step === "notice" && (
        <TouchButton touch={{ touch: "agree" }} look="primary">
          {say("screen.notice.agree")}
        </TouchButton>
      )}
      {/* While something lies there, taking it leads on. */}
      {view.view.step === "ended" && view.view.left.length === 0 && (
        <TouchButton touch={{ touch: "dismiss" }} look="primary">
          {say("screen.ended.dismiss")}
        </TouchButton>
      )}
    </footer>
  );
}

/** The page has lost its kiosk. Money and paper are the kiosk's affair, and it keeps them in mind without a page. */
export function Lost() {
  const say = useWords();
  return (
    <div class="frame">
      <main class="lost" data-lost>
        <LostPicture />
        <h1 tabIndex={-1}>{say("screen.lost.title")}</h1>
        <p>{say("screen.lost.words")}</p>
        <p>{say("screen.lost.staff")}</p>
      </main>
    </div>
  );
}
