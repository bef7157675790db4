import { resolve } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { explain } from "../kernel/process.ts";
import { startTown } from "../town/start/town.ts";
import { type Command, exitCodes, numberOption, parseOptions } from "./command.ts";
import { ensurePages } from "./pages.ts";
import { exampleTowns, townFolders } from "./towns.ts";

const DEFAULT_PORT = 8480;

/** `./madoguchi up`: the whole system with simulated devices, until Ctrl-C. */
export const up: Command = {
  summary: "runs everything: two municipalities, both centres, one kiosk, and the bench with its devices",
  usage: `usage: ./madoguchi up [--town DIR] [--port N] [--data DIR]

Starts the bench with all simulated devices, the operator's centre, the issuance centre, two municipalities with their
attestors, one kiosk, and the site where a recipient checks a certificate; prints the addresses; stops everything on Ctrl-C.

  --town DIR   the first municipality (docs/towns.md); default ${exampleTowns[0]}
  --port N     the bench; the panel is N+1, the inquiry site N+2 (default ${DEFAULT_PORT})
  --data DIR   where keys, registers, books and logs are kept (default .madoguchi)`,
  async run(args) {
    const { values } = parseOptions(args, {
      town: { type: "string" },
      port: { type: "string" },
      data: { type: "string" },
    });
    const port = numberOption("port", values.port, 1024, 65_533) ?? DEFAULT_PORT;
    const stopping = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
    const stopped = new Promise<void>((done) => stopping.signal.addEventListener("abort", () => done()));
    const startedMs = systemClock.monotonicMs();
    const town = await startTown({
      dataFolder: resolve(values.data ?? ".madoguchi"),
      townFolders: townFolders(values.town),
      port,
      clock: systemClock,
      restart: true,
      pages: ensurePages((text) => process.stderr.write(`  ${text}\n`)),
      signal: stopping.signal,
      onProgress: (text) => process.stderr.write(`  ${text}\n`),
    });
    if (!town.ok && stopping.signal.aborted) {
      process.stderr.write("madoguchi up: given up while starting; nothing is left running\n");
      return exitCodes.failed;
    }
    if (!town.ok) {
      process.stderr.write(`${explain("madoguchi up", town.error)}\n`);
      return town.error.code.startsWith("K-CONF") || town.error.code === "K-TOWN-102"
        ? exitCodes.usage
        : exitCodes.failed;
    }
    const seconds = ((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1);
    const rows = town.value
      .processes()
      .map((p) => `  ${p.name.padEnd(24)} pid ${String(p.pid).padEnd(7)} ${Object.values(p.addresses).join("  ")}`);
    process.stdout.write(
      `${rows.join("\n")}\n\nready after ${seconds} s: bench ${town.value.benchPageUrl}, panel ${town.value.panelPageUrl}, inquiry site ${town.value.inquiryUrl}\nlogs: ${town.value.logFolder}\nCtrl-C stops everything\n`,
    );
    await stopped;
    process.stderr.write("\nstopping…\n");
    await town.value.stop();
    return exitCodes.ok;
  },
};
