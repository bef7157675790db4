import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { explain } from "../kernel/process.ts";
import { certificateKinds } from "../protocol/certificates.ts";
import { MAX_COPIES } from "../protocol/statements.ts";
import { issueOnce } from "../town/start/issue-once.ts";
import type { CardPlace } from "../town/start/town.ts";
import {
  type Command,
  exitCodes,
  numberOption,
  parseOptions,
  UsageError,
  wordOption,
  writableFolder,
} from "./command.ts";
import { exampleTowns, townFolders } from "./towns.ts";

/** Where vpcd's first slot waits when nobody says otherwise. */
const VPCD_PORT = 35_963;

/** `./madoguchi issue`: one scripted citizen through the same processes and bytes as a real one. */
export const issue: Command = {
  summary: "one citizen takes home one certificate; leaves the sheets, the receipt and the journal as files",
  usage: `usage: ./madoguchi issue [--json] [--out DIR] [--certificate resident-record|seal-registration] [--copies N]
                         [--resident ID] [--town DIR] [--card embedded|vpcd[:PORT]] [--printer embedded|ipp://…]

Starts the whole system in a fresh temporary folder, lets a scripted citizen put the card on, enter the PIN, choose, pay
and take everything, and writes certificate.pdf, front-1.png, back-1.png, …, receipt.png, journal.json and summary.json.
Exit code 0 only for a completed issuance.

  --json          prints summary.json on standard output, and nothing else
  --out DIR       where the files go (default issued)
  --certificate   ${certificateKinds.join(" or ")} (default ${certificateKinds[0]})
  --copies N      1 to ${MAX_COPIES} (default 1)
  --resident ID   whose card (default: the first resident of the town with an ordinary card)
  --town DIR      the municipality (docs/towns.md; default ${exampleTowns[0]})
  --card          embedded, or vpcd: through a running pcscd with Debian's vsmartcard-vpcd, whose first slot waits on
                  PORT (default ${VPCD_PORT}); PCSCLITE_CSOCK_NAME names the socket of another pcscd
  --printer       embedded, or any IPP Everywhere printer that takes PWG raster (then there are no pictures of the sheets)`,
  async run(args) {
    const { values } = parseOptions(args, {
      json: { type: "boolean" },
      out: { type: "string" },
      certificate: { type: "string" },
      copies: { type: "string" },
      resident: { type: "string" },
      town: { type: "string" },
      card: { type: "string" },
      printer: { type: "string" },
    });
    const printer = values.printer ?? "embedded";
    if (printer !== "embedded" && !/^ipps?:\/\/./.test(printer)) {
      throw new UsageError(`--printer must be embedded or an ipp:// address, not ${printer}`);
    }
    const say = (text: string) => process.stderr.write(`  ${text}\n`);
    const outFolder = writableFolder(resolve(values.out ?? "issued"));
    const wanted = {
      certificate: wordOption("certificate", values.certificate, certificateKinds) ?? certificateKinds[0],
      copies: numberOption("copies", values.copies, 1, MAX_COPIES) ?? 1,
      card: cardPlace(values.card ?? "embedded"),
    };
    const stopping = new AbortController();
    // Not `once`: an impatient second Ctrl-C must not leave keys and registers behind. Stopping takes seconds at most.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
    const dataFolder = mkdtempSync(join(tmpdir(), "madoguchi-issue-"));
    try {
      const done = await issueOnce({
        ...wanted,
        dataFolder,
        townFolders: townFolders(values.town),
        outFolder,
        residentId: values.resident,
        printer,
        clock: systemClock,
        signal: stopping.signal,
        onProgress: say,
      });
      if (!done.ok && stopping.signal.aborted) {
        process.stderr.write("madoguchi issue: given up; nothing is left running\n");
        return exitCodes.failed;
      }
      if (!done.ok) {
        process.stderr.write(`${explain("madoguchi issue", done.error)}\n`);
        return done.error.code.startsWith("K-CONF") || done.error.code === "K-TOWN-103"
          ? exitCodes.usage
          : exitCodes.failed;
      }
      const { summary, files } = done.value;
      if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
      else process.stdout.write(`${summary.result}: ${files.map((f) => join(values.out ?? "issued", f)).join(", ")}\n`);
      return summary.result === "issued" ? exitCodes.ok : exitCodes.failed;
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  },
};

function cardPlace(text: string): CardPlace {
  if (text === "embedded") return text;
  const port = /^vpcd(?::(\d{1,5}))?$/.exec(text);
  if (!port) throw new UsageError(`--card must be embedded, vpcd or vpcd:PORT, not ${text}`);
  return { vpcdPort: numberOption("card", port[1], 1, 65_535) ?? VPCD_PORT };
}
