import { setInterval } from "node:timers";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { openLedger } from "../../src/kiosk/ledger/ledger.ts";

/**
 * A kiosk's journal under work, to be killed by its test: says each thing that the journal acknowledged on a line of
 * standard output. `hold` stops between an intent and its settlement, `stream` writes for ever.
 */
const [folder = "", mode = ""] = process.argv.slice(2);
const ledger = unwrap(openLedger({ folder, clock: systemClock }));
const session = "0193c5a0-0000-7000-8000-000000000001";
const say = (line: string) => new Promise<void>((done) => process.stdout.write(`${line}\n`, () => done()));

ledger.saveFlow(session, { value: "pay" });
if (mode === "hold") {
  const cashIn = ledger.intent(session, "cashIn", {});
  ledger.credits.recordCoins({ counter: 2, credits: [100, 100], errors: [], lostEvents: 0, reset: false });
  ledger.settle(cashIn, "done", { outcome: "accepted", yen: 200 });
  const print = ledger.intent(session, "print", { documentId: "d1", copy: 1, impressions: 2 });
  await say(`held ${print}`);
  setInterval(() => {}, 1 << 30);
} else {
  for (let counter = 1; ; counter = (counter % 255) + 1) {
    ledger.credits.recordCoins({ counter, credits: [10], errors: [], lostEvents: 0, reset: false });
    await say(`recorded ${counter}`);
  }
}
