import type { Clock } from "../../../src/kernel/clock.ts";
import { createListeners } from "../../contract/listeners.ts";
import type { JobStateName, PrinterStateName } from "../ipp/registry.ts";
import { type EnginePage, hasEnded, type SimulatedJob } from "./jobs.ts";

/** What can stand in the engine's way, as `printer-state-reasons` names it. */
export const printerFaults = ["media-jam", "door-open", "toner-empty", "media-empty", "paused"] as const;
export type PrinterFault = (typeof printerFaults)[number];

/** One side that was printed. `waste` sides were on a sheet that jammed: they never reached the tray. */
export interface PrintedSide {
  readonly documentId: string;
  readonly side: "front" | "back";
  readonly page: EnginePage;
  waste: boolean;
}

export interface EngineOptions {
  readonly clock: Clock;
  /** Time in which one sheet passes: half for its front, half for its back. */
  readonly sheetMs: number;
  readonly sheetsInTray: number;
}

/** The paper path: a tray below, the engine, a tray above. */
export interface Engine {
  readonly state: () => PrinterStateName;
  readonly reasons: () => readonly string[];
  readonly current: () => SimulatedJob | undefined;
  readonly sides: readonly PrintedSide[];
  /** `printer-impressions-completed`: over the printer's life, waste included. */
  readonly impressions: () => number;
  readonly sheetsInTray: () => number;
  /** What the tray holds: the most that ever lay in it. */
  readonly trayCapacity: () => number;
  readonly sheetsInOutput: () => number;
  /** Starts a job; false when the engine has one. */
  start(job: SimulatedJob): boolean;
  setFault(fault: PrinterFault, present: boolean): void;
  /** The engine stops with this fault as soon as a job has so many impressions. */
  stopAfterImpressions(impressions: number, fault: PrinterFault): void;
  loadPaper(sheets: number): void;
  /** Takes everything out of the output tray; how many sheets. */
  takePaper(): number;
  readonly onPaper: (listener: (present: boolean) => void) => () => void;
  /** A job has ended and the engine can take the next. */
  readonly onFree: (listener: () => void) => () => void;
  /** Called when anything that can be seen changed: paper, faults, a job's begin and end. */
  readonly onChange: (listener: () => void) => () => void;
  /** From now on the engine does not go on by itself when what stopped it is mended: it waits for `resume`. */
  setStaysStopped(stays: boolean): void;
  /** Goes on after a pause at the panel, or after a stop that has been mended. */
  resume(): void;
  /** Something changed that a waiting engine looks at. */
  wake(): void;
  /** Power off: what is printed half stays in the engine as waste, the job is forgotten. */
  reset(): void;
}

