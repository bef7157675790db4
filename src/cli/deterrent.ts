import { join, resolve } from "node:path";
import sharp from "sharp";
import { createCertificatePrinter, type IppCertificatePrinter } from "../../devices/certificate-printer/printer.ts";
import { encodeGreyPage } from "../../devices/certificate-printer/pwg/encode.ts";
import { certificateHeader, SYNC_WORD } from "../../devices/certificate-printer/pwg/header.ts";
import { systemClock } from "../kernel/clock.ts";
import { loadConfig } from "../kernel/config.ts";
import { type Failure, messageOf } from "../kernel/errors/failure.ts";
import { silentLogger } from "../kernel/logger.ts";
import { explain } from "../kernel/process.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { type KioskConfig, kioskConfig } from "../kiosk/config.ts";
import { createDeterrentSetting } from "../kiosk/deterrent.ts";
import { loadStaffWords, type StaffWords } from "../kiosk/health/staff-words.ts";
import { languages } from "../protocol/panel.ts";
import type { GreyPage } from "../security-print/composition/page.ts";
import { writeChoice } from "../security-print/deterrent/choice.ts";
import { calibrationSide } from "../security-print/deterrent/sheet.ts";
import { DEFAULT_STEP, type DeterrentSide, groundStep, groundSteps } from "../security-print/deterrent/steps.ts";
import { type Command, exitCodes, parseOptions, UsageError, wordOption, writableFolder } from "./command.ts";

const DEFAULT_CONFIG = ".madoguchi/config/kiosk.yaml";
const words = ["sheet", "choose", "show"] as const;
const sides = ["front", "back"] as const;
const SETTLE_TIMEOUT_MS = 180_000;
const ADVICE_LINES = [1, 2, 3];

/** `./madoguchi deterrent`: fits the deterrent text to the kiosk's printer. */
export const deterrent: Command = {
  summary: "fits the deterrent text to the printer: prints the calibration sheet, registers what was chosen",
  usage: `usage: ./madoguchi deterrent sheet [--config FILE] [--language ja|en] [--out DIR]
       ./madoguchi deterrent choose --front STEP --back STEP [--config FILE]
       ./madoguchi deterrent show [--config FILE] [--json]

The deterrent text 複写 must not be seen on an original and must come out on a copy. How its dots have to be printed depends on
the printer: after a new printer, drum or toner, print the sheet, choose on each side the sample whose letter is hardest to see,
look at a copy of the sheet, and register the two. A kiosk that runs takes them for the next certificate.

sheet   prints both sides of the calibration sheet on the kiosk's printer; stop the kiosk, or do it while nobody uses it
choose  registers a step for each side, for the printer that is connected now
show    what the next certificate gets, and whether it was chosen for this printer

  --config FILE  the kiosk's configuration (default ${DEFAULT_CONFIG}, the one of ./madoguchi up)
  --front STEP   such as 2f: size of the ground's dots in pixels (1 to 3), and a letter, a for the most ink
  --back STEP    the same for the back
  --out DIR      writes calibration-front.png and calibration-back.png (600 dpi) instead of printing
  --language L   of the sheet's words: ja or en (default ja)
  --json         prints one JSON object on standard output, and nothing else`,
  async run(args) {
    const text = { type: "string" } as const;
    const options = {
      config: text,
      front: text,
      back: text,
      out: text,
      language: text,
      json: { type: "boolean" },
    } as const;
    const { values, positionals } = parseOptions(args, options, true);
    const [word, ...more] = positionals;
    const known = wordOption("what to do", word, words);
    if (!known || more.length > 0) throw new UsageError(`say one of ${words.join(", ")}`);
    const config = loadConfig(resolve(values.config ?? DEFAULT_CONFIG), kioskConfig);
    if (!config.ok) return refuse(config.error);
    if (known === "show") return show(config.value, values.json === true);
    if (known === "choose")
      return choose(config.value, stepOption("front", values.front), stepOption("back", values.back));
    const said = loadStaffWords(config.value.locales, wordOption("language", values.language, languages) ?? "ja");
    if (!said.ok) return refuse(said.error);
    return values.out === undefined
      ? await printSheet(config.value, said.value)
      : await writeSheet(writableFolder(resolve(values.out)), said.value);
  },
};

