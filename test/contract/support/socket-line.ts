import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../../../src/kernel/clock.ts";
import { fail } from "../../../src/kernel/result.ts";
import { createCable } from "./cable.ts";
import type { Direction, Line } from "./line.ts";

/** Where a socket listens or is reached. */
export type SocketAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** A line in the middle of real sockets: what dials in is passed on to `target`. */
export interface SocketLine extends Line {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens and passes every connection on to `target`. `dialler` says whose side dials in: a driver that connects to its
 * machine, or a machine (a card) that connects to the driver.
 */
export async function createSocketLine(options: {
  readonly clock: Pick<Clock, "setTimer">;
  readonly listenAt: SocketAddress;
  readonly target: SocketAddress;
  readonly dialler: "driver" | "machine";
  /** Cuts a connection's bytes into frames, one cutter for each direction: the system joins what was sent apart. */
  readonly frames?: () => (bytes: Uint8Array) => readonly Uint8Array[];
}): Promise<SocketLine> {
  const { clock, dialler } = options;
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  const cable = createCable(clock, () => {
    for (const { near, far } of pairs) {
      // What passed already still arrives, as it does from a cable that is pulled behind it.
      near.destroySoon();
      far.destroySoon();
    }
  });

  function pass(dir: Direction, bytes: Uint8Array, to: Socket): void {
    const out = cable.enter(dir, bytes);
    cable.arrive(() => {
      for (const part of out) if (part.length > 0 && !to.destroyed) to.write(part);
    });
  }

  const server: Server = createServer({ allowHalfOpen: false }, (near) => {
    if (cable.isPulled()) return void near.destroy();
    const far = connect(options.target as { path: string });
    const pair = { near, far };
    pairs.add(pair);
    near.on("error", () => {});
    far.on("error", () => {});
    near.on("close", () => {
      pairs.delete(pair);
      far.destroy();
    });
    far.on("close", () => near.destroy());
    const [out, back]: readonly [Direction, Direction] = dialler === "driver" ? ["tx", "rx"] : ["rx", "tx"];
    const cutters = { out: options.frames?.(), back: options.frames?.() };
    near.pause();
    void cable.started.then(() => {
      near.on("data", (bytes: Buffer) => {
        const copy = Uint8Array.from(bytes);
        for (const frame of cutters.out?.(copy) ?? [copy]) pass(out, frame, far);
      });
      far.on("data", (bytes: Buffer) => {
        const copy = Uint8Array.from(bytes);
        for (const frame of cutters.back?.(copy) ?? [copy]) pass(back, frame, near);
      });
      near.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.listenAt as { path: string }, resolve);
  });

  const at = server.address();
  return {
    port: typeof at === "object" && at !== null ? at.port : 0,
    opener: { address: "socket:", open: async () => fail("K-LINK-103") },
    ...cable.hands,
    inject(dir, bytes) {
      for (const { near, far } of pairs) {
        const to = (dir === "tx") === (dialler === "driver") ? far : near;
        if (!to.destroyed) to.write(bytes);
      }
    },
    async close() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if ("path" in options.listenAt) await rm(options.listenAt.path, { force: true });
    },
  };
}
