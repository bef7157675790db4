import { type Clock, type Timer, withTimeout } from "../../src/kernel/clock.ts";
import { failure } from "../../src/kernel/errors/failure.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { createCommandQueue } from "../contract/command-queue.ts";
import type { CommandOptions } from "../contract/device.ts";
import { createStatusHolder } from "../contract/status-holder.ts";
import { createJobClaims } from "./claims.ts";
import { createIppClient } from "./client.ts";
import { conditionAttributes, conditionOf, overlayAttributes, type PrinterCondition, statusWord } from "./condition.ts";
import { type PrinterDelays, printerDelays } from "./delays.ts";
import { followJob } from "./following.ts";
import { attribute, groupsOf, keyword } from "./ipp/message.ts";
import { jobByName, validateJob } from "./jobs.ts";
import { createQueueKeeper } from "./keeper.ts";
import type { CertificatePrinter, PrinterSupply } from "./port.ts";
import { cancelStaleJobs } from "./queue.ts";
import { submitJob } from "./submission.ts";
import { suppliesOf, supplyAttributes, supplyWarning } from "./supplies.ts";
import { createHttpTransport, type IppTransport, parseIppAddress } from "./transport.ts";

/** What the IPP printer offers beyond the port: for the staff menu. */
export interface IppCertificatePrinter extends CertificatePrinter {
  /** Identify-Printer: the printer blinks or beeps, so that staff find it. */
  identify(options?: CommandOptions): Promise<Result<void>>;
}

export interface CertificatePrinterOptions {
  readonly name: string;
  /** `ipp://host:port/path` */
  readonly address: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly delays?: Partial<PrinterDelays>;
  /** Ask the printer whether it takes overlays, and send them when it does; off unless `true`. */
  readonly overlays?: boolean;
  /** For tests: another way to the printer than HTTP. */
  readonly transport?: IppTransport;
}

/**
 * The A4 printer behind an `ipp:` address. It asks the printer for its state at once and again and again, so that
 * `status()` is fresh: `online`, `deviceBusy` (printing), `userError` (paper, door, toner, paused), `hardwareError`
 * (jam, other faults), `offline` (unreachable or speaking something else), each with its cause; little toner or paper is
 * the cause of a printer that works. `K-LINK-103` for an address that is none.
 */
