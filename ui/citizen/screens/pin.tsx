import { useContext, useEffect } from "preact/hooks";
import { TouchButton, TouchContext } from "../button.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

const DIGITS = 4;
/** As on a telephone, and never in another order: fingers know it. */
const KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** The PIN pad. The page shows how many digits there are and never holds one. */
export function Pin({ step, heading }: StepProps<"pin">) {
  const say = useWords();
  const touch = useContext(TouchContext);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (/^[0-9]$/.test(event.key)) touch({ touch: "pinDigit", digit: Number(event.key) });
      else if (event.key === "Backspace" || event.key === "Delete") touch({ touch: "pinClear" });
      // On a button Enter presses that button.
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) touch({ touch: "pinEnter" });
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [touch]);
  return (
    <>
      <Heading heading={heading} title={say("screen.pin.title")}>
        <p>{say("screen.pin.words")}</p>
      </Heading>
      <div class="problem-place" role="alert">
        <p class={step.lastTry ? "tries tries-last" : step.wrong ? "tries tries-wrong" : "tries"}>
          {step.wrong && <strong>{say("screen.pin.wrong")}</strong>}
          {step.lastTry ? say("screen.pin.lastTry") : say("screen.pin.tries", { tries: step.triesLeft })}
        </p>
      </div>
      <div
        class="dots"
        role="img"
        aria-label={say("screen.pin.entered", { digits: step.digits, of: DIGITS })}
        aria-live="polite"
      >
        {Array.from({ length: DIGITS }, (_, i) => (
          <span key={i} class={i < step.digits ? "dot dot-full" : "dot"} />
        ))}
      </div>
      <div class="keypad">
        {KEYS.map((digit) => (
          <TouchButton key={digit} touch={{ touch: "pinDigit", digit }} look="key">
            {digit}
          </TouchButton>
        ))}
        <TouchButton touch={{ touch: "pinClear" }} look="key">
          <span class="key-word">{say("screen.pin.clear")}</span>
        </TouchButton>
        <TouchButton touch={{ touch: "pinDigit", digit: 0 }} look="key">
          0
        </TouchButton>
        <TouchButton touch={{ touch: "pinEnter" }} look="primary">
          <span class="key-word">{say("screen.pin.enter")}</span>
        </TouchButton>
      </div>
    </>
  );
}
