import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../../../test/support/fake-clock.ts";
import { createTimings } from "../timings.ts";
import { Workspace } from "../workspace.ts";
import type { Scene } from "./deps.ts";
import { acceptEscrow, openSlot } from "./money.ts";

/** A scene in which nothing was verified and whose devices and journal fail the test when they are touched. */
function unverifiedScene(): Scene {
  const untouchable = new Proxy({}, { get: (_, name) => expect.unreachable(`${String(name)} was touched`) });
  const clock = createFakeClock();
  return {
    deps: { clock, journal: untouchable, devices: { coinVendor: untouchable } },
    workspace: new Workspace("session"),
    timings: createTimings(clock),
    signal: new AbortController().signal,
    tell: () => expect.unreachable("nothing is told"),
  } as unknown as Scene;
}

const requestId = "019e0000-0000-7000-8000-000000000000";

describe("money", () => {
  test("cannot be put in while no documents of the request were verified, whatever asks for it", async () => {
    const opened = await openSlot(unverifiedScene(), { effect: "openSlot", requestId, feeYen: 200 });
    expect(opened).toEqual({ type: "slotFailed", code: "K-KIOSK-122" });
  });

  test("cannot be accepted while no documents of the request were verified, whatever asks for it", async () => {
    const effect = {
      effect: "acceptEscrow",
      requestId,
      insertedYen: 500,
      feeYen: 200,
      changeYen: 300,
      copies: 1,
    } as const;
    expect(await acceptEscrow(unverifiedScene(), effect)).toEqual({ type: "escrowRefused", code: "K-KIOSK-122" });
  });
});
