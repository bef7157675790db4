import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** Keeps decoded fronts as files that only their owner can read: they hold personal data. */
export interface FrontFolder {
  /** Writes the next front and tells its path. `K-IMAGE-107`. */
  keep(png: Uint8Array): Result<string>;
}

export function createFrontFolder(folder: string): FrontFolder {
  let kept = 0;
  return {
    keep(png) {
      kept += 1;
      const path = join(folder, `front-${kept}.png`);
      try {
        writeFileSync(path, png, { mode: 0o600 });
        return ok(path);
      } catch (thrown) {
        return fail("K-IMAGE-107", { why: messageOf(thrown) });
      }
    },
  };
}
