import { expect } from "vitest";
import { createCabinet } from "../../../devices/cabinet/cabinet.ts";
import type { Cabinet } from "../../../devices/cabinet/port.ts";
import { createCabinetSimulator } from "../../../devices/cabinet/simulator/index.ts";
import { PROTOCOL_VERSION } from "../../../firmware-bridge/protocol.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { type Carrier, inMemory } from "../support/carrier.ts";
import { type BreakableWorld, type Call, type Time, untilWord } from "../support/world.ts";

/** Lights and buzzer as an issuance uses them. Ends with the light of the card on and everything else off. */
export async function cabinetSession(cabinet: Cabinet, time: Time, put: (present: boolean) => void, call: Call) {
  await untilWord({ device: cabinet, time }, "online");
  await call("light on", (options) => cabinet.setLight("document", true, options));
  put(true);
  await time.sleep(1_500);
  await call("buzzer on", (options) => cabinet.setBuzzer(true, options));
  await call("buzzer off", (options) => cabinet.setBuzzer(false, options));
  put(false);
  await time.sleep(1_500);
  await call("light off", (options) => cabinet.setLight("document", false, options));
  await call("card light on", (options) => cabinet.setLight("card", true, options));
}

/** A cabinet and its simulated bridge on what carries their bytes. */
export async function cabinetWorld(carrier: Carrier = inMemory()): Promise<BreakableWorld> {
  const { time } = carrier;
  const machine = createCabinetSimulator();
  const line = await carrier.lineTo(machine.attach);
  const cabinet = createCabinet({ name: "cabinet", opener: line.opener, clock: time.clock, logger: silentLogger });
  return {
    device: cabinet,
    line,
    time,
    session: (call) => cabinetSession(cabinet, time, (present) => machine.setSensor("documentPresent", present), call),
    judge(_, harm) {
      if (harm === "closed") return;
      // Outputs are wishes: whatever happened, the board does what was asked last, and the sensors are as they are.
      expect(machine.lights()).toMatchObject({ card: true, document: false });
      expect(machine.buzzer()).toBe(false);
      // A socket brings no noise of its own; a line of sensors that noise has hit is told again at the next change only.
      if (harm !== "noise") expect(cabinet.sensors()).toEqual(machine.sensors());
    },
    probe: (call) => call("probe", (options) => cabinet.setLight("receipt", false, options)),
    dispose: carrier.end,
    async look() {
      await time.sleep(5_000);
    },
    faults: [
      {
        name: "a board that hangs",
        word: "offline",
        code: "K-CAB-101",
        happen: () => machine.freeze(true),
        mend: () => machine.freeze(false),
      },
      {
        name: "a bridge of another version",
        word: "offline",
        code: "K-CAB-102",
        happen() {
          machine.speak(PROTOCOL_VERSION + 1);
          machine.restartBoard();
        },
        mend() {
          machine.speak(PROTOCOL_VERSION);
          machine.restartBoard();
        },
      },
    ],
  };
}
