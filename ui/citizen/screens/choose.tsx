import { TouchButton } from "../button.tsx";
import { Pages } from "../pages.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

const ON_ONE_SCREEN = 4;
/** Letters of explanation and hours with which a button needs more room. */
const MANY_LETTERS = 75;
const ON_ONE_SCREEN_IF_LONG = 3;

/** Only what the municipality offers this person, each with its explanation and hours (the deck's top screen). */
export function Choose({ step, heading }: StepProps<"choose">) {
  const say = useWords();
  const long = step.items.some((item) => item.explanation.length + item.hours.length > MANY_LETTERS);
  return (
    <>
      <Heading heading={heading} title={say("screen.choose.title")}>
        <p>{say("screen.choose.words")}</p>
      </Heading>
      <Pages items={step.items} perPage={long ? ON_ONE_SCREEN_IF_LONG : ON_ONE_SCREEN} columns={1}>
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
