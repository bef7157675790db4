import { parseArgs } from "node:util";
import { forgeryKinds } from "../support/forgeries/kinds.ts";
import { type ChannelRow, channelTable } from "./security-print/channel-table.ts";
import { comparisonTable } from "./security-print/comparison-table.ts";
import { deterrentTable } from "./security-print/deterrent-table.ts";
import { type ForgeryRow, forgeryTable } from "./security-print/forgery-table.ts";
import { writePage } from "./security-print/page.ts";
import { measureSpeed } from "./security-print/speed.ts";
import { printRows, rowOf } from "./support/results.ts";

/**
 * The security print: time and memory of writing and reading it, scans of genuine backs through the print–scan channel, fronts
 * laid over decoded ones, the deterrent text and its copies, and forgeries. `--trials` scans of each setting (about 2 s each); `--forgeries` by their cells (about .1 s each), and a fiftieth
 * of them through the channel.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    docs: { type: "boolean" },
    runs: { type: "string", default: "10" },
    trials: { type: "string", default: "2" },
    forgeries: { type: "string", default: "300" },
  },
});
const json = values.json ?? false;
const forgeries = Math.max(1, Number(values.forgeries));
const say = (line: string) => {
  if (!json) console.log(line);
};
/** On the way: the rows come minutes apart. */
const told = (line: string) => process.stderr.write(`${line}\n`);

const speed = await measureSpeed(Math.max(1, Number(values.runs)));
if (!json) printRows("security-print", speed);
say("  scans of genuine backs");
const channel = await channelTable(Math.max(1, Number(values.trials)), (row) => (json ? told : say)(channelLine(row)));
say("  fronts laid over the decoded ones");
const comparison = await comparisonTable(Math.max(1, Math.ceil(Number(values.trials) / 4)));
say("  deterrent text");
const deterrent = await deterrentTable();
say("  forgeries");
const each = (total: number) => Math.max(1, Math.round(total / forgeryKinds.length));
const forged = await forgeryTable({ cells: each(forgeries), scans: each(forgeries / 50) }, (row) =>
  (json ? told : say)(forgeryLine(row)),
);
const results = { speed: speed.map(rowOf), channel, forgeries: forged, comparison, deterrent };
const { speed: measured, ...tables } = results;
if (json) console.log(JSON.stringify({ name: "security-print", results: measured, ...tables }));
if (values.docs) writePage(results);
const bad = channel.some((row) => row.wrong > 0) || forged.some((row) => row.accepted + row.wrong > 0);
if (bad) process.stderr.write("a genuine back was judged wrongly, or a forgery was\n");
process.exit(bad ? 1 : 0);

function channelLine({ level, dpi, cellPx, trials, exact, partial, fields, wrong }: ChannelRow): string {
  const where = `${level}, ${dpi} dpi, ${cellPx} px`.padEnd(34);
  return `    ${where} exact ${exact} of ${trials}, partial ${partial}, fields ${fields}, wrong ${wrong}`;
}

function forgeryLine({ kind, seen, trials, accepted, wrong }: ForgeryRow): string {
  return `    ${`${kind} (${seen})`.padEnd(90)} accepted ${accepted} of ${trials}, wrong ${wrong}`;
}
