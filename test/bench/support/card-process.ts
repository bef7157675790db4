import { insertCard } from "../../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard } from "../../../devices/card-reader/simulator/simulated-card.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { createJudgedCard } from "../../support/judged-card.ts";

/**
 * A simulated card in a process of its own, as plastic is: whoever is measured does not share a thread with it. `argv[2]` is
 * where it is put. Every command is told to the parent while it asks for them.
 */
const card = createSimulatedCard({ profile: createJudgedCard().profile });
const lying = unwrap(insertCard(card, process.argv[2] ?? "", { clock: systemClock }));
let telling = false;
card.onCommand((apdu) => {
  if (telling) process.send?.(Buffer.from(apdu).toString("hex"));
});
process.on("message", (message) => {
  telling = message === "tell";
  process.send?.("so be it");
});
process.on("disconnect", () => void lying.remove().then(() => process.exit(0)));
