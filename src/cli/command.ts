import { accessSync, constants, mkdirSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf } from "../kernel/errors/failure.ts";
import { nearestWord } from "./nearest-word.ts";

/** Exit codes of every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** One command of `./madoguchi`: its help and what it does. Returns the exit code. */
export interface Command {
  readonly summary: string;
  readonly usage: string;
  run(args: readonly string[]): Promise<number>;
}

/** A command line that cannot be understood; `main.ts` prints it with the usage and leaves with 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Parses a command's options strictly; a wrong option gets the nearest right one. */
export function parseOptions<const O extends Options>(args: readonly string[], options: O, allowPositionals = false) {
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (arg === "--") break;
    if (name === undefined || Object.hasOwn(options, name) || name === "help") continue;
    const near = nearestWord(name, Object.keys(options));
    throw new UsageError(`unknown option --${name}${near ? `; did you mean --${near}?` : ""}`);
  }
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals });
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** A whole number given as an option, within bounds. */
export function numberOption(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not ${text}`);
  }
  return value;
}

/** One of several words given as an option; a wrong one gets the nearest right one. */
export function wordOption<const W extends string>(
  name: string,
  text: string | undefined,
  words: readonly W[],
): W | undefined {
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found) return found;
  const near = nearestWord(text, words);
  throw new UsageError(
    `--${name} must be one of ${words.join(", ")}, not ${text}${near ? `; did you mean ${near}?` : ""}`,
  );
}

/** The folder of --out: makes it and makes sure that files can be written there, before the work begins. */
export function writableFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (thrown) {
    throw new UsageError(`--out must be a folder that can be written (${messageOf(thrown)})`);
  }
  return folder;
}
