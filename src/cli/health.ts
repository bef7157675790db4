import { resolve } from "node:path";
import { loadConfig } from "../kernel/config.ts";
import type { Failure } from "../kernel/errors/failure.ts";
import { explain } from "../kernel/process.ts";
import { fail, type Result } from "../kernel/result.ts";
import { kioskConfig } from "../kiosk/config.ts";
import { connectStaff, type StaffClient } from "../kiosk/health/staff-client.ts";
import { loadStaffWords, type StaffWords } from "../kiosk/health/staff-words.ts";
import { languages } from "../protocol/panel.ts";
import {
  type FixupId,
  fixupIds,
  type HealthPart,
  healthParts,
  type PartState,
  type StaffHealth,
} from "../protocol/staff.ts";
import { type Command, exitCodes, parseOptions, UsageError, wordOption } from "./command.ts";

const DEFAULT_CONFIG = ".madoguchi/config/kiosk.yaml";

/** `./madoguchi health`: what is wrong with the kiosk on this machine, and what mends it. */
export const health: Command = {
  summary: "tells what is wrong with a running kiosk and what to do, and lets it mend what it can",
  usage: `usage: ./madoguchi health [--config FILE] [--language ja|en] [--json]
       ./madoguchi health --fix FIXUP --part PART [--config FILE] [--language ja|en] [--json]

Asks the kiosk that runs with this configuration. Leaves with 0 when citizens can be served (and, with --fix, what was
wrong is mended), otherwise with 1.

  --config FILE   the kiosk's configuration (default ${DEFAULT_CONFIG}, the one of ./madoguchi up)
  --fix FIXUP     one of ${fixupIds.join(", ")}
  --part PART     what to mend: ${healthParts.join(", ")}
  --language L    ja or en (default en)
  --json          prints one JSON object on standard output, and nothing else`,
  async run(args) {
    const text = { type: "string" } as const;
    const options = { config: text, fix: text, part: text, language: text, json: { type: "boolean" } } as const;
    const { values } = parseOptions(args, options);
    const language = wordOption("language", values.language, languages) ?? "en";
    const fixup = wordOption("fix", values.fix, fixupIds);
    const part = wordOption("part", values.part, healthParts);
    if ((fixup === undefined) !== (part === undefined)) throw new UsageError("--fix and --part go together");
    const config = loadConfig(resolve(values.config ?? DEFAULT_CONFIG), kioskConfig);
    if (!config.ok) return refuse(config.error);
    const words = loadStaffWords(config.value.locales, language);
    if (!words.ok) return refuse(words.error);
    const staff = await connectTo(config.value.staffSocket);
    if (!staff.ok) return refuse(staff.error);
    const json = values.json === true;
    const code = await (fixup && part
      ? mend(staff.value, part, fixup, words.value, json)
      : tell(staff.value, words.value, json));
    await staff.value.close();
    return code;
  },
};

function refuse(failure: Failure): number {
  process.stderr.write(`${explain("madoguchi health", failure)}\n`);
  return exitCodes.failed;
}

async function connectTo(path: string | undefined): Promise<Result<StaffClient>> {
  return path === undefined ? fail("K-KIOSK-134", { why: "its configuration has no staffSocket" }) : connectStaff(path);
}

async function tell(staff: StaffClient, say: StaffWords, json: boolean): Promise<number> {
  const asked = await staff.health();
  if (!asked.ok) return refuse(asked.error);
  process.stdout.write(json ? `${JSON.stringify(asked.value)}\n` : page(asked.value, say));
  return asked.value.serviceable ? exitCodes.ok : exitCodes.failed;
}

async function mend(
  staff: StaffClient,
  part: HealthPart,
  fixup: FixupId,
  say: StaffWords,
  json: boolean,
): Promise<number> {
  const fixed = await staff.fix(part, fixup);
  if (!fixed.ok) {
    if (json) process.stdout.write(`${JSON.stringify({ mended: false, code: fixed.error.code })}\n`);
    process.stderr.write(`${say(`clerk.${fixed.error.code}`)}\n`);
    return refuse(fixed.error);
  }
  const { mended, health } = fixed.value;
  if (json) process.stdout.write(`${JSON.stringify({ mended, health })}\n`);
  else process.stdout.write(`${say(mended ? "fixed.mended" : "fixed.notMended")}\n\n${page(health, say)}`);
  return mended ? exitCodes.ok : exitCodes.failed;
}

function stateOf({ connected, alive, able }: PartState): string {
  if (able) return "state.able";
  if (!connected) return "state.unconnected";
  return alive ? "state.notAble" : "state.silent";
}

/** The health as text: how the kiosk stands, each part, and for each issue what follows and what can be done. */
function page({ serviceable, serving, parts, issues }: StaffHealth, say: StaffWords): string {
  const whole = !serviceable ? "health.closed" : issues.length > 0 ? "health.open" : "health.well";
  const lines = [say(whole), ...(serving ? [say("health.serving")] : []), ""];
  for (const part of parts) lines.push(`  ${part.able ? "✓" : "✗"} ${say(`part.${part.part}`)}: ${say(stateOf(part))}`);
  for (const { part, code, consequence, suggestions } of issues) {
    lines.push("", `${say(`part.${part}`)} · ${code} · ${say(`consequence.${consequence}`)}`);
    for (const { sentence, fixup } of suggestions) {
      const how = fixup === undefined ? "" : `  → ./madoguchi health --part ${part} --fix ${fixup}`;
      lines.push(`  - ${say(sentence)}${how}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
