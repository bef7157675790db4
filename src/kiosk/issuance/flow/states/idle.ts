import { chart, effect, given, on, set } from "../chart.ts";
import { freshSession } from "../context.ts";

const serviceable = given("serviceable", (c) => c.serviceable && !c.notWiped);
const notServiceable = given("not serviceable", (c) => !c.serviceable || c.notWiped);

/** Nobody is here: the first screen, or out of service. Every key of the last session is reset on entry. */
export const idle = chart.createStateConfig({
  initial: "welcome",
  entry: [
    set(freshSession()),
    effect({ effect: "stopWait" }),
    effect({ effect: "lights", on: [] }),
    effect({ effect: "buzzer", on: false }),
  ],
  states: {
    welcome: {
      always: { guard: notServiceable, target: "outOfService" },
      on: {
        chooseLanguage: {
          target: "#flow.session",
          actions: [on("chooseLanguage", (_, e) => ({ language: e.language, sessionId: e.sessionId }))],
        },
      },
    },
    outOfService: { always: { guard: serviceable, target: "welcome" } },
  },
});
