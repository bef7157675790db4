import { TouchButton } from "../button.tsx";
import { CoinsPicture } from "../pictures/hands.tsx";
import { NoReceiptPicture } from "../pictures/signs.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

/** How many copies. */
export function Copies({ step, heading }: StepProps<"copies">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.copies.title")}>
        <p>{say("screen.copies.words", { most: step.maxCopies })}</p>
      </Heading>
      <output class="sum">
        <span class="sum-copies">{say("screen.copies.count", { copies: step.copies })}</span>
        <span class="sum-yen">{say.yen(step.feeYen)}</span>
        <span class="sum-each">{say("screen.copies.each", { fee: say.yen(step.feePerCopyYen) })}</span>
      </output>
      <div class="list list-3">
        {Array.from({ length: step.maxCopies }, (_, i) => i + 1).map((copies) => (
          <TouchButton
            key={copies}
            touch={{ touch: "setCopies", copies }}
            look="choice"
            pressed={copies === step.copies}
          >
            {say("screen.copies.count", { copies })}
          </TouchButton>
        ))}
      </div>
    </>
  );
}

/** Everything that was chosen, and the fee. */
export function Confirm({ step, heading }: StepProps<"confirm">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.confirm.title")}>
        <p>{say("screen.confirm.words")}</p>
      </Heading>
      <dl class="facts">
        <div class="fact">
          <dt>{say("screen.confirm.certificate")}</dt>
          <dd>{step.title}</dd>
        </div>
        <div class="fact">
          <dt>{say("screen.confirm.municipality")}</dt>
          <dd>{step.municipality}</dd>
        </div>
        <div class="fact">
          <dt>{say("screen.confirm.content")}</dt>
          <dd>
            <ul>
              {step.lines.map((line) => (
                <li key={line.key}>{say.message(line)}</li>
              ))}
            </ul>
          </dd>
        </div>
        {step.members.length > 0 && (
          <div class="fact">
            <dt>{say("screen.confirm.members")}</dt>
            <dd lang="ja" class="member">
              {step.members.join("、")}
            </dd>
          </div>
        )}
        <div class="fact">
          <dt>{say("screen.confirm.copies")}</dt>
          <dd>{say("screen.copies.count", { copies: step.copies })}</dd>
        </div>
        <div class="fact fact-fee">
          <dt>{say("screen.confirm.fee")}</dt>
          <dd>{say.yen(step.feeYen)}</dd>
        </div>
      </dl>
      {step.exactMoneyOnly && (
        <div class="remarks">
          <div class="remark">
            <CoinsPicture />
            <p>{say("screen.exactMoneyOnly")}</p>
          </div>
        </div>
      )}
    </>
  );
}

/** Asked before anything is paid. */
export function WithoutReceipt({ step, heading }: StepProps<"withoutReceipt">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.withoutReceipt.title")}>
        <p>{say("screen.withoutReceipt.words", { fee: say.yen(step.feeYen) })}</p>
      </Heading>
      <NoReceiptPicture />
    </>
  );
}
