import { TouchButton } from "../button.tsx";
import { Pages } from "../pages.tsx";
import { useWords } from "../words.ts";
import { Heading, type StepProps } from "./heading.tsx";

const SCOPES = ["household", "self", "members"] as const;
const MEMBERS_ON_ONE_SCREEN = 6;
/** With the two buttons that lead to the other pages there is less room. */
const MEMBERS_ON_ONE_OF_PAGES = 4;
/** A name that needs smaller letters. */
const LONG_NAME = 20;

/** Whom the copy names and what it shows; what the municipality leaves open. */
export function Options({ step, heading }: StepProps<"options">) {
  const say = useWords();
  return (
    <>
      <Heading heading={heading} title={step.title}>
        <p>{say("screen.options.words")}</p>
      </Heading>
      {step.scopeAllowed && (
        <fieldset class="group">
          <legend>{say("screen.options.scope")}</legend>
          <div class="row">
            {SCOPES.map((scope) => (
              <TouchButton
                key={scope}
                touch={{ touch: "chooseScope", scope }}
                look="choice"
                pressed={step.scope === scope}
              >
                {say(`screen.options.scope.${scope}`)}
              </TouchButton>
            ))}
          </div>
        </fieldset>
      )}
      {step.scope === "members" && (
        <fieldset class="group">
          <legend>{say("screen.options.members")}</legend>
          <Pages
            items={step.members}
            perPage={step.members.length > MEMBERS_ON_ONE_SCREEN ? MEMBERS_ON_ONE_OF_PAGES : MEMBERS_ON_ONE_SCREEN}
            columns={2}
          >
            {(member) => (
              <TouchButton
                key={member.ref}
                touch={{ touch: "toggleMember", ref: member.ref }}
                look="choice"
                pressed={member.selected}
              >
                <span class={member.name.length > LONG_NAME ? "member member-long" : "member"} lang="ja">
                  {member.name}
                </span>
                {member.holder && <span class="member-you">{say("screen.options.you")}</span>}
              </TouchButton>
            )}
          </Pages>
        </fieldset>
      )}
      {step.options
        .filter(({ allowed }) => allowed)
        .map(({ option, value }) => (
          <fieldset key={option} class="group group-yes-no">
            <legend>{say(`screen.options.${option}`)}</legend>
            <div class="row">
              {[true, false].map((yes) => (
                <TouchButton
                  key={String(yes)}
                  touch={{ touch: "setOption", option, value: yes }}
                  look="choice"
                  pressed={value === yes}
                >
                  {say(yes ? "screen.options.yes" : "screen.options.no")}
                </TouchButton>
              ))}
            </div>
          </fieldset>
        ))}
    </>
  );
}
