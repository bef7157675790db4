import { fork, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createPcscTransport } from "../../devices/card-reader/child/pcsc-transport.ts";
import type { CardSession } from "../../devices/card-reader/port.ts";
import { createCardReader } from "../../devices/card-reader/reader.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { compileC } from "../support/compile-c.ts";
import { createTestPcscd, VPCD_READER } from "../support/pcscd/pcscd.ts";
import { untilPresence } from "../support/reader-waits.ts";
import { type Measurement, quantile, report } from "./support/results.ts";
import { sampleMs } from "./support/samples.ts";

/**
 * The card through pcscd and vpcd (with the preloaded object that takes vpcd's own delay away). Both clients talk to the same
 * simulated card, which is a process of its own. Floors of the same run: a C client that sends the same commands.
 */
const { values } = parseArgs({ options: { json: { type: "boolean" }, runs: { type: "string", default: "50" } } });
const runs = Math.max(1, Number(values.runs));
const ROUND_TRIPS_A_RUN = 20;

/** SELECT of the application and of a file: commands for which the card computes nothing. */
const SELECT_JPKI = Buffer.from("00a4040c0ad392f000260100000001", "hex");
const SELECT_TOKEN = Buffer.from("00a4020c020006", "hex");

const pcscd = await createTestPcscd();
process.env.PCSCLITE_CSOCK_NAME = pcscd.socketPath;
const plastic = fork(fileURLToPath(new URL("./support/card-process.ts", import.meta.url)), [
  `tcp:127.0.0.1:${pcscd.port}`,
]);
const client = join(pcscd.folder, "apdu-client");
compileC(fileURLToPath(new URL("./support/apdu-client.c", import.meta.url)), client, {
  flags: ["-I/usr/include/PCSC", "-lpcsclite"],
  packages: "libpcsclite-dev",
});

/** Milliseconds of each run of a script by the C client. */
function byC(script: readonly string[], count: number): number[] {
  const file = join(pcscd.folder, "script");
  writeFileSync(file, script.join("\n"));
  const run = spawnSync(client, [`${VPCD_READER}`, file, String(count)], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`the C client ended with ${run.status}`);
  return run.stdout
    .trim()
    .split("\n")
    .map((us) => Number(us) / 1_000);
}

/** Round trips by what runs inside the card child. */
async function byTransport(count: number): Promise<number[]> {
  let seen = () => {};
  const there = new Promise<void>((done) => {
    seen = done;
  });
  const transport = createPcscTransport(VPCD_READER, {
    available: () => {},
    unavailable: () => {},
    presence: (present) => present && seen(),
    // Only at the end, when this pcscd is gone.
    giveUp: () => {},
  });
  await there;
  unwrap(await transport.connect());
  unwrap(await transport.transmit(Buffer.from(SELECT_JPKI)));
  const samples = await sampleMs(count, async () => unwrap(await transport.transmit(SELECT_TOKEN)));
  await transport.disconnect();
  return samples;
}

/** Everything that an issuance asks of a card. */
async function authenticate(session: CardSession): Promise<void> {
  unwrap(await session.identify());
  unwrap(await session.verifyPin(new Personal("1234")));
  unwrap(await session.readAuthCertificate());
  unwrap(await session.signDigest(createHash("sha256").update("request").digest()));
  unwrap(await session.readFourItems(new Personal("1234")));
}

/** Whole authentications by the device with its child process, and the commands that one of them sends. */
async function byDevice(count: number): Promise<{ samples: number[]; script: string[] }> {
  const reader = unwrap(
    createCardReader({ name: "card", address: `pcsc:${VPCD_READER}`, clock: systemClock, logger: silentLogger }),
  );
  await untilPresence(reader, true);
  const samples: number[] = [];
  for (let i = -1; i < count; i++) {
    const session = unwrap(await reader.connect());
    const from = systemClock.monotonicMs();
    await authenticate(session);
    if (i >= 0) samples.push(systemClock.monotonicMs() - from);
    await session.close();
  }
  const script: string[] = [];
  plastic.send("tell");
  await once(plastic, "message");
  plastic.on("message", (apdu) => script.push(String(apdu)));
  const session = unwrap(await reader.connect());
  await authenticate(session);
  await session.close();
  plastic.removeAllListeners("message");
  plastic.send("enough");
  await once(plastic, "message");
  await reader.close();
  return { samples, script: script.filter((apdu) => apdu !== "so be it") };
}

try {
  const device = await byDevice(runs);
  // One after the other and back again, so that a machine that slows down slows both.
  const trips: { ours: number[]; c: number[] } = { ours: [], c: [] };
  const count = runs * ROUND_TRIPS_A_RUN;
  trips.c.push(...(byC([SELECT_JPKI.toString("hex")], 1) && byC([SELECT_TOKEN.toString("hex")], count / 2)));
  trips.ours.push(...(await byTransport(count)));
  trips.c.push(...byC([SELECT_TOKEN.toString("hex")], count / 2));
  const whole = byC(device.script, runs);
  const floor = quantile(whole, 0.5);
  const measurements: Measurement[] = [
    {
      metric: "APDU round trip inside the card child",
      unit: "ms",
      samples: trips.ours,
      floor: { what: "the same command by a C client", samples: trips.c },
    },
    {
      metric: `authentication, ${device.script.length} commands`,
      unit: "ms",
      samples: device.samples,
      floor: { what: "the same commands by a C client", samples: whole },
    },
    {
      metric: "authentication's own time (less the C client's)",
      unit: "ms",
      samples: device.samples.map((ms) => ms - floor),
    },
  ];
  report("card", measurements, values.json ?? false);
} finally {
  plastic.disconnect();
  await pcscd.destroy();
}
process.exit(0);
