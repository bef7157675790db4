import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { fail, ok, type Result } from "../../src/kernel/result.ts";

const SOURCES = fileURLToPath(new URL("src", import.meta.url));
/** The built firmware as it is in the repository, so that a bare clone runs it without a compiler. */
export const firmwareHexFile: string = fileURLToPath(new URL("madoguchi-io.hex", import.meta.url));
const MANIFEST = fileURLToPath(new URL("madoguchi-io.json", import.meta.url));

/** What the repository says about the hex beside it. */
export interface FirmwareManifest {
  readonly version: string;
  /** First line of `avr-gcc --version`: another compiler makes other bytes. */
  readonly compiler: string;
  /** SHA-256 over names and contents of all sources. */
  readonly sources: string;
  /** SHA-256 of the hex. */
  readonly hex: string;
  readonly flashBytes: number;
  /** Static RAM; the rest of 2048 bytes is stack. */
  readonly ramBytes: number;
}

const manifest = z.strictObject({
  version: z.string(),
  compiler: z.string(),
  sources: z.string(),
  hex: z.string(),
  flashBytes: z.int(),
  ramBytes: z.int(),
});

/** ATmega328P with Optiboot: 32 KB less 512 bytes; of 2048 bytes RAM half is kept for the stack. */
const FLASH_LIMIT_BYTES = 32_256;
const RAM_LIMIT_BYTES = 1_024;

const FLAGS = [
  "-std=c99",
  "-Os",
  "-mmcu=atmega328p",
  "-DF_CPU=16000000UL",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-ffunction-sections",
  "-fdata-sections",
  "-Wl,--gc-sections",
] as const;

/** The committed hex as text and what is known about it. */
export function shippedFirmware(): { readonly hex: string; readonly manifest: FirmwareManifest } {
  return {
    hex: readFileSync(firmwareHexFile, "utf8"),
    manifest: manifest.parse(JSON.parse(readFileSync(MANIFEST, "utf8"))),
  };
}

/** The version that `version.h` gives: the one source of it. */
export function firmwareVersion(): string {
  const text = readFileSync(join(SOURCES, "version.h"), "utf8");
  const part = (name: string) => new RegExp(`FIRMWARE_${name} (\\d+)`).exec(text)?.[1] ?? "0";
  return `${part("MAJOR")}.${part("MINOR")}.${part("PATCH")}`;
}

/** SHA-256 over the C sources. */
export function firmwareSourcesHash(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(SOURCES).sort()) hash.update(`${name}\0`).update(readFileSync(join(SOURCES, name)));
  return hash.digest("hex");
}

/**
 * Compiles the firmware. `defines` are for tests only (`TEST_HANG`). Errors: `K-FIRM-101` avr-gcc is missing, `K-FIRM-102` it
 * refuses the sources, with its words, or the result is too big.
 */
export function buildFirmware(
  defines: readonly string[] = [],
): Result<{ readonly hex: string; readonly manifest: FirmwareManifest }> {
  const asked = spawnSync("avr-gcc", ["--version"], { encoding: "utf8" });
  if (asked.error || !existsSync("/usr/lib/avr/include/avr/io.h")) return fail("K-FIRM-101");
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-firmware-"));
  try {
    const sources = readdirSync(SOURCES).filter((name) => name.endsWith(".c"));
    // Run inside the folder with bare names: no path of this machine reaches the object files.
    const elf = join(folder, "firmware.elf");
    const hexFile = join(folder, "firmware.hex");
    const compiled = run("avr-gcc", [...FLAGS, ...defines.map((d) => `-D${d}`), ...sources.sort(), "-o", elf]);
    if (!compiled.ok) return compiled;
    const copied = run("avr-objcopy", ["-O", "ihex", "-R", ".eeprom", elf, hexFile]);
    if (!copied.ok) return copied;
    const sized = run("avr-size", ["-A", elf]);
    if (!sized.ok) return sized;
    const section = (name: string) =>
      Number(new RegExp(`^${name}\\s+(\\d+)`, "m").exec(sized.value.replaceAll("\r", ""))?.[1] ?? 0);
    const hex = readFileSync(hexFile, "utf8").replaceAll("\r\n", "\n");
    const flashBytes = section("\\.text") + section("\\.data");
    const ramBytes = section("\\.data") + section("\\.bss") + section("\\.noinit");
    if (flashBytes > FLASH_LIMIT_BYTES || ramBytes > RAM_LIMIT_BYTES) {
      return fail("K-FIRM-102", { why: `too big: ${flashBytes} bytes of flash, ${ramBytes} bytes of RAM` });
    }
    return ok({
      hex,
      manifest: {
        version: firmwareVersion(),
        compiler: asked.stdout.split("\n")[0] ?? "",
        sources: firmwareSourcesHash(),
        hex: createHash("sha256").update(hex).digest("hex"),
        flashBytes,
        ramBytes,
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts a build into the repository's place. */
export function keepFirmware(built: { readonly hex: string; readonly manifest: FirmwareManifest }): void {
  writeFileSync(firmwareHexFile, built.hex);
  writeFileSync(MANIFEST, `${JSON.stringify(built.manifest, undefined, 2)}\n`);
}

function run(program: string, args: readonly string[]): Result<string> {
  const done = spawnSync(program, [...args], { cwd: SOURCES, encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  if (done.error) return fail("K-FIRM-101", { program });
  return done.status === 0 ? ok(done.stdout) : fail("K-FIRM-102", { why: done.stderr.trim() });
}
