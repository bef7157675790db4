import { fileURLToPath } from "node:url";
import type { Result } from "../../kernel/result.ts";
import { type FileChildKind, type FileChildOptions, inFileChild, replies } from "../file-process/file-child.ts";
import type { LatentMost, LatentPicture } from "../latent/latent-pictures.ts";
import type { LatentReply, LatentRequest } from "./messages.ts";

export interface ViewLatentOptions extends FileChildOptions {
  /** Called with each picture as soon as it is made. */
  readonly onPicture: (picture: LatentPicture) => void;
  /** Without it all pictures of the file are made, as large as they are. */
  readonly most?: LatentMost;
}

const viewer: FileChildKind = {
  entry: fileURLToPath(new URL("./main.ts", import.meta.url)),
  ended: "K-IMAGE-114",
  aboutTheFile: ["K-IMAGE-112", "K-IMAGE-113"],
};

/**
 * Makes the latent pictures of one file in a child process of its own, with the limits of an inspection. `K-IMAGE-112` and
 * `K-IMAGE-113` for the file, `K-IMAGE-114` for the process, `K-CMD-102` when the signal aborts.
 */
export function viewLatent(file: Uint8Array, options: ViewLatentOptions): Promise<Result<void>> {
  const { most } = options;
  const request: LatentRequest = { file, ...(most ? { most } : {}) };
  return inFileChild(viewer, options, (child) =>
    replies<LatentReply>(child, request, viewer.ended, (reply) => {
      if (reply.kind !== "picture") return reply.result;
      options.onPicture(reply.picture);
      return undefined;
    }),
  );
}
