import { Worker } from "node:worker_threads";
import type { BackOrder, BackWork } from "./back-work.ts";

type Drawn = Awaited<ReturnType<BackWork["draw"]>>;

/** To the thread: a back to draw, or nothing but to become warm. */
export interface BackRequest {
  readonly id: number;
  readonly order?: BackOrder;
}

/** From the thread: it is warm, or the back of the same number. */
export interface BackReply {
  readonly id: number;
  readonly drawn?: Drawn;
}

/** It draws in strips and keeps no documents. */
const LIMITS_MB = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

/**
 * `createBackWork` in a thread of its own: a back needs nothing of its front, so both are drawn at the same time where there
 * are two processors. The thread fails only by a bug, and then takes the process with it. It keeps no process alive.
 */
export function createBackThread(): BackWork {
  const waiting = new Map<number, (reply: BackReply) => void>();
  let nextId = 1;
  let thread: Worker | undefined;

  function start(): Worker {
    const started = new Worker(new URL("./thread.ts", import.meta.url), { resourceLimits: LIMITS_MB, execArgv: [] });
    started.on("message", (reply: BackReply) => {
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
      if (waiting.size === 0) started.unref();
    });
    started.on("error", (thrown) => {
      throw thrown;
    });
    return started;
  }

  function ask(order?: BackOrder): Promise<BackReply> {
    thread ??= start();
    thread.ref();
    const id = nextId;
    nextId += 1;
    const answered = new Promise<BackReply>((resolve) => {
      waiting.set(id, resolve);
    });
    thread.postMessage({ id, ...(order ? { order } : {}) } satisfies BackRequest);
    return answered;
  }

  return {
    async warm() {
      await ask();
    },
    async draw(order) {
      const { drawn } = await ask(order);
      if (!drawn) throw new Error("the thread drew nothing");
      return drawn;
    },
  };
}
