import type { OfferButton } from "../../../src/protocol/panel.ts";
import { TouchButton } from "../button.tsx";
import { Pages } from "../pages.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

/** How many buttons fit on one screen, by the letters of the longest explanation with its hours (300 each at most). */
const roomFor: readonly (readonly [mostLetters: number, buttons: number])[] = [
  [75, 4],
  [150, 3],
  [300, 2],
];

function onOneScreen(items: readonly OfferButton[]): number {
  const letters = Math.max(0, ...items.map(({ explanation, hours }) => explanation.length + hours.length));
  return roomFor.find(([most]) => letters <= most)?.[1] ?? 1;
}

/** Only what the municipality offers this person, each with its explanation and hours (the deck's top screen). */
export function Choose({ step, heading }: StepProps<"choose">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.choose.title")}>
        <p>{say("screen.choose.words")}</p>
      </Heading>
      <Pages items={step.items} perPage={onOneScreen(step.items)} columns={1}>
        {(item) => (
          <TouchButton
            key={item.kind}
            touch={{ touch: "selectCertificate", kind: item.kind }}
            look="choice"
            pressed={item.selected}
          >
            <span class="offer">
              <span class="offer-title">{item.title}</span>
              <span class="offer-fee">{say("screen.choose.fee", { fee: say.yen(item.feePerCopyYen) })}</span>
              <span class="offer-words">{item.explanation}</span>
              <span class="offer-hours">{say("screen.choose.hours", { hours: item.hours })}</span>
            </span>
          </TouchButton>
        )}
      </Pages>
    </>
  );
}
