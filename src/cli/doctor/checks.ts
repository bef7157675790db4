import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** What one thing on the machine looks like, and the exact command that mends it. */
export interface Finding {
  readonly name: string;
  readonly present: boolean;
  readonly detail: string;
  /** What needs it; a command that never uses it works without. */
  readonly neededBy: string;
  /** Argument lists to run one after the other; empty when there is nothing to run. */
  readonly mend: readonly (readonly string[])[];
}

const APT = ["apt-get", "install", "-y", "--no-install-recommends"] as const;

/** A package of Debian, as a command; asks for rights where they are missing. */
function apt(...packages: string[]): string[][] {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo"];
  return [
    [...sudo, "apt-get", "update"],
    [...sudo, ...APT, ...packages],
  ];
}

/** First line of a program's output; undefined when it is not there. */
export function firstLine(program: string, args: readonly string[]): string | undefined {
  const run = spawnSync(program, [...args], { encoding: "utf8", timeout: 10_000 });
  if (run.error) return undefined;
  return `${run.stdout}${run.stderr}`.split("\n")[0]?.trim() ?? "";
}

function program(name: string, args: string[], neededBy: string, packages: string[], paths: string[] = []): Finding {
  const found = [name, ...paths]
    .map((path) => ({ path, line: firstLine(path, args) }))
    .find((p) => p.line !== undefined);
  return {
    name,
    present: found !== undefined,
    detail: found ? `${found.line}` : "not found",
    neededBy,
    mend: found ? [] : apt(...packages),
  };
}

function file(name: string, path: string, neededBy: string, packages: string[]): Finding {
  const present = existsSync(path);
  return { name, present, detail: present ? path : "not found", neededBy, mend: present ? [] : apt(...packages) };
}

