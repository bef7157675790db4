import { readFileSync, statSync } from "node:fs";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** The user PIN in its file, read anew each time, so that a changed one is taken without a restart. */
export interface PinFile {
  /** `K-IMAGE-122` when it cannot be read, is empty, or is the one that was refused. */
  read(): Result<string>;
  /**
   * The token refused the PIN that was read last. It is not offered again before its file is written anew: each try would
   * bring the token nearer to locking itself.
   */
  refused(): void;
}

export function createPinFile(file: string): PinFile {
  let last: string | undefined;
  let refused: string | undefined;
  return {
    read() {
      try {
        const pin = readFileSync(file, "utf8").replace(/\r?\n$/, "");
        if (pin === "") return fail("K-IMAGE-122", { file, why: "the file is empty" });
        last = `${statSync(file).mtimeMs} ${pin}`;
        return last === refused ? fail("K-IMAGE-122", { file, why: "the token refused it before" }) : ok(pin);
      } catch (thrown) {
        return fail("K-IMAGE-122", { file, why: messageOf(thrown) });
      }
    },
    refused() {
      refused = last;
    },
  };
}
