import { keepCompiledCode } from "../../kernel/compile-cache.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { type LatentMost, latentPictures } from "../latent/latent-pictures.ts";
import type { LatentReply, LatentRequest } from "./messages.ts";

/** The child of `viewLatent`: one file, then it ends; nothing of it on disk, no network. */
keepCompiledCode();
process.on("disconnect", () => process.exit(0));
process.once("message", ({ file, most }: LatentRequest) => {
  void view(file, most).then((result) => send({ kind: "end", result }));
});

function send(reply: LatentReply): void {
  process.send?.(reply);
}

async function view(file: Uint8Array, most: LatentMost | undefined): Promise<Result<void>> {
  for await (const picture of latentPictures(file, most)) {
    if (!picture.ok) return picture;
    send({ kind: "picture", picture: picture.value });
  }
  return ok();
}
