import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { timeMs } from "../../protocol/schema.ts";
import { parseJson } from "../../protocol/statement.ts";
import { DEFAULT_STEP, type DeterrentChoice, groundStep } from "./steps.ts";

const stepName = z.string().refine((name) => groundStep(name) !== undefined, "a step of the calibration sheet");

/** What was chosen for the printer of one kiosk. */
const deterrentFile = z.strictObject({
  version: z.literal(1),
  /** `printer-uuid` of the printer that the sheet came from; null when it does not say. */
  printer: z.string().max(200).nullable(),
  front: stepName,
  back: stepName,
  chosenAtMs: timeMs,
});
export type DeterrentFile = z.infer<typeof deterrentFile>;

/** What a printer gets that nobody calibrated. */
export const defaultChoice: DeterrentChoice = { front: DEFAULT_STEP, back: DEFAULT_STEP };

const NAME = "printer-deterrent.json";

/** The choice that lies in a kiosk's data folder; undefined when nobody has chosen. `K-IMAGE-111` when it cannot be read. */
export function readChoice(folder: string): Result<DeterrentFile | undefined> {
  const file = join(folder, NAME);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return ok(undefined);
    return fail("K-IMAGE-111", { file, why: messageOf(thrown) });
  }
  const parsed = parseJson(bytes, deterrentFile);
  return parsed.ok ? parsed : fail("K-IMAGE-111", { file, why: "not a choice of steps" }, parsed.error);
}

/** Puts a choice into a kiosk's data folder, whole or not at all. `K-IMAGE-111` when it cannot be written. */
export function writeChoice(folder: string, choice: DeterrentFile): Result<void> {
  const file = join(folder, NAME);
  const draft = `${file}.new`;
  try {
    rmSync(draft, { force: true });
    const handle = openSync(draft, "wx");
    writeFileSync(handle, `${JSON.stringify(choice)}\n`);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, file);
    return ok();
  } catch (thrown) {
    return fail("K-IMAGE-111", { file, why: messageOf(thrown) });
  }
}
