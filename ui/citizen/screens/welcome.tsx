import { TouchButton } from "../button.tsx";
import { CoinsPicture } from "../pictures/hands.tsx";
import { ClosedPicture, KioskPicture, NoReceiptPicture } from "../pictures/signs.tsx";
import { sayIn, useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

/** The first screen: each language in its own words. */
export function LanguageChoice({ step, heading }: StepProps<"language">) {
  return (
    <>
      <div class="welcome">
        <KioskPicture />
        {step.languages.map((language, i) => (
          <div key={language} lang={language} class="welcome-words">
            {i === 0 ? (
              <h1 tabIndex={-1} ref={heading}>
                {sayIn(language)("screen.language.title")}
              </h1>
            ) : (
              <p class="welcome-title">{sayIn(language)("screen.language.title")}</p>
            )}
            <p>{sayIn(language)("screen.language.words")}</p>
          </div>
        ))}
      </div>
      {(step.exactMoneyOnly || step.noReceipt) && (
        <div class="remarks">
          {step.exactMoneyOnly && (
            <Remark picture={<CoinsPicture />} languages={step.languages} message="screen.exactMoneyOnly" />
          )}
          {step.noReceipt && (
            <Remark picture={<NoReceiptPicture />} languages={step.languages} message="screen.noReceipt" />
          )}
        </div>
      )}
      <div class="languages">
        {step.languages.map((language) => (
          <TouchButton key={language} touch={{ touch: "chooseLanguage", language }} look="primary" lang={language}>
            {sayIn(language)("screen.language.name")}
          </TouchButton>
        ))}
      </div>
    </>
  );
}

function Remark(props: {
  readonly picture: preact.JSX.Element;
  readonly languages: readonly ("ja" | "en")[];
  readonly message: string;
}) {
  return (
    <div class="remark">
      {props.picture}
      <div>
        {props.languages.map((language) => (
          <p key={language} lang={language}>
            {sayIn(language)(props.message)}
          </p>
        ))}
      </div>
    </div>
  );
}

/** Nobody can be served now. Both languages, since nobody has chosen one. */
export function OutOfService({ step, heading }: StepProps<"outOfService">) {
  const ja = sayIn("ja");
  const en = sayIn("en");
  return (
    <div class="closed">
      <ClosedPicture />
      <h1 tabIndex={-1} ref={heading} lang="ja">
        {ja("screen.outOfService.title")}
      </h1>
      <p lang="ja">{ja.message(step.reason)}</p>
      <p class="closed-title" lang="en">
        {en("screen.outOfService.title")}
      </p>
      <p lang="en">{en.message(step.reason)}</p>
    </div>
  );
}

const NOTICES = ["need", "reads", "keeps", "money", "stay"] as const;

/** What happens with the card's data, said before the card is asked for. */
export function Notice({ heading }: StepProps<"notice">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={say("screen.notice.title")}>
        <p>{say("screen.notice.words")}</p>
      </Heading>
      <dl class="notices">
        {NOTICES.map((notice) => (
          <div key={notice} class="notice">
            <dt>{say(`screen.notice.${notice}.title`)}</dt>
            <dd>{say(`screen.notice.${notice}`)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
