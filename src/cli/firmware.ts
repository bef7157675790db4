import { parseLinkAddress } from "../../devices/contract/address.ts";
import { openerFor } from "../../devices/contract/openers.ts";
import { askFirmware } from "../../firmware-bridge/firmware/ask.ts";
import { buildFirmware, firmwareHexFile, keepFirmware, shippedFirmware } from "../../firmware-bridge/firmware/build.ts";
import { FLASH_BAUD, flashCommand, flashFirmware } from "../../firmware-bridge/firmware/flash.ts";
import { systemClock } from "../kernel/clock.ts";
import type { Failure } from "../kernel/errors/failure.ts";
import { explain } from "../kernel/process.ts";
import { type Command, exitCodes, numberOption, parseOptions, UsageError } from "./command.ts";
import { nearestWord } from "./nearest-word.ts";

const words = ["build", "flash", "version"] as const;
const FIRMATA_BAUD = 57_600;

interface Values {
  readonly port?: string | undefined;
  readonly baud?: string | undefined;
  readonly json?: boolean | undefined;
  readonly "dry-run"?: boolean | undefined;
}

/** `./madoguchi firmware`: the I/O board's program. */
export const firmware: Command = {
  summary: "builds the I/O board's firmware, writes it to a board, or asks a board what it runs",
  usage: `usage: ./madoguchi firmware build [--json]
       ./madoguchi firmware flash --port PATH [--baud N] [--dry-run] [--json]
       ./madoguchi firmware version [--port PATH|ADDRESS] [--json]

build    compiles firmware-bridge/firmware/src with avr-gcc into the hex of the repository and prints its size
flash    writes that hex to an Uno-class board through its boot loader, with avrdude
version  tells the version of the hex; with --port also what the board there runs

  --port     the board's serial port, e.g. /dev/serial/by-id/…; version takes unix: and tcp: addresses too
  --baud N   of the boot loader (default ${FLASH_BAUD}; many Nanos take 57600)
  --dry-run  prints avrdude's command and does nothing
  --json     prints one JSON object on standard output, and nothing else`,
  async run(args) {
    const [word, ...rest] = args;
    const known = words.find((w) => w === word);
    if (!known) {
      const near = word === undefined ? undefined : nearestWord(word, words);
      const asked = word === undefined ? "say what to do" : `there is no firmware ${word}`;
      throw new UsageError(`${asked}: ${words.join(", ")}${near ? `; did you mean ${near}?` : ""}`);
    }
    const json = { type: "boolean" } as const;
    const port = { type: "string" } as const;
    if (known === "build") return build(parseOptions(rest, { json }).values);
    if (known === "version") return version(parseOptions(rest, { json, port }).values);
    const dryRun = { "dry-run": { type: "boolean" } } as const;
    return flash(parseOptions(rest, { json, port, baud: { type: "string" }, ...dryRun }).values);
  },
};

function answer(values: Values, json: Record<string, unknown>, text: string): number {
  process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
  return exitCodes.ok;
}

function refuse(failure: Failure): number {
  process.stderr.write(`${explain("madoguchi firmware", failure)}\n`);
  return exitCodes.failed;
}

function build(values: Values): number {
  const built = buildFirmware();
  if (!built.ok) return refuse(built.error);
  const before = shippedFirmware().manifest.hex;
  const { manifest } = built.value;
  const changed = before !== manifest.hex;
  keepFirmware(built.value);
  const size = `${manifest.flashBytes} bytes of flash (of 32256), ${manifest.ramBytes} bytes of RAM (of 2048)`;
  const text = `${firmwareHexFile}: version ${manifest.version}, ${size}, ${changed ? "changed" : "unchanged"}`;
  return answer(values, { ...manifest, file: firmwareHexFile, changed }, text);
}

function flash(values: Values): number {
  if (values.port === undefined) throw new UsageError("--port is missing: which serial port has the board?");
  const baud = numberOption("baud", values.baud, 9_600, 1_000_000) ?? FLASH_BAUD;
  const command = flashCommand(values.port, baud);
  if (values["dry-run"]) return answer(values, { command }, command.join(" "));
  const flashed = flashFirmware(values.port, baud);
  if (!flashed.ok) return refuse(flashed.error);
  const { version } = shippedFirmware().manifest;
  return answer(values, { port: values.port, version }, `version ${version} is on the board at ${values.port}`);
}

async function version(values: Values): Promise<number> {
  const { version: shipped } = shippedFirmware().manifest;
  if (values.port === undefined) return answer(values, { shipped }, `the hex of this repository: version ${shipped}`);
  const address = parseLinkAddress(values.port).ok ? values.port : `serial:${values.port}?baud=${FIRMATA_BAUD}`;
  const opener = openerFor(address);
  if (!opener.ok) return refuse(opener.error);
  const asked = await askFirmware(opener.value, systemClock);
  if (!asked.ok) return refuse(asked.error);
  const board = asked.value;
  const current = board.name === "madoguchi-io" && board.version === shipped;
  const hint = current ? "" : `; this repository has madoguchi-io ${shipped}: ./madoguchi firmware flash`;
  return answer(values, { board, shipped, current }, `${board.name} ${board.version}${hint}`);
}
