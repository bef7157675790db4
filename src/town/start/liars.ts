import { fail, ok, type Result } from "../../kernel/result.ts";
import { LIE_VARIABLE, type RendererLie } from "../lies/lies.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { type TownEntries, townEntries } from "./entries.ts";

const ISSUING_SERVER = "issuing-server-";

/** Exchanges issuing servers: the honest program knows no lies, so the process itself is another one while it lies. */
export function createLiars(supervisor: Pick<Supervisor, "restart" | "find">, changed: Partial<TownEntries>) {
  const entries = { ...townEntries, ...changed };
  const told = new Map<string, RendererLie>();
  /** One exchange after the other: two at once would leave it open which of them holds. */
  let last: Promise<unknown> = Promise.resolve();

  const exchange = async (municipality: string, lie: RendererLie): Promise<Result<void>> => {
    const name = `${ISSUING_SERVER}${municipality}`;
    if (!supervisor.find(name)) return fail("K-TOWN-107", { process: name });
    if ((told.get(municipality) ?? "none") === lie) return ok();
    const honest = lie === "none";
    // Said before it runs: whatever starts under this name from now on is this program.
    told.set(municipality, lie);
    const started = await supervisor.restart(name, "stop", {
      entry: honest ? entries.issuingServer : entries.lyingIssuingServer,
      ...(honest ? {} : { environment: { [LIE_VARIABLE]: lie } }),
    });
    return started.ok ? ok() : started;
  };

  return {
    /** By municipality code; one that is not named is honest. */
    lies: (): Readonly<Record<string, RendererLie>> => Object.fromEntries(told),
    lie(municipality: string, lie: RendererLie): Promise<Result<void>> {
      const next = last.then(() => exchange(municipality, lie));
      last = next;
      return next;
    },
  };
}
