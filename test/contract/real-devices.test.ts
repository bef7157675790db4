import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { insertCard } from "../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard } from "../../devices/card-reader/simulator/simulated-card.ts";
import { testProfile } from "../../devices/card-reader/simulator/test-cards.ts";
import { startPrinterSimulator } from "../../devices/certificate-printer/simulator/simulator.ts";
import { createCoinVendorSimulator } from "../../devices/coin-vendor/simulator/index.ts";
import { deviceNames } from "../../devices/contract/device-names.ts";
import { createReceiptPrinterSimulator } from "../../devices/receipt-printer/simulator/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { handsOff } from "./rigs/hands-off.ts";
import { handsOffContract } from "./support/hands-off.ts";
import { createPtyLine } from "./support/pty-line.ts";

const examples = {
  "card-reader": "pcsc:",
  "coin-vendor": "serial:/dev/serial/by-id/…?baud=9600",
  "certificate-printer": "ipp://192.168.1.20/ipp/print",
  "receipt-printer": "serial:/dev/serial/by-id/…?baud=38400",
  cabinet: "unix:/run/madoguchi/cabinet.sock",
} as const;

/** The one master of the machine is this test: no kiosk may run meanwhile. */
for (const name of deviceNames) {
  const variable = `MADOGUCHI_CONTRACT_${name.toUpperCase().replace("-", "_")}`;
  const address = process.env[variable];
  if (address === undefined) {
    describe(`the real ${name}`, () => {
      it.skip(`is not here: set ${variable}=${examples[name]} to run the contract on it`, () => {});
    });
    continue;
  }
  let previous = Promise.resolve();
  handsOffContract(`the real ${name} at ${address}`, async () => {
    // A port has one master: the clauses take turns.
    let free = () => {};
    const turn = previous;
    previous = new Promise<void>((resolve) => {
      free = resolve;
    });
    await turn;
    const world = handsOff[name](address);
    return {
      ...world,
      async dispose() {
        await world.device.close();
        free();
      },
    };
  });
}

// The clauses themselves are tried on simulators, so that they are right on the day when a machine stands there.
async function onPty(name: "coin-vendor" | "receipt-printer", attach: Parameters<typeof createPtyLine>[1]) {
  const line = await createPtyLine(systemClock, attach);
  line.start();
  return { ...handsOff[name](line.address), dispose: () => line.close() };
}

handsOffContract("the simulated coin vendor on a serial port", () =>
  onPty("coin-vendor", createCoinVendorSimulator({ clock: systemClock, mechanicsMs: 20 }).attach),
);
handsOffContract("the simulated receipt printer on a serial port", () =>
  onPty("receipt-printer", createReceiptPrinterSimulator({ clock: systemClock }).attach),
);
handsOffContract("the simulated certificate printer on the network", async () => {
  const printer = unwrap(await startPrinterSimulator({ clock: systemClock }));
  return { ...handsOff["certificate-printer"](printer.address), dispose: () => printer.close() };
});
handsOffContract("the simulated card on the embedded reader", async () => {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-hands-off-"));
  const address = `unix:${join(folder, "reader")}`;
  const world = handsOff["card-reader"](address);
  const card = unwrap(insertCard(createSimulatedCard({ profile: testProfile() }), address, { clock: systemClock }));
  return {
    ...world,
    async dispose() {
      await card.remove();
      await world.device.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
