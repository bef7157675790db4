import { InsertCoinsPicture, TakeChangePicture } from "../pictures/hands.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

const RETURNS: ReadonlySet<string> = new Set(["pay.noChange", "pay.returning"]);

/** Fee, inserted and due are on the screen as long as money is. */
export function Pay({ step, heading }: StepProps<"pay">) {
  const say = useWords();
  const { doing } = step;
  return (
    <>
      <Heading heading={heading} title={say("screen.pay.title")}>
        <p>{say(step.exactMoneyOnly ? "screen.exactMoneyOnly" : "screen.pay.words")}</p>
      </Heading>
      {doing && RETURNS.has(doing.key) ? <TakeChangePicture /> : <InsertCoinsPicture still={doing !== undefined} />}
      <dl class="money" aria-live="polite">
        <div class="amount">
          <dt>{say("screen.pay.fee")}</dt>
          <dd>{say.yen(step.feeYen)}</dd>
        </div>
        <div class="amount">
          <dt>{say("screen.pay.inserted")}</dt>
          <dd>{say.yen(step.insertedYen)}</dd>
        </div>
        <div class="amount amount-due">
          <dt>{say(step.changeYen > 0 ? "screen.pay.change" : "screen.pay.due")}</dt>
          <dd>{say.yen(step.changeYen > 0 ? step.changeYen : step.dueYen)}</dd>
        </div>
      </dl>
      <p class="doing" role="status">
        {doing ? say.message(doing) : say("screen.pay.coins")}
      </p>
    </>
  );
}
