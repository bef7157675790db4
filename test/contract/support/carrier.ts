import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openerFor } from "../../../devices/contract/openers.ts";
import type { BytePort } from "../../../devices/contract/port.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { unwrap } from "../../../src/kernel/result.ts";
import { startPlug } from "../../../src/town/bench/plug.ts";
import type { Line } from "./line.ts";
import { createLine } from "./memory-line.ts";
import { createPtyLine } from "./pty-line.ts";
import { realTime } from "./real-time.ts";
import { createSocketLine } from "./socket-line.ts";
import { steppedTime } from "./stepped-time.ts";
import type { Time } from "./world.ts";

/** What carries the bytes of a world, and the time that goes with it. */
export interface Carrier {
  readonly time: Time;
  readonly machineClock: Clock;
  lineTo(accept: (port: BytePort) => void): Promise<Line>;
  /** Ends the lines; the device is closed already. */
  end(): Promise<void>;
}

/** Driver and machine in one process, in stepped time. */
export function inMemory(): Carrier {
  const time = steppedTime();
  return {
    time,
    machineClock: time.machineClock,
    lineTo: async (accept) => createLine(time.machineClock, accept),
    async end() {},
  };
}

/** A pseudo terminal of the system, in real time. */
export function onPty(): Carrier {
  const time = realTime();
  const ends: (() => Promise<void>)[] = [];
  return {
    time,
    machineClock: time.clock,
    async lineTo(accept) {
      const line = await createPtyLine(time.clock, accept);
      ends.push(line.close);
      return line;
    },
    async end() {
      await Promise.all(ends.map((end) => end()));
    },
  };
}

/** A unix socket of the system, in real time. */
export function onUnixSocket(): Carrier {
  const time = realTime();
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-socket-"));
  const ends: (() => Promise<unknown>)[] = [];
  return {
    time,
    machineClock: time.clock,
    async lineTo(accept) {
      const [listenAt, target] = [{ path: join(folder, "line") }, { path: join(folder, "machine") }];
      const machine = unwrap(await startPlug(target.path, accept));
      const line = await createSocketLine({ clock: time.clock, listenAt, target, dialler: "driver" });
      ends.push(line.close, machine.close);
      return { ...line, opener: unwrap(openerFor(`unix:${listenAt.path}`)) };
    },
    async end() {
      for (const end of ends) await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
