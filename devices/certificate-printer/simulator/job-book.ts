import type { Engine } from "./engine.ts";
import { type EnginePage, hasEnded, type SimulatedJob } from "./jobs.ts";

/** What is known of a job when it is made. */
export type JobFacts = Pick<SimulatedJob, "name" | "user" | "impressions" | "kOctets">;

/** The jobs of the printer: the one that is printed, those that wait, and the last hundred that have ended. */
export interface JobBook {
  readonly jobs: readonly SimulatedJob[];
  /** A job without its document; undefined when too many have not ended. */
  create(facts: JobFacts): SimulatedJob | undefined;
  /** The document of a job: printed now, or when the engine is free. */
  print(job: SimulatedJob, pages: readonly EnginePage[]): void;
  abort(job: SimulatedJob, reason: string): void;
  /** False when there is no such job or it has ended. */
  cancel(id: number): boolean;
  find(id: number): SimulatedJob | undefined;
  /** A job has not ended. */
  occupied(): boolean;
  /** A document waits behind the one that is printed: there is memory for no other. */
  documentWaits(): boolean;
  /** Aborts jobs that were made and never got their document (RFC 8011, section 5.4.31). */
  sweep(): void;
  /** A printer that was switched off forgets its jobs; numbers begin anew. */
  forget(): void;
}

/** Seconds after which a job without its document is given up, as the printer announces it. */
export const MULTIPLE_OPERATION_TIME_OUT_S = 60;
const MAX_OPEN_JOBS = 10;
const MAX_ENDED_JOBS = 100;

/** A book over an engine. */
export function createJobBook(engine: Engine, upTimeSeconds: () => number): JobBook {
  const jobs: SimulatedJob[] = [];
  let lastJobId = 0;
  const open = () => jobs.filter((job) => !hasEnded(job));
  const waiting = () => jobs.find((job) => job.state === "pending" && job.pages.length > 0);

  const end = (job: SimulatedJob, state: "aborted" | "canceled", reason: string) => {
    job.state = state;
    job.reason = reason;
    job.pages = [];
    job.completedAtSeconds = upTimeSeconds();
  };
  const startNext = () => {
    const next = waiting();
    if (next) engine.start(next);
  };
  engine.onFree(startNext);

  return {
    jobs,
    create(facts) {
      if (open().length >= MAX_OPEN_JOBS) return undefined;
      const ended = jobs.filter(hasEnded);
      for (const old of ended.slice(0, Math.max(0, ended.length + 1 - MAX_ENDED_JOBS)))
        jobs.splice(jobs.indexOf(old), 1);
      lastJobId += 1;
      const job: SimulatedJob = {
        ...facts,
        id: lastJobId,
        state: "pending",
        reason: "job-incoming",
        impressionsCompleted: 0,
        sheetsCompleted: 0,
        cancelling: false,
        pages: [],
        createdAtSeconds: upTimeSeconds(),
        processingAtSeconds: undefined,
        completedAtSeconds: undefined,
      };
      jobs.push(job);
      return job;
    },
    print(job, pages) {
      job.pages = pages;
      job.reason = "none";
      if (job.impressions === 0) job.impressions = pages.length;
      startNext();
    },
    abort: (job, reason) => end(job, "aborted", reason),
    cancel(id) {
      const job = jobs.find((candidate) => candidate.id === id);
      if (!job || hasEnded(job)) return false;
      job.cancelling = true;
      if (job === engine.current()) engine.wake();
      else end(job, "canceled", "job-canceled-by-user");
      return true;
    },
    find: (id) => jobs.find((job) => job.id === id),
    occupied: () => open().length > 0,
    documentWaits: () => waiting() !== undefined,
    sweep() {
      const oldest = upTimeSeconds() - MULTIPLE_OPERATION_TIME_OUT_S;
      for (const job of open()) {
        if (job.reason === "job-incoming" && job.createdAtSeconds < oldest) end(job, "aborted", "aborted-by-system");
      }
    },
    forget() {
      jobs.length = 0;
      lastJobId = 0;
    },
  };
}
