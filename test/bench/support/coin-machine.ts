import { createServer } from "node:net";
import { createCoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import { socketPort } from "../../../devices/contract/openers.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { fullMachine } from "./full-machine.ts";

/** A simulated coin vendor in a process of its own, so that its work is not measured: `coin-machine.ts SOCKET`. */
const [path = ""] = process.argv.slice(2);
const machine = createCoinVendorSimulator({
  clock: systemClock,
  addresses: fullMachine,
  hoppers: { 10: 50, 50: 50, 100: 50, 500: 50 },
});
createServer((socket) => machine.attach(socketPort(socket))).listen(path, () => process.stdout.write("ready\n"));
process.stdin.on("end", () => process.exit(0)).resume();
