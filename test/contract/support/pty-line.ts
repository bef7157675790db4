import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryPortPair } from "../../../devices/contract/memory-port.ts";
import { openerFor } from "../../../devices/contract/openers.ts";
import type { BytePort } from "../../../devices/contract/port.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { createCable } from "./cable.ts";
import type { Direction, Line } from "./line.ts";

/** A line over a pseudo terminal of the system: the driver opens it as the serial port that it takes it for. */
export interface PtyLine extends Line {
  /** `serial:/…`, as kiosk.yaml would have it. */
  readonly address: string;
  close(): Promise<void>;
}

const LOOK_AGAIN_MS = 5;
const START_TIMEOUT_MS = 10_000;

/** One plugged-in cable: socat's terminal on one side, the machine on the other. */
interface Plugged {
  readonly socat: ChildProcess;
  readonly machine: BytePort;
}

/** A line to a machine that serves each plugged-in cable by `accept`. Throws, naming the package, when socat is missing. */
export async function createPtyLine(
  clock: Pick<Clock, "setTimer">,
  accept: (port: BytePort) => void,
  settings = "baud=9600",
): Promise<PtyLine> {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-pty-"));
  const path = join(folder, "port");
  let now: Plugged | undefined;
  const cable = createCable(clock, pull);

  function plugIn(): void {
    const socat = spawn("socat", [`PTY,rawer,echo=0,link=${path}`, "STDIO"], { stdio: ["pipe", "pipe", "ignore"] });
    const [machine, far] = memoryPortPair();
    const plugged = { socat, machine };
    now = plugged;
    socat.on("error", () => {});
    socat.stdin.on("error", () => {});
    socat.stdout.on("data", (bytes: Buffer) => now === plugged && pass("tx", Uint8Array.from(bytes)));
    machine.onData((bytes) => now === plugged && pass("rx", bytes));
    accept(far);
  }

  /** The terminal is gone at once, as an adapter is that somebody pulls. */
  function pull(): void {
    now?.socat.kill("SIGTERM");
    now?.machine.close();
    now = undefined;
  }

  function deliver(dir: Direction, bytes: Uint8Array, to: Plugged | undefined): void {
    if (bytes.length === 0 || !to) return;
    if (dir === "tx") void to.machine.write(bytes);
    else to.socat.stdin?.write(bytes);
  }

  function pass(dir: Direction, bytes: Uint8Array): void {
    const to = now;
    const out = cable.enter(dir, bytes);
    cable.arrive(() => {
      for (const part of out) deliver(dir, part, to);
    });
  }

  plugIn();
  for (let waitedMs = 0; !existsSync(path); waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs > START_TIMEOUT_MS) throw new Error("no pseudo terminal: install socat (./madoguchi doctor --fix)");
    await new Promise<void>((resolve) => clock.setTimer(LOOK_AGAIN_MS, resolve));
  }
  const address = `serial:${path}?${settings}`;
  const opener = unwrap(openerFor(address));
  const plug = () => {
    cable.hands.plug();
    if (!now) plugIn();
  };
  return {
    address,
    opener: {
      address,
      async open(signal) {
        await cable.started;
        return await opener.open(signal);
      },
    },
    ...cable.hands,
    unplug(forMs) {
      cable.hands.unplug();
      if (forMs !== undefined) clock.setTimer(forMs, plug);
    },
    plug,
    inject: (dir, bytes) => deliver(dir, bytes, now),
    async close() {
      const ended = now && new Promise((resolve) => now?.socat.once("close", resolve));
      pull();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
