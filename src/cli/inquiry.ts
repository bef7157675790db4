import { resolve } from "node:path";
import { inquiryConfig } from "../issuance-center/inquiry/config.ts";
import { startInquiry } from "../issuance-center/inquiry/start.ts";
import { systemClock } from "../kernel/clock.ts";
import { errorCatalogue } from "../kernel/errors/catalogue.ts";
import type { Failure } from "../kernel/errors/failure.ts";
import { createLogger } from "../kernel/logger.ts";
import { explain } from "../kernel/process.ts";
import { type Command, exitCodes, numberOption, parseOptions, UsageError } from "./command.ts";
import { TOKEN_FILE, tokenFile } from "./image-token.ts";
import { ensurePages } from "./pages.ts";

const DEFAULT_PORT = 18_480;

/** `./madoguchi inquiry`: the site where a recipient checks a certificate, alone on this machine. */
export const inquiry: Command = {
  summary: "serves the site where a recipient checks the back of a certificate",
  usage: `usage: ./madoguchi inquiry --keys FILE [--token TOKEN.yaml] [--port N]

Serves the inquiry site on 127.0.0.1 until Ctrl-C: scans of backs are read in processes with limits, and nothing of them is
stored. \`up\` serves it too; in production it is the process src/issuance-center/inquiry with inquiry.yaml.

  --keys FILE  the inspection keys, as \`./madoguchi image-keys export\` and \`./madoguchi issue\` write them
  --token FILE for keys that lie in a token: ${TOKEN_FILE}
  --port N     default ${DEFAULT_PORT}`,
  async run(args) {
    const { values } = parseOptions(args, {
      keys: { type: "string" },
      token: { type: "string" },
      port: { type: "string" },
    });
    if (values.keys === undefined) throw new UsageError("--keys is missing: which file has the inspection keys?");
    const port = numberOption("port", values.port, 1024, 65_535) ?? DEFAULT_PORT;
    const token = tokenFile(values.token);
    if (!token.ok) return refuse(token.error);
    const page = `${ensurePages((text) => process.stderr.write(`  ${text}\n`))}/inquiry`;
    const pkcs11 = token.value ? { pkcs11: token.value } : {};
    const config = inquiryConfig.parse({ listen: { port }, inspectionKeys: resolve(values.keys), page, ...pkcs11 });
    const logger = createLogger("inquiry", systemClock, (line) => process.stderr.write(line));
    const site = await startInquiry(config, { clock: systemClock, logger });
    if (!site.ok) return refuse(site.error);
    process.stdout.write(`${site.value.addresses.page}\n`);
    await new Promise<void>((stop) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop());
    });
    await site.value.stop();
    return exitCodes.ok;
  },
};

function refuse(failure: Failure): number {
  process.stderr.write(`${explain("madoguchi inquiry", failure)}\n  ${errorCatalogue[failure.code].clerk}\n`);
  return exitCodes.usage;
}