function stepOption(side: DeterrentSide, name: string | undefined): string {
  if (name === undefined) throw new UsageError(`--${side} is missing: which sample of that side is hardest to see?`);
  if (groundStep(name)) return name;
  const [first, last] = [groundSteps[0]?.name, groundSteps.at(-1)?.name];
  throw new UsageError(
    `--${side}: the sheet has no ${name}; its samples are ${first} to ${last}, the default ${DEFAULT_STEP}`,
  );
}

function sheetSide(side: DeterrentSide, said: StaffWords): Promise<GreyPage> {
  const advice = ADVICE_LINES.map((line) => said(`deterrent.sheet.advice${line}`));
  return calibrationSide(side, { title: said(`deterrent.sheet.${side}`), advice });
}

async function writeSheet(folder: string, said: StaffWords): Promise<number> {
  for (const side of sides) {
    const { pixels, widthPx: width, heightPx: height } = await sheetSide(side, said);
    const file = join(folder, `calibration-${side}.png`);
    try {
      await sharp(pixels, { raw: { width, height, channels: 1 } })
        .withMetadata({ density: 600 })
        .png()
        .toFile(file);
    } catch (thrown) {
      throw new UsageError(`${file} cannot be written (${messageOf(thrown)})`);
    }
    say(file);
  }
  return exitCodes.ok;
}

async function printSheet(config: KioskConfig, said: StaffWords): Promise<number> {
  return await withPrinter(config, async (printer) => {
    const header = certificateHeader(2);
    const pages: Buffer[] = [];
    for (const side of sides) pages.push(encodeGreyPage((await sheetSide(side, said)).pixels, header));
    const documentId = `madoguchi-calibration-${systemClock.nowMs()}`;
    const job = { documentId, pwgRaster: Buffer.concat([SYNC_WORD, ...pages]), impressions: 2 };
    const taken = await printer.submit(job);
    if (!taken.ok) return taken;
    say("the printer has the sheet");
    const settled = await printer.settle(taken.value, () => {}, { timeoutMs: SETTLE_TIMEOUT_MS });
    if (!settled.ok) return settled;
    const { state, impressionsCompleted, jobState } = settled.value;
    if (state !== "done") return fail("K-PRINT-106", { state, impressionsCompleted, jobState });
    say("printed: choose on each side the sample whose letter is hardest to see, and register both with `choose`");
    return ok();
  });
}

async function choose(config: KioskConfig, front: string, back: string): Promise<number> {
  return await withPrinter(config, async (printer) => {
    const asked = await printer.check();
    const uuid = printer.uuid();
    // A printer without paper has said all the same which one it is.
    if (!asked.ok && uuid === undefined) return asked;
    const choice = { version: 1, printer: uuid ?? null, front, back, chosenAtMs: systemClock.nowMs() } as const;
    const written = writeChoice(config.data, choice);
    if (written.ok) say(`registered for ${uuid ?? "a printer that does not say which one it is"}`);
    return written;
  });
}

async function show(config: KioskConfig, json: boolean): Promise<number> {
  return await withPrinter(config, async (printer) => {
    await printer.check();
    const printerUuid = printer.uuid;
    const setting = createDeterrentSetting({ folder: config.data, printerUuid, logger: silentLogger });
    const shown = { ...setting.choice(), calibrated: setting.calibrated(), printer: printerUuid() ?? null };
    const { front, back, calibrated } = shown;
    const why = calibrated ? "chosen for this printer" : "the default: nobody has chosen for this printer";
    process.stdout.write(json ? `${JSON.stringify(shown)}\n` : `front ${front}, back ${back} (${why})\n`);
    return ok();
  });
}

async function withPrinter(
  config: KioskConfig,
  work: (printer: IppCertificatePrinter) => Promise<Result<void>>,
): Promise<number> {
  const { certificatePrinter: address } = config.devices;
  const created = createCertificatePrinter({ name: "printer", address, clock: systemClock, logger: silentLogger });
  if (!created.ok) return refuse(created.error);
  try {
    const done = await work(created.value);
    return done.ok ? exitCodes.ok : refuse(done.error);
  } finally {
    await created.value.close();
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function refuse(failure: Failure): number {
  say(explain("madoguchi deterrent", failure));
  return exitCodes.failed;
}