/** A simplex-minded model of a duplex engine: sheets one after the other, each front then back. */
export function createEngine(options: EngineOptions): Engine {
  const { clock } = options;
  const faults = new Set<PrinterFault>();
  const paper = createListeners<boolean>();
  const free = createListeners<void>();
  const changes = createListeners<void>();
  const sides: PrintedSide[] = [];
  let job: SimulatedJob | undefined;
  let impressions = 0;
  let trayIn = options.sheetsInTray;
  let trayHolds = trayIn;
  let trayOut = 0;
  let armed: { readonly impressions: number; readonly fault: PrinterFault } | undefined;
  let waiting: (() => void) | undefined;
  let staysStopped = false;
  let latched = false;
  const startedAtMs = clock.monotonicMs();
  const seconds = () => Math.floor((clock.monotonicMs() - startedAtMs) / 1000) + 1;

  const reasons = (): readonly string[] => {
    const list = printerFaults.filter((fault) => faults.has(fault) || (fault === "media-empty" && trayIn === 0));
    return list.length > 0 ? list : ["none"];
  };
  const blocked = () => {
    const hindered = reasons()[0] !== "none";
    if (hindered && staysStopped) latched = true;
    return hindered || latched;
  };
  const wake = () => {
    const resume = waiting;
    waiting = undefined;
    resume?.();
  };

  /** Resolves when nothing stands in the way; false when the job is to end instead. */
  const clear = async (mine: SimulatedJob): Promise<boolean> => {
    while (mine === job && !mine.cancelling && blocked()) {
      changes.emit();
      mine.state = "processing-stopped";
      mine.reason = "printer-stopped";
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    if (mine !== job || mine.cancelling) return false;
    mine.state = "processing";
    mine.reason = "job-printing";
    return true;
  };
  const pass = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve));

  /** Prints one sheet; `jammed` when it must be printed again, `ended` when the job ends with the sheet unfinished. */
  const sheet = async (mine: SimulatedJob, pages: readonly EnginePage[], first: number): Promise<Passage> => {
    if (!(await clear(mine))) return "ended";
    trayIn -= 1;
    const onSheet: PrintedSide[] = [];
    const lose = () => {
      for (const side of onSheet) side.waste = true;
    };
    for (const [index, page] of pages.entries()) {
      await pass(options.sheetMs / 2);
      if (mine !== job) {
        lose();
        return "ended";
      }
      impressions += 1;
      mine.impressionsCompleted = Math.max(mine.impressionsCompleted, first + index + 1);
      const side: PrintedSide = { documentId: mine.name, side: index === 0 ? "front" : "back", page, waste: false };
      sides.push(side);
      onSheet.push(side);
      changes.emit();
      if (armed && mine.impressionsCompleted >= armed.impressions) {
        const { fault } = armed;
        armed = undefined;
        faults.add(fault);
        const goesOn = await clear(mine);
        if (!goesOn || fault === "media-jam") {
          lose();
          return goesOn ? "jammed" : "ended";
        }
      }
    }
    mine.sheetsCompleted += 1;
    trayOut += 1;
    if (trayOut === 1) paper.emit(true);
    changes.emit();
    return "delivered";
  };

  const finish = (mine: SimulatedJob, state: JobStateName, reason: string) => {
    if (mine !== job) return;
    mine.state = state;
    mine.reason = reason;
    mine.completedAtSeconds = seconds();
    // What was printed is in `sides`; a job that is kept for its history holds no document.
    mine.pages = [];
    job = undefined;
    free.emit();
    changes.emit();
  };

  const run = async (mine: SimulatedJob) => {
    for (let first = 0; first < mine.pages.length; ) {
      if (mine.cancelling) return finish(mine, "canceled", "job-canceled-by-user");
      const passage = await sheet(mine, mine.pages.slice(first, first + 2), first);
      if (passage === "ended") return finish(mine, "canceled", "job-canceled-by-user");
      if (passage === "delivered") first += 2;
    }
    finish(
      mine,
      mine.cancelling ? "canceled" : "completed",
      mine.cancelling ? "job-canceled-by-user" : "job-completed-successfully",
    );
  };

  return {
    state: () => (blocked() ? "stopped" : job ? "processing" : "idle"),
    reasons,
    current: () => job,
    sides,
    impressions: () => impressions,
    sheetsInTray: () => trayIn,
    trayCapacity: () => trayHolds,
    sheetsInOutput: () => trayOut,
    start(next) {
      if (job && !hasEnded(job)) return false;
      job = next;
      next.state = "processing";
      next.processingAtSeconds = seconds();
      changes.emit();
      void run(next);
      return true;
    },
    setFault(fault, present) {
      if (present) faults.add(fault);
      // A stop is noticed when it begins, not when somebody asks.
      blocked();
      if (!present) faults.delete(fault);
      changes.emit();
      wake();
    },
    stopAfterImpressions(count, fault) {
      armed = { impressions: count, fault };
    },
    loadPaper(sheets) {
      blocked();
      trayIn += sheets;
      trayHolds = Math.max(trayHolds, trayIn);
      changes.emit();
      wake();
    },
    takePaper() {
      const taken = trayOut;
      trayOut = 0;
      if (taken > 0) {
        paper.emit(false);
        changes.emit();
      }
      return taken;
    },
    onPaper: paper.add,
    onFree: free.add,
    onChange: changes.add,
    wake,
    setStaysStopped(stays) {
      staysStopped = stays;
    },
    resume() {
      latched = false;
      faults.delete("paused");
      changes.emit();
      wake();
    },
    reset() {
      job = undefined;
      latched = false;
      faults.delete("paused");
      changes.emit();
      wake();
    },
  };
}

type Passage = "delivered" | "jammed" | "ended";
