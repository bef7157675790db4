import type { Clock } from "../../kernel/clock.ts";
import { withTimeout } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { PanelStep, PanelStepName, PanelView, Touch } from "../../protocol/panel.ts";
import type { BenchClient } from "../bench/client.ts";
import type { PanelClient } from "./panel-client.ts";
import type { CitizenWish } from "./wish.ts";

/** How the visit ended, as the citizen saw it. */
export interface Visit {
  /** `issued` when the kiosk asked to take everything after an issuance; otherwise the last ending shown. */
  readonly ending: Extract<PanelStep, { step: "ended" }> | { readonly step: "issued" };
  readonly insertedYen: number;
  /** What lay in the coin tray and was taken. */
  readonly takenYen: number;
  readonly sheetsTaken: number;
  /** Every step in the order in which it was shown. */
  readonly steps: readonly PanelStepName[];
}

type Step<S extends PanelStepName> = Extract<PanelStep, { step: S }>;

interface Progress {
  insertedYen: number;
  takenYen: number;
  sheetsTaken: number;
  coinsFromPurse: number;
  ending: Visit["ending"] | undefined;
}

/**
 * Drives one visit at a kiosk: answers each view as it comes, with the hands at the bench, without thinking time. Ends
 * when the kiosk greets the next citizen, or closes after this one. `K-TOWN-104` when no view comes within `stallMs`.
 */
export async function visit(options: {
  readonly panel: PanelClient;
  readonly bench: BenchClient;
  readonly wish: CitizenWish;
  readonly clock: Clock;
  readonly stallMs: number;
  readonly onStep: (view: PanelView) => void;
}): Promise<Result<Visit>> {
  const { panel, wish } = options;
  const steps: PanelStepName[] = [];
  const progress: Progress = { insertedYen: 0, takenYen: 0, sheetsTaken: 0, coinsFromPurse: 0, ending: undefined };
  let view = panel.current() ?? (await panel.after(-1));
  for (;;) {
    if (view === undefined) return fail("K-NET-101", { url: "panel" });
    const { step } = view.view;
    if (steps.at(-1) !== step) steps.push(step);
    options.onStep(view);
    if (step === "takeEverything" && view.view.issued) progress.ending = { step: "issued" };
    if (step === "ended") progress.ending = view.view;
    if ((step === "language" || step === "outOfService") && progress.ending) {
      return ok({ ...progress, ending: progress.ending, steps });
    }
    const acted = await act(view.view, wish, progress, options);
    if (!acted.ok) return acted;
    for (const touch of acted.value) panel.touch(touch);
    const { revision }: PanelView = view;
    const next: Result<PanelView | undefined> = await withTimeout(
      options.clock,
      { timeoutMs: options.stallMs, what: step },
      async () => ok(await panel.after(revision)),
    );
    if (!next.ok) return fail("K-TOWN-104", { step, ...whyClosed(view.view) }, next.error);
    view = next.value;
  }
}

/** The code that a closed kiosk shows: which device, or what else, keeps it from serving. */
function whyClosed(view: PanelStep): { readonly code?: string } {
  const code = view.step === "outOfService" ? view.reason.params?.code : undefined;
  return code === undefined ? {} : { code: String(code) };
}

type Hands = { readonly bench: BenchClient };

/** What to touch on a view; what the hands do at the machine is done before it returns. */
async function act(view: PanelStep, wish: CitizenWish, progress: Progress, { bench }: Hands): Promise<Result<Touch[]>> {
  switch (view.step) {
    case "language":
      return ok([{ touch: "chooseLanguage", language: wish.language }]);
    case "notice":
      return ok([{ touch: "agree" }]);
    case "card":
      return hands(bench.call("putCard", { municipality: wish.municipality, residentId: wish.residentId }));
    case "municipality":
      return ok([{ touch: "chooseMunicipality", code: wish.municipality, relation: wish.relation }]);
    case "pin":
      return ok([pinTouch(view, wish)]);
    case "removeCard":
      return hands(bench.call("takeCard", {}));
    case "choose":
      return ok([chooseTouch(view, wish)]);
    case "options":
      return ok([optionsTouch(view, wish)]);
    case "copies":
      if (wish.copies > view.maxCopies) return fail("K-TOWN-106", { copies: wish.copies, maxCopies: view.maxCopies });
      return ok([view.copies === wish.copies ? { touch: "proceed" } : { touch: "setCopies", copies: wish.copies }]);
    case "confirm":
    case "withoutReceipt":
      return ok([{ touch: "proceed" }]);
    case "pay":
      return pay(view, wish, progress, bench);
    case "takeEverything":
    case "ended":
      return takeAll(view, progress, bench);
    default:
      return ok([]);
  }
}

async function hands(done: Promise<Result<unknown>>): Promise<Result<Touch[]>> {
  const result = await done;
  return result.ok ? ok([]) : result;
}

function pinTouch(view: Step<"pin">, wish: CitizenWish): Touch {
  const digit = wish.pin[view.digits];
  return digit === undefined ? { touch: "pinEnter" } : { touch: "pinDigit", digit: Number(digit) };
}

function chooseTouch(view: Step<"choose">, wish: CitizenWish): Touch {
  const wanted = view.items.find((item) => item.kind === wish.certificate);
  if (!wanted) return { touch: "cancel" };
  return wanted.selected ? { touch: "proceed" } : { touch: "selectCertificate", kind: wanted.kind };
}

/** One change at a time, since each touch must carry the revision of the view that shows the one before. */
function optionsTouch(view: Step<"options">, wish: CitizenWish): Touch {
  if (view.scopeAllowed && view.scope !== wish.scope) return { touch: "chooseScope", scope: wish.scope };
  if (view.scope === "members") {
    const wrong = view.members.find((m, i) => m.selected !== wish.memberIndexes.includes(i));
    if (wrong) return { touch: "toggleMember", ref: wrong.ref };
  }
  const differing = view.options.find((o) => o.allowed && o.value !== (wish.options[o.option] ?? false));
  if (differing) return { touch: "setOption", option: differing.option, value: !differing.value };
  return { touch: "proceed" };
}

/** Puts in the next coin when the last one has been counted. */
async function pay(
  view: Step<"pay">,
  wish: CitizenWish,
  progress: Progress,
  bench: BenchClient,
): Promise<Result<Touch[]>> {
  const coin = wish.purse[progress.coinsFromPurse % wish.purse.length];
  const counted = view.insertedYen === progress.insertedYen;
  if (coin === undefined || !counted || view.dueYen <= 0 || view.doing) return ok([]);
  progress.coinsFromPurse += 1;
  progress.insertedYen += coin;
  return hands(bench.call("insertCoin", { denomination: coin }));
}

async function takeAll(
  view: Step<"takeEverything"> | Step<"ended">,
  progress: Progress,
  bench: BenchClient,
): Promise<Result<Touch[]>> {
  if (view.left.includes("card")) {
    const taken = await bench.call("takeCard", {});
    if (!taken.ok) return taken;
  }
  const coins = await bench.call<Record<string, number>>("takeCoins", {});
  if (!coins.ok) return coins;
  for (const [denomination, count] of Object.entries(coins.value)) progress.takenYen += Number(denomination) * count;
  const sheets = await bench.call<number>("takePaper", {});
  if (!sheets.ok) return sheets;
  progress.sheetsTaken += sheets.value;
  const receipt = await bench.call("takeReceipt", {});
  if (!receipt.ok) return receipt;
  return ok(view.step === "ended" && view.left.length === 0 ? [{ touch: "dismiss" }] : []);
}
