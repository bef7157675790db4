import { useState } from "preact/hooks";
import { TouchButton } from "../button.tsx";
import { Pages } from "../pages.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

const ON_ONE_SCREEN = 8;
const PREFECTURES_ON_ONE_SCREEN = 16;

/** The municipality of residence or of the registered domicile; more than a screenful is asked for by prefecture first. */
export function MunicipalityChoice({ step, heading }: StepProps<"municipality">) {
  const say = useWords();
  const [prefecture, setPrefecture] = useState<string>();
  const many = step.choices.length > ON_ONE_SCREEN;
  const prefectures = [...new Set(step.choices.map((choice) => choice.prefecture))];
  const asked = many && prefectures.length > 1 && prefecture === undefined;
  const here = step.choices.filter((choice) => !many || prefecture === undefined || choice.prefecture === prefecture);
  const buttons = here.flatMap((choice) => choice.relations.map((relation) => ({ ...choice, relation })));
  return (
    <>
      <Heading heading={heading} title={say(asked ? "screen.municipality.prefecture" : "screen.municipality.title")}>
        <p>{say("screen.municipality.words")}</p>
      </Heading>
      {asked ? (
        <Pages items={prefectures} perPage={PREFECTURES_ON_ONE_SCREEN} columns={2}>
          {(name) => (
            <button key={name} type="button" class="button button-choice" onClick={() => setPrefecture(name)}>
              {name}
            </button>
          )}
        </Pages>
      ) : (
        <Pages items={buttons} perPage={ON_ONE_SCREEN} columns={1}>
          {({ code, name, prefecture: of, relation }) => (
            <TouchButton
              key={`${code}:${relation}`}
              touch={{ touch: "chooseMunicipality", code, relation }}
              look="choice"
            >
              <span class="municipality-name">{name}</span>
              <span class="municipality-more">{`${of}　${say(`screen.municipality.${relation}`)}`}</span>
            </TouchButton>
          )}
        </Pages>
      )}
      {many && prefecture !== undefined && (
        <button type="button" class="button button-plain" onClick={() => setPrefecture(undefined)}>
          {say("screen.municipality.otherPrefecture")}
        </button>
      )}
    </>
  );
}
