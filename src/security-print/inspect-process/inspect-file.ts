import { fileURLToPath } from "node:url";
import { fail, type Result } from "../../kernel/result.ts";
import { type FileChildKind, type FileChildOptions, inFileChild, replies } from "../file-process/file-child.ts";
import { inspectionLimits } from "../inspect/limits.ts";
import type { KeyToken } from "../scramble/keys.ts";
import type { InspectedBack, InspectReply, InspectRequest, UnwrapAnswer, UnwrapAsk } from "./messages.ts";

export interface InspectFileOptions extends FileChildOptions {
  /** Called with each back as soon as it is judged; what was said stays true when a later page fails. */
  readonly onBack: (back: InspectedBack) => void;
  /** Where the keys lie of which `keys` has only the ids. */
  readonly token?: Pick<KeyToken, "unwrap">;
}

const inspector: FileChildKind = {
  entry: fileURLToPath(new URL("./main.ts", import.meta.url)),
  ended: "K-IMAGE-104",
  aboutTheFile: ["K-IMAGE-103", "K-IMAGE-109"],
};
/** A child that a file has taken over must not use the token for more than one file can ask. */
const MAX_UNWRAPS = inspectionLimits.pages * inspectionLimits.backs;

/**
 * Inspects one file in a child process of its own, which ends with it. `K-IMAGE-103` for the file, `K-IMAGE-109` for the scan of
 * the fronts (its backs were judged), `K-IMAGE-104` for the process, `K-IMAGE-120` … `K-IMAGE-126` for the token, `K-CMD-102`
 * when the signal aborts.
 */
export function inspectFile(request: InspectRequest, options: InspectFileOptions): Promise<Result<void>> {
  const { onBack, token } = options;
  let unwraps = 0;
  const unwrap = async ({ keyId, wrapped, aad }: UnwrapAsk): Promise<UnwrapAnswer> => {
    unwraps += 1;
    if (unwraps > MAX_UNWRAPS) return fail("K-IMAGE-104", { why: "it asked for more data keys than there are backs" });
    return token ? token.unwrap(keyId, wrapped, aad) : fail("K-IMAGE-125", { keyId });
  };
  return inFileChild(inspector, options, (child) =>
    replies<InspectReply>(child, request, inspector.ended, (reply) => {
      if (reply.kind === "end") return reply.result;
      if (reply.kind === "back") onBack(reply.back);
      else void unwrap(reply.asked).then((answer) => child.send(answer, () => {}));
      return undefined;
    }),
  );
}
