import { memoryPortPair } from "../../../devices/contract/memory-port.ts";
import type { BytePort } from "../../../devices/contract/port.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { fail, ok } from "../../../src/kernel/result.ts";
import { createCable } from "./cable.ts";
import type { Direction, Line } from "./line.ts";

/** A line to a machine that serves each connection by `accept`. `clock` is for plugs that are put back. */
export function createLine(clock: Pick<Clock, "setTimer">, accept: (port: BytePort) => void): Line {
  let ends: { readonly host: BytePort; readonly machine: BytePort } | undefined;
  const cable = createCable(clock, () => {
    ends?.host.close();
    ends?.machine.close();
    ends = undefined;
  });

  function pass(dir: Direction, bytes: Uint8Array): void {
    const joined = ends;
    const out = cable.enter(dir, bytes);
    cable.arrive(() => {
      for (const part of out) {
        if (part.length > 0) void (dir === "tx" ? joined?.machine : joined?.host)?.write(part);
      }
    });
  }

  return {
    opener: {
      address: "line:",
      async open() {
        await cable.started;
        if (cable.isPulled()) return fail("K-LINK-101", { address: "line:", why: "unplugged" });
        const [driver, host] = memoryPortPair();
        const [machine, far] = memoryPortPair();
        const joined = { host, machine };
        ends = joined;
        host.onData((bytes) => ends === joined && pass("tx", bytes));
        machine.onData((bytes) => ends === joined && pass("rx", bytes));
        host.onClose(() => machine.close());
        machine.onClose(() => host.close());
        accept(far);
        return ok(driver);
      },
    },
    ...cable.hands,
    inject(dir, bytes) {
      void (dir === "tx" ? ends?.machine : ends?.host)?.write(bytes);
    },
  };
}
