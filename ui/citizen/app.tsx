import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Touch } from "../../src/protocol/panel.ts";
import { StepContext, TouchContext } from "./button.tsx";
import { Lost, Screen } from "./frame.tsx";
import type { Shown } from "./shown.ts";
import { connectToKiosk, type PanelLine } from "./socket.ts";
import { createTouches } from "./touches.ts";
import { sayIn, WordsContext } from "./words.ts";

/** The panel: draws whatever the kiosk shows, sends what is touched, and says so when it has lost its kiosk. */
export function App() {
  const [shown, setShown] = useState<Shown>();
  const [lost, setLost] = useState(false);
  const touch = useMemo(() => {
    let line: PanelLine | undefined;
    const touches = createTouches((message) => line?.send(message));
    line = connectToKiosk({
      onView(view) {
        touches.shown(view);
        setLost(false);
        setShown({ view, atMs: performance.now() });
      },
      onLost() {
        touches.forget();
        setLost(true);
      },
    });
    return (what: Touch) => touches.touch(what);
  }, []);

  const language = shown?.view.language ?? "ja";
  const revision = shown?.view.revision;
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    // The kiosk serves the letters too: those of the sentences that say that it is gone must be here before.
    const say = sayIn(language);
    const words = [say("screen.lost.title"), say("screen.lost.words"), say("screen.lost.staff")].join("");
    for (const weight of [400, 700]) void document.fonts.load(`${weight} 1rem "BIZ UDPGothic"`, words);
  }, [language]);
  useEffect(() => {
    if (revision === undefined || lost) return;
    const frame = requestAnimationFrame(() => {
      document.documentElement.dataset.painted = String(revision);
    });
    return () => cancelAnimationFrame(frame);
  }, [revision, lost]);

  return (
    <WordsContext.Provider value={sayIn(language)}>
      <TouchContext.Provider value={touch}>
        <StepContext.Provider value={shown?.view.view.step}>
          {shown && !lost && <Screen shown={shown} />}
          {lost && <Lost />}
        </StepContext.Provider>
      </TouchContext.Provider>
    </WordsContext.Provider>
  );
}
