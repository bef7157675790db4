import { createCabinet } from "../../../../devices/cabinet/cabinet.ts";
import { guideLights } from "../../../../devices/cabinet/port.ts";
import { ok } from "../../../kernel/result.ts";
import { byHand, type Driven, type LinkedContext, notUnderstood } from "./driven.ts";

const lights = [...guideLights, "status"] as const;
const rates = ["on", "off", "slow", "medium", "quick"] as const;

/** The cabinet by hand. */
export function driveCabinet(context: LinkedContext): Driven {
  const cabinet = createCabinet({ name: "cabinet", ...context });
  return {
    device: cabinet,
    onNews: (tell) =>
      void cabinet.onSensors((sensors) => {
        const seen = Object.entries(sensors).flatMap(([name, there]) => (there ? [name] : []));
        tell(`sensors: ${seen.join(", ") || "nothing"}`);
      }),
    commands: {
      sensors: {
        usage: "sensors",
        summary: "what the sensors see",
        run: async () => ok(cabinet.sensors() ?? "the board has not spoken yet"),
      },
      board: {
        usage: "board",
        summary: "the board's firmware and its dead man",
        run: async () => ok({ board: cabinet.board() ?? null, deadMan: cabinet.deadMan() ?? null }),
      },
      light: {
        usage: `light ${lights.join("|")} ${rates.join("|")}`,
        summary: "a guide light, or the lamp that staff see from afar",
        async run([name, word], signal) {
          const light = lights.find((known) => known === name);
          const rate = rateOf(word);
          if (!light) return notUnderstood("light", name, lights.join(", "));
          if (rate === undefined) return notUnderstood("light", word, rates.join(", "));
          return await cabinet.setLight(light, rate, byHand(signal));
        },
      },
      buzzer: {
        usage: `buzzer ${rates.join("|")}`,
        summary: "the buzzer",
        async run([word], signal) {
          const rate = rateOf(word);
          if (rate === undefined) return notUnderstood("buzzer", word, rates.join(", "));
          return await cabinet.setBuzzer(rate, byHand(signal));
        },
      },
    },
  };
}

function rateOf(word: string | undefined) {
  const rate = rates.find((known) => known === word);
  if (rate === "on") return true;
  return rate === "off" ? false : rate;
}
