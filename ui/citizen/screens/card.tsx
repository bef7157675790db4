import { CardOffPicture, CardOnPicture, CardReadPicture } from "../pictures/hands.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

/** The card is asked for; what went wrong with the last one stands above the picture. */
export function PutCard({ step, heading }: StepProps<"card">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.card.title")}>
        <p>{say("screen.card.words")}</p>
      </Heading>
      <div class="problem-place" role="alert">
        {step.problem && <p class="problem">{say.message(step.problem)}</p>}
      </div>
      <CardOnPicture />
    </>
  );
}

/** Reading and asking: the words say which. */
export function Authenticating({ step, heading }: StepProps<"authenticating">) {
  const say = useWords();
  const reading = step.doing.key === "authenticating.card";
  return (
    <>
      <Heading
        heading={heading}
        title={say(reading ? "screen.authenticating.card.title" : "screen.authenticating.municipality.title")}
      />
      <CardReadPicture onReader={reading} />
      <p class="doing" role="status">
        {say.message(step.doing)}
      </p>
    </>
  );
}

/** Nothing goes on until the card is gone. */
export function TakeCard({ heading }: StepProps<"removeCard">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.removeCard.title")}>
        <p>{say("screen.removeCard.words")}</p>
      </Heading>
      <CardOffPicture />
    </>
  );
}
