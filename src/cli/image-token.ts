import { resolve } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { loadConfig } from "../kernel/config.ts";
import { ok, type Result } from "../kernel/result.ts";
import { type TokenConfig, tokenConfig } from "../security-print/token/config.ts";
import { createTokenProcess, type TokenProcess } from "../security-print/token/token-process.ts";

/** What `--token` is, for the help texts of the commands that have it. */
export const TOKEN_FILE = `YAML that names a PKCS#11 token, such as
                   module: /usr/lib/softhsm/libsofthsm2.so   # of the token's maker, absolute
                   label: centre                             # of the token
                   pinFile: /etc/madoguchi/token.pin         # its user PIN; the command line never has it`;

/** The file of `--token`; undefined without the option. `K-CONF-101` … `K-CONF-103`. */
export function tokenFile(file: string | undefined): Result<TokenConfig | undefined> {
  return file === undefined ? ok(undefined) : loadConfig(resolve(file), tokenConfig);
}

/** The token of `--token`, to be closed at the end; undefined without the option. Errors as `tokenFile`. */
export function tokenOption(file: string | undefined): Result<TokenProcess | undefined> {
  const config = tokenFile(file);
  if (!config.ok) return config;
  return ok(config.value && createTokenProcess(config.value, { clock: systemClock }));
}
