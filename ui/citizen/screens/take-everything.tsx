import type { LeftThing } from "../../../src/protocol/panel.ts";
import { TakeCardPicture, TakeChangePicture, TakePaperPicture, TakeReceiptPicture } from "../pictures/hands.tsx";
import { DonePicture } from "../pictures/signs.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

const pictures = {
  card: TakeCardPicture,
  document: TakePaperPicture,
  change: TakeChangePicture,
  receipt: TakeReceiptPicture,
} as const;

/** A picture and a word for everything that lies somewhere. */
export function LeftThings({ left }: { readonly left: readonly LeftThing[] }) {
  const say = useWords();
  return (
    <ul class={`left left-${left.length}`}>
      {left.map((thing) => {
        const Picture = pictures[thing];
        return (
          <li key={thing} class="left-thing">
            <Picture />
            <span>{say(`screen.left.${thing}`)}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** Paper, change, receipt, card: taken one by one until nothing lies there. */
export function TakeEverything({ step, heading }: StepProps<"takeEverything">) {
  const say = useWords();
  const nothing = step.left.length === 0;
  return (
    <div class={step.alarm ? "taking taking-alarm" : "taking"}>
      <Heading
        heading={heading}
        title={say(nothing ? "screen.take.thanks" : step.alarm ? "screen.take.alarm" : "screen.take.title")}
      >
        <p role="status">
          {say(nothing ? (step.issued ? "screen.take.waiting" : "screen.take.goodbye") : "screen.take.words")}
        </p>
      </Heading>
      {nothing ? <DonePicture /> : <LeftThings left={step.left} />}
    </div>
  );
}
