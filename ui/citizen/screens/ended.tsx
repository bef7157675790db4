import type { MoneyOutcome } from "../../../src/protocol/panel.ts";
import { EndedPicture } from "../pictures/signs.tsx";
import { type Say, useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";
import { LeftThings } from "./take-everything.tsx";

function moneyWords(say: Say, outcome: MoneyOutcome): string {
  if (outcome.money === "notTaken") return say("screen.ended.money.notTaken");
  return say(`screen.ended.money.${outcome.money}`, { yen: say.yen(outcome.yen) });
}

/** What happened, where the money is, what to do, whom to ask. Every refusal looks like every other. */
export function Ended({ step, heading }: StepProps<"ended">) {
  const say = useWords();
  return (
    <>
      <div class="ended-top">
        <EndedPicture reason={step.reason} />
        <Heading heading={heading} title={say.message(step.what)} />
      </div>
      <div role="alert">
        <dl class="facts">
          <div class={`fact fact-money fact-money-${step.moneyOutcome.money}`}>
            <dt>{say("screen.ended.money")}</dt>
            <dd>{moneyWords(say, step.moneyOutcome)}</dd>
          </div>
          <div class="fact">
            <dt>{say("screen.ended.next")}</dt>
            <dd>{say.message(step.next)}</dd>
          </div>
          <div class="fact">
            <dt>{say("screen.ended.ask")}</dt>
            <dd>
              {say.message(step.ask)}
              {step.code && <span class="code">{say("screen.ended.code", { code: step.code })}</span>}
            </dd>
          </div>
        </dl>
      </div>
      {step.left.length > 0 && (
        <section class="ended-left" aria-label={say("screen.take.title")}>
          <p>{say("screen.ended.left")}</p>
          <LeftThings left={step.left} />
        </section>
      )}
    </>
  );
}
