import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DeviceName, deviceNames } from "../../devices/contract/device-names.ts";
import { systemClock } from "../kernel/clock.ts";
import { ok, type Result } from "../kernel/result.ts";
import type { SimulatedDevice } from "../town/workbench/simulated-device.ts";
import { type Command, exitCodes, parseOptions, UsageError } from "./command.ts";
import { startHandSession } from "./device/hand-session.ts";
import { obeyLines } from "./device/prompt.ts";
import { advice, createView } from "./device/view.ts";
import { nearestWord } from "./nearest-word.ts";

/** `./madoguchi device`: one device by hand. */
export const device: Command = {
  summary: "drives one device by hand, with every frame decoded; records for a bug report",
  usage: `usage: ./madoguchi device NAME (--port ADDRESS | --simulator) [--record FILE] [--json] [--all] [--no-frames]

NAME is ${deviceNames.join(", ")}. Opens the real driver on ADDRESS and a prompt: help lists the
device's commands. Commands can also come on standard input, one a line. Leaves with 0 when all commands succeeded, with 1
when one failed, with 2 when the device cannot be had: another process holds it, or this user may not open it.
Coins that are put in or paid out are shown and booked nowhere; see docs/devices.md.

  --port ADDRESS  serial:/dev/serial/by-id/…?baud=9600, unix:/path, tcp:host:port; ipp://host/path; pcsc:READER
  --simulator     drives the simulated device instead; "hand …" is then what hands do to it
  --record FILE   writes what passes as JSON lines for ./madoguchi replay. Of a card nothing personal is kept (PIN, items,
                  certificate), of documents and receipts only length and hash
  --json          one JSON object a line on standard output
  --all           shows also polls whose answer is the same as before
  --no-frames     shows no frames

examples:
  ./madoguchi device coin-vendor --simulator
  printf 'dispense 10=2\\nunits\\n' | ./madoguchi device coin-vendor --simulator --record bug.jsonl
  ./madoguchi device receipt-printer --port 'serial:/dev/ttyUSB0?baud=38400'`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        port: { type: "string" },
        simulator: { type: "boolean" },
        record: { type: "string" },
        json: { type: "boolean" },
        all: { type: "boolean" },
        "no-frames": { type: "boolean" },
      },
      true,
    );
    const [word, ...more] = positionals;
    const name = deviceNames.find((known) => known === word);
    if (!name) {
      const near = word === undefined ? undefined : nearestWord(word, deviceNames);
      const asked = word === undefined ? "say which device" : `there is no device ${word}`;
      throw new UsageError(`${asked}: ${deviceNames.join(", ")}${near ? `; did you mean ${near}?` : ""}`);
    }
    if (more.length > 0) throw new UsageError("commands come from standard input");
    if ((values.port === undefined) === !values.simulator) throw new UsageError("give --port ADDRESS or --simulator");
    const view = createView({
      json: values.json ?? false,
      all: values.all ?? false,
      frames: !values["no-frames"],
      nowMs: () => systemClock.monotonicMs(),
      out: (line) => process.stdout.write(`${line}\n`),
      err: (line) => process.stderr.write(`${line}\n`),
    });
    const refuse = (text: string) => {
      process.stderr.write(`madoguchi device: ${text}\n`);
      return exitCodes.usage;
    };
    const folder = mkdtempSync(join(tmpdir(), "madoguchi-device-"));
    const simulator = values.simulator ? await startSimulator(name, folder) : ok(undefined);
    try {
      if (!simulator.ok) return refuse(advice(simulator.error));
      const session = await startHandSession({
        device: name,
        address: simulator.value?.link ?? values.port ?? "",
        simulated: simulator.value !== undefined,
        clock: systemClock,
        view,
        recordTo: values.record,
      });
      if (!session.ok) return refuse(advice(session.error));
      const succeeded = await obeyLines({ session: session.value, simulator: simulator.value, view });
      await session.value.close();
      return succeeded ? exitCodes.ok : exitCodes.failed;
    } finally {
      if (simulator.ok) await simulator.value?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Loaded only when it is wanted: a technician at a real machine has no use for simulators. */
async function startSimulator(name: DeviceName, folder: string): Promise<Result<SimulatedDevice>> {
  const { startSimulatedDevice } = await import("../town/workbench/simulated-device.ts");
  return await startSimulatedDevice(name, { clock: systemClock, folder });
}
