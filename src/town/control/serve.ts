import type { Failure } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { RendererLie } from "../lies/lies.ts";
import type { TownProcess } from "../supervisor/child-process.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { type ToBench, type TownReport, toSupervisor } from "./protocol.ts";

/** What a bench may ask of the town that it belongs to. */
export interface ControlledTown {
  readonly supervisor: Pick<Supervisor, "reports" | "onChange" | "halt" | "resume" | "kill">;
  lies(): Readonly<Record<string, RendererLie>>;
  lie(municipality: string, lie: RendererLie): Promise<Result<void>>;
}

/**
 * Serves one bench process over its IPC channel until it ends. The bench cannot stop itself: nobody could start it again.
 * What is no message of the protocol is dropped.
 */
export function serveBench(
  bench: Pick<TownProcess, "name" | "send" | "onMessage" | "ended">,
  town: ControlledTown,
): void {
  const { supervisor } = town;
  const say = (message: ToBench) => bench.send(message);
  const tell = () => {
    const report: TownReport = { processes: [...supervisor.reports()], lies: { ...town.lies() } };
    say({ say: "town", town: report });
  };
  const carryOut = async (name: string, action: "stop" | "start" | "kill"): Promise<Result<void>> => {
    if (name === bench.name) return fail("K-TOWN-107", { process: name, why: "the bench cannot stop itself" });
    if (action === "kill") return supervisor.kill(name);
    return action === "stop" ? supervisor.halt(name) : supervisor.resume(name);
  };
  bench.onMessage(async (message) => {
    const asked = toSupervisor.safeParse(message);
    if (!asked.success) return;
    const { data } = asked;
    let done: Result<void> = ok();
    if (data.ask === "process") done = await carryOut(data.name, data.action);
    if (data.ask === "lie") done = await town.lie(data.municipality, data.lie);
    tell();
    say({ say: "answer", id: data.id, ...(done.ok ? {} : { failure: flat(done.error) }) });
  });
  const forget = supervisor.onChange(tell);
  void bench.ended.then(forget);
}

function flat({ code, detail }: Failure): NonNullable<Extract<ToBench, { say: "answer" }>["failure"]> {
  return { code, detail: { ...detail } };
}
