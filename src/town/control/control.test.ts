import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { RendererLie } from "../lies/lies.ts";
import type { ProcessReport } from "../supervisor/supervisor.ts";
import { createTownControl, type MessageChannel } from "./channel.ts";
import { serveBench } from "./serve.ts";

/** A bench and a supervisor with a channel between them, as JSON as between processes. */
function rig() {
  const clock = createFakeClock();
  const copy = (message: unknown): unknown => JSON.parse(JSON.stringify(message));
  let toSupervisor: (message: unknown) => void = () => {};
  let toBench: (message: unknown) => void = () => {};
  let changed: () => void = () => {};
  let processes: ProcessReport[] = [{ name: "issuing-server-482013", state: "running", pid: 42 }];
  const lies: Record<string, RendererLie> = {};
  const asked: string[] = [];
  const done = (what: string, name: string): Result<void> => {
    asked.push(`${what} ${name}`);
    return name === "nobody" ? fail("K-TOWN-107", { process: name }) : ok();
  };
  serveBench(
    {
      name: "bench",
      send: (message) => toBench(copy(message)),
      onMessage: (listener) => {
        toSupervisor = listener;
      },
      ended: new Promise(() => {}),
    },
    {
      supervisor: {
        reports: () => processes,
        onChange: (listener) => {
          changed = listener;
          return () => {};
        },
        halt: async (name) => done("halt", name),
        resume: async (name) => done("resume", name),
        kill: (name) => done("kill", name),
      },
      lies: () => lies,
      async lie(municipality, lie) {
        lies[municipality] = lie;
        return ok();
      },
    },
  );
  const channel: MessageChannel = {
    send: (message) => toSupervisor(copy(message)),
    onMessage: (listener) => {
      toBench = listener;
    },
  };
  return {
    clock,
    channel,
    asked,
    soup: (message: unknown) => toSupervisor(message),
    soupToBench: (message: unknown) => toBench(message),
    become: (next: ProcessReport[]) => {
      processes = next;
      changed();
    },
  };
}

describe("the channel between bench and supervisor", () => {
  it("carries out what the bench asks and tells how the town fares", async () => {
    const { clock, channel, asked } = rig();
    const control = createTownControl(channel, clock);
    expect(await control.process("kiosk", "kill")).toEqual(ok());
    expect(await control.process("kiosk", "stop")).toEqual(ok());
    expect(await control.process("kiosk", "start")).toEqual(ok());
    expect(asked).toEqual(["kill kiosk", "halt kiosk", "resume kiosk"]);
    expect(await control.lie("482013", "otherPerson")).toEqual(ok());
    expect(control.town()).toEqual({
      processes: [{ name: "issuing-server-482013", state: "running", pid: 42 }],
      lies: { 482013: "otherPerson" },
    });
  });

  it("tells the bench unasked when a process changes", async () => {
    const { clock, channel, become } = rig();
    const control = createTownControl(channel, clock);
    let told = 0;
    control.onChange(() => {
      told += 1;
    });
    become([{ name: "kiosk", state: "stopped" }]);
    expect(told).toBe(1);
    expect(control.town().processes).toEqual([{ name: "kiosk", state: "stopped" }]);
  });

  it("brings a refusal back with its code", async () => {
    const { clock, channel } = rig();
    const refused = await createTownControl(channel, clock).process("nobody", "stop");
    expect(refused).toMatchObject({ ok: false, error: { code: "K-TOWN-107", detail: { process: "nobody" } } });
  });

  it("does not let the bench stop itself", async () => {
    const { clock, channel, asked } = rig();
    const refused = await createTownControl(channel, clock).process("bench", "kill");
    expect(refused).toMatchObject({ ok: false, error: { code: "K-TOWN-107" } });
    expect(asked).toEqual([]);
  });

  it("drops what is no message of the protocol, in both directions", async () => {
    const { clock, channel, asked, soup, soupToBench } = rig();
    const control = createTownControl(channel, clock);
    for (const junk of [null, 7, "x", { ask: "process", id: 1, name: "kiosk", action: "format" }, { ask: "lie" }])
      soup(junk);
    for (const junk of [null, { say: "town", town: { processes: "all" } }, { say: "answer", id: "1" }])
      soupToBench(junk);
    expect(asked).toEqual([]);
    expect(await control.process("kiosk", "start")).toEqual(ok());
  });

  it("fails after a while when the supervisor says nothing, and at once without one", async () => {
    const { clock } = rig();
    const silent = createTownControl({ send: () => {}, onMessage: () => {} }, clock).process("kiosk", "stop");
    await clock.advance(120_000);
    expect(await silent).toMatchObject({ ok: false, error: { code: "K-NET-102" } });
    expect(await createTownControl(undefined, clock).process("kiosk", "stop")).toMatchObject({
      ok: false,
      error: { code: "K-TOWN-108" },
    });
  });
});