export function createCertificatePrinter(options: CertificatePrinterOptions): Result<IppCertificatePrinter> {
  const address = parseIppAddress(options.address);
  if (!address.ok) return address;
  const { name, clock, logger } = options;
  const delays = { ...printerDelays, ...options.delays };
  const client = createIppClient(clock, address.value.uri, options.transport ?? createHttpTransport(address.value));
  const holder = createStatusHolder(clock, "offline");
  const queue = createCommandQueue(clock);
  const closing = new AbortController();
  const claims = createJobClaims(clock);
  const keeper = createQueueKeeper({ printer: name, client, claims, delays, logger });
  holder.onStatus((status) =>
    logger.event("printer.status", { printer: name, word: status.word, code: status.cause?.code ?? "" }),
  );

  /** Get-Printer-Attributes: what every command begins with, and what keeps the status. */
  const condition = async (signal: AbortSignal, more: readonly string[] = []): Promise<Result<PrinterCondition>> => {
    const asked = [...conditionAttributes, ...(options.overlays ? overlayAttributes : []), ...more];
    const operation = [attribute("requested-attributes", ...asked.map(keyword))];
    const limits = { signal, timeoutMs: delays.requestTimeoutMs };
    const answer = await client.call("Get-Printer-Attributes", { operation }, limits);
    if (!answer.ok) {
      if (answer.error.code !== "K-CMD-102") {
        keeper.notice(answer);
        holder.set("offline", answer.error);
      }
      return answer;
    }
    const [said] = groupsOf(answer.value, "printer");
    const judged = conditionOf(said);
    uuid = judged.uuid;
    takesOverlays = judged.takesOverlays;
    keeper.notice(ok(judged));
    if (more.length > 0) supplies = suppliesOf(said);
    holder.set(statusWord(judged), judged.fault ?? supplyWarning(supplies));
    return ok(judged);
  };

  /** The same before a job is handed over: what is stale in a printer that can print would come out first. */
  const tended = async (signal: AbortSignal): Promise<Result<PrinterCondition>> => {
    const now = await condition(signal);
    if (!now.ok || now.value.fault) return now;
    const clear = await keeper.tend(now.value, signal);
    if (clear.ok || signal.aborted) return now;
    return fail("K-PRINT-101", { why: "the queue cannot be looked through" }, clear.error);
  };

  /** A command that others need not wait for: with its time-out, ended by `close()`. */
  const command = <T>(
    what: string,
    given: CommandOptions | undefined,
    defaultTimeoutMs: number,
    work: (signal: AbortSignal, timeoutMs: number) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const timeoutMs = given?.timeoutMs ?? defaultTimeoutMs;
    const signal = given?.signal ? AbortSignal.any([closing.signal, given.signal]) : closing.signal;
    return withTimeout(clock, { what, timeoutMs, signal }, (inner) => work(inner, timeoutMs));
  };

  // Only the watch asks for supplies: what a command needs to know is shorter.
  let supplies: readonly PrinterSupply[] = [];
  let uuid: string | undefined;
  let takesOverlays = false;
  let nextWatch: Timer | undefined;
  // A printer that was just switched on is found soon; one that stays away is asked no more often than one that works.
  let retryMs = delays.retryFirstMs;
  const watch = async () => {
    const reached = await condition(closing.signal, supplyAttributes);
    // What cannot be tended to now is tried again with the next look.
    if (reached.ok) await keeper.tend(reached.value, closing.signal);
    if (closing.signal.aborted) return;
    const pauseMs = reached.ok ? delays.statusPollMs : Math.min(retryMs, delays.statusPollMs);
    retryMs = reached.ok ? delays.retryFirstMs : pauseMs * 2;
    nextWatch = clock.setTimer(pauseMs, () => void watch());
  };
  void watch();

  return ok({
    name,
    status: holder.status,
    onStatus: holder.onStatus,
    supplies: () => supplies,
    uuid: () => uuid,
    takesOverlays: () => takesOverlays,
    check: (given) =>
      command("check", given, delays.checkTimeoutMs, async (signal) => {
        const now = await condition(signal);
        if (!now.ok) return now;
        if (now.value.fault) return err(now.value.fault);
        return validateJob(client, now.value, { signal, timeoutMs: delays.requestTimeoutMs });
      }),
    async submit(job, given) {
      const timeoutMs = given?.timeoutMs ?? delays.submitTimeoutMs;
      const limits = { timeoutMs, signal: given?.signal, completion: "whenWorkEnds" } as const;
      const release = claims.claim(job.documentId);
      const result = await queue.run("submit", limits, (signal) =>
        submitJob({ printer: name, client, clock, logger, delays, condition: tended }, job, signal, timeoutMs),
      );
      release(result.ok ? delays.claimRestMs : 0);
      keeper.suspect();
      // The work only sees that its signal aborted; here it is known that nobody cancelled.
      const gaveUp = !result.ok && result.error.code === "K-CMD-102";
      if (gaveUp && !given?.signal?.aborted && !closing.signal.aborted) {
        return fail("K-CMD-101", { what: "submit", timeoutMs });
      }
      if (result.ok) {
        const { jobId, documentId, impressions } = result.value;
        logger.event("printer.jobTaken", { printer: name, documentId, jobId, impressions });
      }
      return result;
    },
    async settle(job, onProgress, given) {
      const timeoutMs = given?.timeoutMs ?? delays.settleTimeoutMs;
      const signal = given?.signal ? AbortSignal.any([closing.signal, given.signal]) : closing.signal;
      const release = claims.claim(job.documentId);
      const result = await followJob({ client, clock, delays, condition }, job, onProgress, signal, timeoutMs);
      release(0);
      keeper.suspect();
      if (result.ok) {
        const { state, impressionsCompleted, jobState } = result.value;
        const { documentId, jobId, impressions } = job;
        const fields = { printer: name, documentId, jobId, state, impressions, impressionsCompleted, jobState };
        logger.event("printer.jobSettled", fields);
      }
      return result;
    },
    async findJob(documentId, given) {
      const release = claims.claim(documentId);
      const result = await command("findJob", given, delays.findTimeoutMs, async (signal) => {
        const found = await jobByName(client, documentId, { signal, timeoutMs: delays.requestTimeoutMs });
        if (!found.ok) return found;
        // A printer may forget a job as soon as it is cancelled; what came of it is then unknown, not nothing.
        const job = found.value ?? keeper.cancelledJob(documentId);
        if (job === undefined) return ok(undefined);
        const { jobId, impressions } = job;
        if (impressions === undefined) return fail("K-PRINT-102", { why: "no-job-impressions", operation: "Get-Jobs" });
        return ok({ jobId, documentId, impressions, impressionsBefore: undefined });
      });
      release(result.ok && result.value ? delays.claimRestMs : 0);
      return result;
    },
    cancel: (jobId, given) =>
      command("cancel", given, delays.cancelTimeoutMs, async (signal) => {
        const answer = await client.call("Cancel-Job", { jobId }, { signal, timeoutMs: delays.requestTimeoutMs });
        return answer.ok ? ok() : answer;
      }),
    clearQueue: (given) =>
      command("clearQueue", given, delays.clearTimeoutMs, async (signal) => {
        const cleared = await cancelStaleJobs({ client, claims, delays }, signal);
        return cleared.ok ? ok() : cleared;
      }),
    resume: (given) =>
      command("resume", given, delays.cancelTimeoutMs, async (signal) => {
        const before = await condition(signal);
        if (!before.ok) return before;
        if (!before.value.takesResume) return fail("K-PRINT-111");
        const answer = await client.call("Resume-Printer", {}, { signal, timeoutMs: delays.requestTimeoutMs });
        if (!answer.ok) return answer;
        const after = await condition(signal);
        return after.ok ? ok() : after;
      }),
    identify: (given) =>
      command("identify", given, delays.cancelTimeoutMs, async (signal) => {
        const answer = await client.call("Identify-Printer", {}, { signal, timeoutMs: delays.requestTimeoutMs });
        return answer.ok ? ok() : answer;
      }),
    // Every question has a connection of its own: a new one is made by asking.
    reopen: (given) =>
      command("reopen", given, delays.checkTimeoutMs, async (signal) => {
        const reached = await condition(signal);
        return reached.ok ? ok() : reached;
      }),
    async close() {
      closing.abort();
      nextWatch?.cancel();
      queue.close();
      holder.set("offline", failure("K-CMD-102"));
    },
  });
}