/** The folder of Debian's PostgreSQL binaries (they are not on PATH), newest first. */
export function postgresFolder(): string | undefined {
  const base = "/usr/lib/postgresql";
  if (!existsSync(base)) return undefined;
  return readdirSync(base)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(base, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")));
}

function nodeFinding(): Finding {
  return {
    name: "node",
    present: true,
    detail: `${process.version} (${process.execPath.includes("node_modules") ? "pinned" : "the machine's own"})`,
    neededBy: "everything",
    mend: [],
  };
}

function fontFinding(root: string): Finding {
  const file = "node_modules/@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf";
  const present = existsSync(join(root, file));
  return {
    name: "Japanese font",
    present,
    detail: present ? "Noto Serif JP (npm, OFL)" : `${file} is missing`,
    neededBy: "certificates and receipts",
    mend: present ? [] : [["npm", "ci", "--ignore-scripts"]],
  };
}

/** An optional npm package with native code: installed without it, built where it is wanted. */
function addOnFinding(
  root: string,
  addOn: { readonly name: string; readonly npm: string; readonly neededBy: string; readonly packages: string[] },
): Finding {
  let present = true;
  try {
    createRequire(join(root, "package.json"))(addOn.npm);
  } catch {
    present = false;
  }
  return {
    name: addOn.name,
    present,
    detail: present ? "built for this Node" : "native add-on not built",
    neededBy: addOn.neededBy,
    mend: present
      ? []
      : [
          ...apt(...addOn.packages, "g++", "make", "python3"),
          [
            "npm",
            "rebuild",
            addOn.npm,
            "--ignore-scripts=false",
            `--nodedir=${join(root, `node_modules/node-linux-${process.arch}`)}`,
          ],
        ],
  };
}

/** Legibility is judged by a reader that is not ours. */
function tesseractFinding(): Finding {
  const languages = spawnSync("tesseract", ["--list-langs"], { encoding: "utf8", timeout: 10_000 });
  const version = firstLine("tesseract", ["--version"]);
  const present = version !== undefined && /^jpn$/m.test(languages.stdout ?? "");
  return {
    name: "tesseract",
    present,
    detail: present ? `${version}, Japanese` : version ? `${version} without Japanese` : "not found",
    neededBy: "./madoguchi test and bench (judge of legibility)",
    mend: present ? [] : apt("tesseract-ocr", "tesseract-ocr-jpn"),
  };
}

function serialFinding(): Finding {
  const folder = "/dev/serial/by-id";
  const ports = existsSync(folder) ? readdirSync(folder) : [];
  return {
    name: "serial ports",
    present: ports.length > 0,
    detail: ports.length > 0 ? ports.join(", ") : "none attached",
    neededBy: "real coin vendor, receipt printer and I/O board",
    mend: [],
  };
}

function printerFinding(): Finding {
  const run = spawnSync("ippfind", ["-T", "1"], { encoding: "utf8", timeout: 10_000 });
  const printers = (run.stdout ?? "").split("\n").filter((line) => /^ipps?:/.test(line));
  const searched = run.status === 0 || run.status === 1;
  const nothing = run.error
    ? "ippfind not found, the network was not searched"
    : searched
      ? "none found"
      : `not searched: ${run.stderr.trim()}`;
  return {
    name: "IPP printers",
    present: printers.length > 0,
    detail: printers.length > 0 ? printers.join(", ") : nothing,
    neededBy: "a real A4 printer (ipp: links)",
    mend: run.error ? apt("cups-ipp-utils") : [],
  };
}

/** Everything that the product or its tests can use on this machine. */
export function examine(root: string): Finding[] {
  const postgres = postgresFolder();
  return [
    nodeFinding(),
    fontFinding(root),
    program("openssl", ["version"], "./madoguchi test (foreign OCSP responder)", ["openssl"]),
    {
      name: "PostgreSQL",
      present: postgres !== undefined,
      detail: postgres ? (firstLine(join(postgres, "postgres"), ["--version"]) ?? postgres) : "not found",
      neededBy: "./madoguchi test, and a centre that keeps its books",
      mend: postgres ? [] : apt("postgresql"),
    },
    program("pcscd", ["--version"], "a real card reader, ./madoguchi test", ["pcscd"], ["/usr/sbin/pcscd"]),
    addOnFinding(root, {
      name: "pcsclite add-on",
      npm: "@pokusew/pcsclite",
      neededBy: "a real card reader (pcsc: links)",
      packages: ["libpcsclite-dev"],
    }),
    file("vpcd", "/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "./madoguchi test (card judges)", ["vsmartcard-vpcd"]),
    program("opensc-tool", ["--info"], "./madoguchi test (judge of the simulated card)", ["opensc"]),
    program("gcc", ["--version"], "./madoguchi test (card judges), the card reader's add-on", ["gcc", "libc6-dev"]),
    addOnFinding(root, {
      name: "pkcs11js add-on",
      npm: "pkcs11js",
      neededBy: "image keys in a token (--token, pkcs11), ./madoguchi test",
      packages: [],
    }),
    file("SoftHSM", "/usr/lib/softhsm/libsofthsm2.so", "./madoguchi test (image keys in a token)", ["softhsm2"]),
    file("PC/SC headers", "/usr/include/PCSC/winscard.h", "./madoguchi bench card (its C client)", ["libpcsclite-dev"]),
    program(
      "ippeveprinter",
      ["--version"],
      "./madoguchi test (judge of the print client)",
      ["cups-ipp-utils"],
      ["/usr/sbin/ippeveprinter"],
    ),
    program("dbus-daemon", ["--version"], "./madoguchi test (ippeveprinter's bus)", ["dbus-daemon"]),
    file("CUPS raster library", "/usr/include/cups/raster.h", "./madoguchi test (ippeveprinter's engine)", [
      "libcups2-dev",
    ]),
    program("ipptool", ["--version"], "./madoguchi test (judge of the simulated printer)", ["cups-ipp-utils"]),
    program("chromium", ["--version"], "the panel on a kiosk, ./madoguchi test, ./madoguchi screens", ["chromium"]),
    program("avr-gcc", ["--version"], "./madoguchi firmware build, ./madoguchi test", ["gcc-avr", "binutils-avr"]),
    file("avr-libc", "/usr/lib/avr/include/avr/io.h", "./madoguchi firmware build, ./madoguchi test", ["avr-libc"]),
    file("simavr", "/usr/include/simavr/sim_avr.h", "./madoguchi test (judge of the firmware)", [
      "libsimavr-dev",
      "libelf-dev",
    ]),
    program("socat", ["-V"], "./madoguchi test (serial ports without hardware)", ["socat"]),
    program("avrdude", ["-?"], "./madoguchi firmware flash", ["avrdude"]),
    program("jbig2dec", ["--version"], "./madoguchi test (judge of the bilevel coder)", ["jbig2dec"]),
    program("pdfimages", ["-v"], "./madoguchi test (judge of the PDF with four inks)", ["poppler-utils"]),
    tesseractFinding(),
    printerFinding(),
    serialFinding(),
  ];
}

/** The findings without which `./madoguchi test` cannot run whole. */
export const testNeeds: readonly string[] = [
  "openssl",
  "PostgreSQL",
  "pcscd",
  "pcsclite add-on",
  "vpcd",
  "opensc-tool",
  "gcc",
  "pkcs11js add-on",
  "SoftHSM",
  "PC/SC headers",
  "ippeveprinter",
  "dbus-daemon",
  "CUPS raster library",
  "ipptool",
  "chromium",
  "avr-gcc",
  "avr-libc",
  "simavr",
  "socat",
  "jbig2dec",
  "pdfimages",
  "tesseract",
];
