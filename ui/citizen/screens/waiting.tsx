import { PreparingPicture, PrintingPicture, ReceiptOutPicture } from "../pictures/machine.tsx";
import { AttentionPicture } from "../pictures/signs.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

/** The certificate is asked for, checked and made ready; no money yet. */
export function Preparing({ step, heading }: StepProps<"preparing">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.preparing.title")} />
      <PreparingPicture />
      <p class="doing" role="status">
        {say.message(step.doing)}
      </p>
    </>
  );
}

/** Paper comes out, or somebody must help the printer. */
export function Printing({ step, heading }: StepProps<"printing">) {
  const say = useWords();
  const attention = ["printing.attention", "printing.held"].includes(step.doing.key);
  return (
    <>
      <Heading heading={heading} title={say(attention ? "screen.printing.attention" : "screen.printing.title")} />
      {attention ? <AttentionPicture /> : <PrintingPicture />}
      <p class={attention ? "doing doing-attention" : "doing"} role="status">
        {say.message(step.doing)}
      </p>
      <div class="sides">
        <progress max={Math.max(1, step.impressions)} value={step.impressionsDone} aria-labelledby="sides-words" />
        <p id="sides-words">
          {say("screen.printing.sides", { done: step.impressionsDone, of: step.impressions, copies: step.copies })}
        </p>
      </div>
    </>
  );
}

export function ReceiptPrinting({ step, heading }: StepProps<"receipt">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.receipt.title")} />
      <ReceiptOutPicture />
      <p class="doing" role="status">
        {say.message(step.doing)}
      </p>
    </>
  );
}
