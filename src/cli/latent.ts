import { statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { errorCatalogue } from "../kernel/errors/catalogue.ts";
import { type Failure, messageOf } from "../kernel/errors/failure.ts";
import { explain } from "../kernel/process.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { inspectionLimits } from "../security-print/inspect/limits.ts";
import type { LatentPicture } from "../security-print/latent/latent-pictures.ts";
import { viewLatent } from "../security-print/latent-process/view-latent.ts";
import { type Command, exitCodes, parseOptions, UsageError, writableFolder } from "./command.ts";

const { bytes, pixels, pages, timeoutMs } = inspectionLimits;
const DEFAULT_FOLDER = "latent";

/** `./madoguchi latent`: shows what an infrared camera sees of a forgery-detection image. */
export const latent: Command = {
  summary:
    "shows the latent picture of a forgery-detection image: its black separation, or an infrared photograph of it",
  usage: `usage: ./madoguchi latent FILE… [--out DIR] [--json]

The forgery-detection image on a back carries a word in black toner among its likeness of colours: the eye does not see it,
an infrared camera does. This writes what the camera would see, with all its contrast, and what the eye sees:

  latent-1.png  the black separation of a CMYK TIFF or JPEG, or of a DeviceCMYK image in a PDF (packed by Flate, such as a
                kiosk sends it to its printer); or a grey photograph taken in the infrared (TIFF, JPEG, PNG), stretched
  seen-1.png    the four inks as a screen shows them; none of a photograph

A scan in RGB of an ordinary scanner has no black separation: it is refused, not guessed at. What is shown proves nothing by
itself: who has the four inks can print them too.

  --out DIR  where the pictures go (default ${DEFAULT_FOLDER})
  --json     prints one JSON object a line on standard output, and nothing else: file, number, count (picture of the file), kind
             (separation or infrared), widthPx, heightPx, darkest, lightest (levels, 0 to 255, that became black and white; equal:
             there is one level, and nothing to see), latent, seen (paths; seen is null of a photograph);
             or file and error {code, cause, detail}

limits: ${bytes / 1e6} MB, ${pixels / 1e6} megapixels, ${pages} pages, ${timeoutMs / 1000} s a file
exit code: 0 when every file was shown, 1 otherwise, 2 for a wrong command line`,
  async run(args) {
    const { values, positionals } = parseOptions(args, { out: { type: "string" }, json: { type: "boolean" } }, true);
    if (positionals.length === 0) throw new UsageError("say which files to look at");
    const folder = writableFolder(resolve(values.out ?? DEFAULT_FOLDER));
    return await showAll(positionals, folder, values.json === true);
  },
};

async function showAll(files: readonly string[], folder: string, json: boolean): Promise<number> {
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopping.abort());
  let [written, allShown] = [0, true];
  for (const file of files) {
    const refuse = (failure: Failure) => {
      allShown = false;
      const { code, detail = {} } = failure;
      if (json) print({ file, error: { code, cause: errorCatalogue[code].cause, detail } });
      process.stderr.write(`${explain("madoguchi latent", failure)}\n  ${errorCatalogue[code].clerk}\n`);
    };
    const onPicture = (picture: LatentPicture) => {
      written += 1;
      const kept = keep(folder, written, picture);
      if (!kept.ok) return refuse(kept.error);
      const { latentPng: _, seenPng: __, ...facts } = picture;
      if (json) print({ file, ...facts, ...kept.value });
      else process.stdout.write(textOf(file, picture, kept.value));
    };
    const read = await fileBytes(file);
    const done = read.ok
      ? await viewLatent(read.value, { clock: systemClock, signal: stopping.signal, onPicture })
      : read;
    if (stopping.signal.aborted) {
      process.stderr.write("madoguchi latent: given up; nothing is left running\n");
      return exitCodes.failed;
    }
    if (!done.ok) refuse(done.error);
  }
  return allShown ? exitCodes.ok : exitCodes.failed;
}

interface Kept {
  readonly latent: string;
  readonly seen: string | null;
}

function keep(folder: string, number: number, { latentPng, seenPng }: LatentPicture): Result<Kept> {
  const [latentPath, seenPath] = ["latent", "seen"].map((name) => join(folder, `${name}-${number}.png`)) as [
    string,
    string,
  ];
  try {
    writeFileSync(latentPath, latentPng);
    if (seenPng) writeFileSync(seenPath, seenPng);
    return ok({ latent: latentPath, seen: seenPng ? seenPath : null });
  } catch (thrown) {
    return fail("K-IMAGE-115", { why: messageOf(thrown) });
  }
}

function textOf(file: string, { number, count, kind, darkest, lightest }: LatentPicture, kept: Kept): string {
  const where = count > 1 ? `${file}, picture ${number} of ${count}` : file;
  const what = kind === "separation" ? "the black separation" : "a photograph, stretched";
  const nothing = darkest === lightest ? "; it has one level only: there is nothing to see" : "";
  const seen = kept.seen ? `\n  what the eye sees: ${kept.seen}` : "";
  return `${where}: ${what}${nothing}\n  latent picture: ${kept.latent}${seen}\n`;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** What is no file (a pipe, a device) is refused unread, and so is what is too large. */
async function fileBytes(file: string): Promise<Result<Buffer>> {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return fail("K-IMAGE-106", { why: `${file} is no file` });
    if (stat.size > bytes) return fail("K-IMAGE-113", { why: `more than ${bytes / 1e6} MB`, bytes: stat.size });
    return ok(await readFile(file));
  } catch (thrown) {
    return fail("K-IMAGE-106", { why: messageOf(thrown) });
  }
}
