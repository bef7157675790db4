import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FlowWorld } from "../../../test/flow/flow-world.ts";
import { type ErrorCode, errorCatalogue } from "../../kernel/errors/catalogue.ts";
import { unwrap } from "../../kernel/result.ts";
import { loadWords } from "../words.ts";
import { endingOf, freshContext } from "./flow/context.ts";
import type { FlowState } from "./flow/flow.ts";
import { flowMachine } from "./flow/machine.ts";
import { panelView } from "./view.ts";
import { endingView } from "./view-ending.ts";

const LOCALES = join(import.meta.dirname, "../../../ui/locales");
const words = unwrap(loadWords(LOCALES));

/** Every resting place of the chart: leaves without an eventless transition, parallel ones with each of their regions. */
function restingPaths(): FlowState[] {
  const states: FlowState[] = [];
  const visit = (node: typeof flowMachine.root, path: readonly string[]): unknown[] => {
    const children = Object.values(node.states);
    if (children.length === 0) return [path.at(-1)];
    if (node.type === "parallel") {
      return children.reduce<Record<string, unknown>[]>(
        (all, child) =>
          all.flatMap((one) => visit(child, [...path, child.key]).map((value) => ({ ...one, [child.key]: value }))),
        [{}],
      );
    }
    return children.flatMap((child) =>
      visit(child, [...path, child.key]).map((value) =>
        Object.keys(child.states).length > 0 ? { [child.key]: value } : value,
      ),
    );
  };
  for (const value of visit(flowMachine.root, [])) {
    states.push(flowMachine.resolveState({ value: value as FlowState["value"], context: freshContext() }));
  }
  return states;
}

/** Message keys anywhere in a view. */
function keysIn(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const own = "key" in value && typeof value.key === "string" ? [value.key] : [];
  return [...own, ...Object.values(value).flatMap(keysIn)];
}

/** States in which the chart never rests: they are left in the same step. */
const PASSING = ["looking", "changed", "out", "deciding", "balancing", "moneyUnknown", "moneyNotReturned"];

describe("the view", () => {
  test("every state in which the chart can rest has one, and every sentence of it exists in every language", () => {
    const states = restingPaths();
    expect(states.length).toBeGreaterThan(40);
    for (const state of states) {
      if (PASSING.some((name) => JSON.stringify(state.value).includes(`"${name}"`))) continue;
      const view = panelView({ state, workspace: undefined, directory: undefined, remaining: undefined });
      for (const key of keysIn(view)) expect(words.has(key), `${key} of ${JSON.stringify(state.value)}`).toBe(true);
    }
  });

  test("every error of the catalogue can end a session in words that exist", () => {
    for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
      const view = endingView({ ...freshContext(), ending: endingOf(code), requestId: "r" });
      for (const key of keysIn(view)) expect(words.has(key), `${key} of ${code}`).toBe(true);
    }
  });

  test("what a municipality refuses about a person looks the same whatever the reason is", () => {
    const refusals = (["K-CERT-110", "K-CERT-111", "K-CERT-114", "K-CERT-119", "K-KIOSK-105"] as const).map((code) =>
      endingView({ ...freshContext(), ending: endingOf(code) }),
    );
    for (const view of refusals) expect(view).toEqual(refusals[0]);
  });

  test("the panel sees how many digits were entered, and never which", () => {
    const world = new FlowWorld();
    for (const wanted of ["session.asking.pin"]) {
      while (!world.in(wanted)) {
        const next = world.nextGoodEvent();
        if (next && next !== "coin") world.send(next);
        else world.answer(0, "good", 1);
      }
    }
    world.send({ type: "pinDigit" });
    world.send({ type: "pinDigit" });
    const { view } = panelView({
      state: world.state,
      workspace: undefined,
      directory: undefined,
      remaining: undefined,
    });
    expect(view).toEqual({ step: "pin", digits: 2, triesLeft: 3, lastTry: false, wrong: false });
  });

  test("no sentence stands in the files that nothing can show", () => {
    const shown = new Set([
      ...restingPaths().flatMap((state) =>
        PASSING.some((name) => JSON.stringify(state.value).includes(`"${name}"`))
          ? []
          : keysIn(panelView({ state, workspace: undefined, directory: undefined, remaining: undefined })),
      ),
      ...(Object.keys(errorCatalogue) as ErrorCode[]).flatMap((code) =>
        keysIn(endingView({ ...freshContext(), ending: endingOf(code) })),
      ),
    ]);
    const table = Object.keys(JSON.parse(readFileSync(join(LOCALES, "en/panel.json"), "utf8")) as object);
    // Families whose last word follows from the context; the page's own words are checked with the page.
    const families = ["card.problem.", "confirm.", "kind.", "receipt.", "printing.busy", "printing.held", "screen."];
    expect(table.filter((key) => !shown.has(key) && !families.some((family) => key.startsWith(family)))).toEqual([]);
  });
});
