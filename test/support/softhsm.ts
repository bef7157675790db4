import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenConfig } from "../../src/security-print/token/config.ts";

const MODULE = "/usr/lib/softhsm/libsofthsm2.so";
const TOKENS = "tokens";

/** SoftHSM (the software token of OpenDNSSEC, which nobody here wrote) with tokens of its own in a temporary folder. */
export interface TestSoftHsm {
  /** Everything of it lies here; tests may put files there. */
  readonly folder: string;
  /** The PIN of every token. */
  readonly pin: string;
  /** How the product names a token of this label, which is made when it is new. */
  token(label: string): TokenConfig;
  /** The same as a file for `--token`. */
  tokenFile(label: string): string;
  /** Pulls every token, and plugs them in again. */
  pull(): void;
  plugIn(): void;
  /** Runs OpenSC's pkcs11-tool, logged in to the token of this label. */
  pkcs11Tool(label: string, ...args: readonly string[]): string;
  destroy(): void;
}

/** From now on this process and its children find these tokens: the module reads SOFTHSM2_CONF at C_Initialize. */
export function createTestSoftHsm(): TestSoftHsm {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-softhsm-"));
  const [tokens, away] = [join(folder, TOKENS), join(folder, "away")];
  const pin = "71834920";
  const pinFile = join(folder, "pin");
  const made = new Set<string>();
  mkdirSync(tokens);
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 });
  const configuration = join(folder, "softhsm2.conf");
  writeFileSync(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env.SOFTHSM2_CONF = configuration;

  const token = (label: string): TokenConfig => {
    if (!made.has(label)) {
      run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", pin);
    }
    made.add(label);
    return { module: MODULE, label, pinFile };
  };
  return {
    folder,
    pin,
    token,
    tokenFile(label) {
      const file = join(folder, `${label}.yaml`);
      writeFileSync(file, JSON.stringify(token(label)));
      return file;
    },
    pull: () => renameSync(tokens, away),
    plugIn: () => renameSync(away, tokens),
    pkcs11Tool: (label, ...args) =>
      run("pkcs11-tool", "--module", MODULE, "--token-label", label, "--login", "--pin", pin, ...args),
    destroy() {
      delete process.env.SOFTHSM2_CONF;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run(program: string, ...args: readonly string[]): string {
  const ran = spawnSync(program, args, { encoding: "utf8", timeout: 30_000 });
  if (ran.status !== 0) throw new Error(`${program} ${args[0]}: ${ran.error?.message ?? ran.stderr}`);
  return ran.stdout;
}
