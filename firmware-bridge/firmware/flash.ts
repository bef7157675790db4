import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { messageOf } from "../../src/kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { firmwareHexFile } from "./build.ts";

/** Optiboot on an Uno; boards with an older boot loader (many Nanos) take 57600. */
export const FLASH_BAUD = 115_200;
/** avrdude needs three seconds; a boot loader that never answers is given up by avrdude itself after ten tries. */
const FLASH_TIMEOUT_MS = 120_000;

/** The command that writes the committed hex through the Arduino boot loader and reads it back. `-D`: no chip erase. */
export function flashCommand(port: string, baud: number): readonly string[] {
  return [
    ...["avrdude", "-p", "atmega328p", "-c", "arduino", "-P", port, "-b", String(baud)],
    ...["-D", "-U", `flash:w:${firmwareHexFile}:i`],
  ];
}

/**
 * Flashes the board on a serial port; avrdude's own words go to standard error. `K-FIRM-103` avrdude is missing,
 * `K-FIRM-104` the port cannot be opened, `K-FIRM-105` it could not write.
 */
export function flashFirmware(port: string, baud: number): Result<void> {
  try {
    accessSync(port, constants.R_OK | constants.W_OK);
  } catch (thrown) {
    return fail("K-FIRM-104", { port, why: messageOf(thrown) });
  }
  const [program = "", ...args] = flashCommand(port, baud);
  const run = spawnSync(program, args, { stdio: ["ignore", 2, 2], timeout: FLASH_TIMEOUT_MS });
  if (run.error && "code" in run.error && run.error.code === "ENOENT") return fail("K-FIRM-103");
  return run.status === 0 ? ok() : fail("K-FIRM-105", { port, status: run.status ?? -1 });
}
