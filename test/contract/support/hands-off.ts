import { describe, expect, it } from "vitest";
import type { Device } from "../../../devices/contract/device.ts";
import { isErrorCode } from "../../../src/kernel/errors/failure.ts";
import { realTime } from "./real-time.ts";
import { type Call, untilWord, watchCommands } from "./world.ts";

/** A machine that is not ours to break: a driver in front of it, and what may be asked of it. */
export interface HandsOffWorld {
  readonly device: Device;
  /** Commands that move neither money nor paper and spend nothing of a card. */
  session(call: Call): Promise<void>;
  /** One of them. */
  probe: Parameters<Call>[1];
  /** Ends what the rig started, the driver included. */
  dispose(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 15_000;
const ONLINE_MS = 30_000;

/** The clauses of the device contract that are safe on a real machine: nobody pulls a plug, nothing is paid or printed. */
export function handsOffContract(name: string, make: () => Promise<HandsOffWorld>): void {
  describe.concurrent(`${name}, by the clauses that move neither money nor paper,`, () => {
    const time = realTime();

    /** Runs `proof` on an online device, and proves that nothing is left of its commands. */
    async function on(proof: (world: HandsOffWorld, watch: ReturnType<typeof watchCommands>) => Promise<void>) {
      const world = await make();
      const watch = watchCommands(time, COMMAND_TIMEOUT_MS);
      try {
        await time.until(untilWord({ device: world.device, time }, "online"), ONLINE_MS);
        await proof(world, watch);
        await world.device.close();
        expect(watch.complaints()).toEqual([]);
      } finally {
        await world.dispose();
      }
    }

    it("comes online and completes every command of a session", () =>
      on(async (world, watch) => {
        await world.session(watch.call);
        expect(watch.outcomes.length).toBeGreaterThan(0);
        expect(watch.outcomes.filter(({ code }) => code !== "ok")).toEqual([]);
        expect(world.device.status().word).toBe("online");
      }));

    it("completes a command that is cancelled at once, and serves the next one", () =>
      on(async (world, watch) => {
        const cancelled = watch.call("cancelled", world.probe);
        watch.cancel();
        const result = await cancelled;
        if (!result.ok) expect(isErrorCode(result.error.code)).toBe(true);
        expect(await watch.call("next", world.probe)).toMatchObject({ ok: true });
      }));

    it("completes a command whose time-out is too short, and serves the next one", () =>
      on(async (world, watch) => {
        watch.limit(0, 1);
        await watch.call("too short", world.probe);
        expect(watch.outcomes[0]?.tookMs).toBeLessThan(COMMAND_TIMEOUT_MS);
        expect(await watch.call("next", world.probe)).toMatchObject({ ok: true });
      }));

    it("refuses every command once it is closed", () =>
      on(async (world, watch) => {
        await world.device.close();
        expect(await watch.call("too late", world.probe)).toMatchObject({ ok: false });
        expect(world.device.status()).toMatchObject({ word: "offline", cause: { code: "K-CMD-102" } });
      }));
  });
}
