import { parentPort } from "node:worker_threads";
import { keepCompiledCode } from "../../../kernel/compile-cache.ts";
import type { BackReply, BackRequest } from "./back-thread.ts";
import { createBackWork } from "./back-work.ts";

/** The thread of `createBackThread`: requests in, replies out as each is done. */
const work = createBackWork();
parentPort?.on("message", ({ id, order }: BackRequest) => {
  void (async () => {
    if (!order) {
      await work.warm();
      keepCompiledCode();
      return parentPort?.postMessage({ id } satisfies BackReply);
    }
    const drawn = await work.draw(order);
    parentPort?.postMessage({ id, drawn } satisfies BackReply, drawn.ok ? [drawn.value.bytes.buffer] : []);
  })();
});
