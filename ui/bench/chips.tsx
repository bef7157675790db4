import type { ComponentChildren } from "preact";
import type { BenchMethod, BenchParams } from "../../src/town/bench/protocol.ts";
import { Act, useBench } from "./context.tsx";

/** One of several states that a device can be in. */
export interface Choice<M extends BenchMethod> {
  readonly act: string;
  readonly params: BenchParams<M>;
  readonly word: string;
  readonly on: boolean;
  /** The ordinary state: it is not shown as an accident. */
  readonly fine: boolean;
}

/** A row of states of which one holds. */
export function Choices<M extends BenchMethod>(props: {
  readonly legend: ComponentChildren;
  readonly method: M;
  readonly choices: readonly Choice<M>[];
  /** Two of them stand side by side. */
  readonly short?: boolean;
}) {
  const { t } = useBench();
  const broken = props.choices.some((choice) => choice.on && !choice.fine);
  return (
    <fieldset class={`choices${broken ? " broken" : ""}${props.short ? " short" : ""}`}>
      <legend>{props.legend}</legend>
      <div class="chips">
        {props.choices.map(({ act, params, word, on, fine }) => (
          <Act
            key={act}
            act={act}
            method={props.method}
            params={params}
            pressed={on}
            kind={fine ? "chip fine" : "chip"}
          >
            {t(word)}
          </Act>
        ))}
      </div>
    </fieldset>
  );
}
