import type { PrintOverlay } from "../../../devices/certificate-printer/port.ts";
import { type Clock, withTimeout } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { Personal } from "../../kernel/personal.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { defaultChoice } from "../../security-print/deterrent/choice.ts";
import type { DeterrentChoice } from "../../security-print/deterrent/steps.ts";
import type { CallOptions, Renderer } from "../ports.ts";
import { type RenderChild, startRenderChild } from "./child.ts";
import type { RenderAnswers, RenderRequest } from "./messages.ts";

/** The kiosk's renderer, and which process it is. */
export interface ProcessRenderer extends Renderer {
  /** The child that is running now, if one is. */
  pid(): number | undefined;
}

export interface RendererOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How the deterrent text is printed, asked for each document; the default when it is not said. */
  readonly deterrent?: () => DeterrentChoice;
  /** What is printed over the raster now, asked for each document; nothing when it is not said. */
  readonly overlays?: () => readonly PrintOverlay[];
  /** From the child's start until it is warm. */
  readonly startTimeoutMs?: number;
  /** One document, its wait for a warm child not included. */
  readonly workTimeoutMs?: number;
  /** For tests: another way to start a child. */
  readonly startChild?: () => RenderChild;
}

const DEFAULTS = {
  deterrent: () => defaultChoice,
  overlays: (): readonly PrintOverlay[] => [],
  startTimeoutMs: 20_000,
  workTimeoutMs: 20_000,
  startChild: () => startRenderChild(),
};

/**
 * Reads and composes PDFs in a child process, one at a time. A document that hangs or crashes the child costs that
 * document only: `K-PRINT-303` or `K-PRINT-302`, and the next one gets a fresh child. So does one that the caller gives up
 * (`K-CMD-102`), because the child cannot be made to stop otherwise.
 *
 * INVARIANT: after `kill()` has resolved no process exists that has seen a document of this renderer.
 */
export function createRenderer(options: RendererOptions): ProcessRenderer {
  const { clock, logger } = options;
  const { deterrent, overlays, startTimeoutMs, workTimeoutMs, startChild } = { ...DEFAULTS, ...options };
  let child: RenderChild | undefined;
  const dropped = new WeakSet<RenderChild>();
  const dying = new Set<RenderChild>();
  let documents = 0;
  let lastId = 0;
  let turn: Promise<unknown> = Promise.resolve();
  /** Counts kills: what waited for its turn before one must not start a child after it. */
  let session = 0;

  const current = (): RenderChild => {
    if (child) return child;
    const started = startChild();
    child = started;
    documents = 0;
    void started.gone.then(() => {
      if (child === started) child = undefined;
      dying.delete(started);
    });
    return started;
  };
  const drop = (mine: RenderChild) => {
    if (child === mine) child = undefined;
    dropped.add(mine);
    dying.add(mine);
    mine.kill();
  };
  const lost = (mine: RenderChild, reason: string) => {
    logger.event("pages.process.ended", { reason, documents });
    drop(mine);
  };

  /** Waits for `work` with a time-out; a child that does not keep it is dropped. */
  const timed = async <T>(
    mine: RenderChild,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    work: () => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const result = await withTimeout(clock, { timeoutMs, ...(signal ? { signal } : {}), what: "render" }, work);
    if (result.ok) return result;
    if (dropped.has(mine)) return fail("K-CMD-102", { what: "render" });
    if (result.error.code === "K-CMD-101") {
      lost(mine, "time-out");
      return fail("K-PRINT-303", { timeoutMs });
    }
    if (result.error.code === "K-CMD-102") drop(mine);
    if (result.error.code === "K-PRINT-302") lost(mine, "ended");
    return result;
  };

  const ask = <W extends keyof RenderAnswers>(
    request: Extract<RenderRequest, { work: W }>,
    signal: AbortSignal | undefined,
  ): Promise<Result<RenderAnswers[W]>> => {
    const asked = session;
    const mine = turn.then(async (): Promise<Result<RenderAnswers[W]>> => {
      if (signal?.aborted || asked !== session) return fail("K-CMD-102", { what: "render" });
      const own = current();
      const ready = await timed(own, startTimeoutMs, signal, () => own.ready);
      if (!ready.ok) return ready;
      documents += 1;
      return timed(own, workTimeoutMs, signal, () => own.ask(request));
    });
    turn = mine;
    return mine;
  };
  const nextId = () => {
    lastId += 1;
    return lastId;
  };

  return {
    warm(call?: CallOptions) {
      const own = current();
      return timed(own, startTimeoutMs, call?.signal, () => own.ready);
    },
    async read(pdf, call) {
      const answer = await ask({ id: nextId(), work: "read", pdf: pdf.reveal() }, call?.signal);
      if (!answer.ok) return answer;
      const { pages, frontHashes } = answer.value;
      return ok({ pages: new Personal(pages), frontHashes });
    },
    async compose({ documentId, pdf, payloads }, call) {
      const over = overlays();
      const clearForDetection = over.length > 0;
      const document = { pdf: pdf.reveal(), documentId, payloads, deterrent: deterrent(), clearForDetection };
      const request = { id: nextId(), work: "compose", ...document } as const;
      const answer = await ask(request, call?.signal);
      if (!answer.ok) return answer;
      const { pwgRaster, rasterHashes } = answer.value;
      const impressions = rasterHashes.length;
      return ok({ documentId, pwgRaster: new Personal(pwgRaster), impressions, rasterHashes, overlays: over });
    },
    async kill() {
      session += 1;
      if (child) drop(child);
      await Promise.all([...dying].map((one) => one.gone));
    },
    pid: () => child?.pid,
  };
}
