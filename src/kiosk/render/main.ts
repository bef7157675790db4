import sharp from "sharp";
import { keepCompiledCode } from "../../kernel/compile-cache.ts";
import type { RenderReply, RenderRequest } from "./messages.ts";
import { createRenderWork } from "./work.ts";

/** The child of `createRenderer`: one document at a time, nothing on disk, no network. The parent kills it after each session. */
const work = createRenderWork();
sharp.concurrency(1);
sharp.cache(false);

const reply = (message: RenderReply) => process.send?.(message);

process.on("disconnect", () => process.exit(0));
process.on("message", (request: RenderRequest) => {
  void (async () => {
    const result = request.work === "read" ? await work.read(request.pdf) : await work.compose(request);
    reply({ id: request.id, result });
  })();
});
await work.warm();
keepCompiledCode();
reply({ ready: true });
