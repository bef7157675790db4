import { parseArgs } from "node:util";
import { forgeryKinds } from "../support/forgeries/kinds.ts";
import { type ChannelRow, channelTable } from "./security-print/channel-table.ts";
import { comparisonTable } from "./security-print/comparison-table.ts";
import { deterrentTable } from "./security-print/deterrent-table.ts";
import { type ForgeryRow, forgeryTable } from "./security-print/forgery-table.ts";
import { keepResults, type Part, parts, type SecurityPrintResults } from "./security-print/page.ts";
import { measureSpeed } from "./security-print/speed.ts";
import { printRows, rowOf } from "./support/results.ts";

/**
 * The security print: time and memory of writing and reading it, scans of genuine backs through the print–scan channel, fronts
 * laid over decoded ones, the deterrent text and its copies, and forgeries. `--only PART` measures one of these and can be given
 * again. `--trials` scans of each setting (about 4 s each); `--forgeries` by their cells (about .1 s each), and a fiftieth
 * of them through the channel.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    docs: { type: "boolean" },
    only: { type: "string", multiple: true },
    runs: { type: "string", default: "10" },
    trials: { type: "string", default: "2" },
    forgeries: { type: "string", default: "300" },
  },
});
const json = values.json ?? false;
const [runs, trials, forgeries] = [values.runs, values.trials, values.forgeries].map((n) => Math.max(1, Number(n)));
const asked: readonly string[] = values.only ?? parts;
/** Rows come minutes apart; JSON comes at the end, alone on standard output. */
const say = (line: string) => (json ? process.stderr.write(`${line}\n`) : console.log(line));
const each = (total: number) => Math.max(1, Math.round(total / forgeryKinds.length));

/** Each part, measured when it is asked for. */
const measures: { readonly [P in Part]: () => Promise<SecurityPrintResults[P]> } = {
  async speed() {
    const speed = await measureSpeed(runs ?? 1);
    if (!json) printRows("security-print", speed);
    return speed.map(rowOf);
  },
  channel: () => channelTable(trials ?? 1, (row) => say(channelLine(row))),
  comparison: () => comparisonTable(Math.ceil((trials ?? 1) / 2)),
  deterrent: deterrentTable,
  forgeries: () =>
    forgeryTable({ cells: each(forgeries ?? 1), scans: each((forgeries ?? 1) / 50) }, (row) => say(forgeryLine(row))),
};

const strange = asked.filter((one) => !parts.some((part) => part === one));
if (strange.length > 0) {
  process.stderr.write(`--only must be one of ${parts.join(", ")}, not ${strange.join(", ")}\n`);
  process.exit(2);
}
const results: { -readonly [P in Part]?: SecurityPrintResults[P] } = {};
for (const part of parts.filter((one) => asked.includes(one))) {
  say(`  ${part}`);
  Object.assign(results, { [part]: await measures[part]() });
}
const { speed, ...tables } = results;
if (json) console.log(JSON.stringify({ name: "security-print", results: speed ?? [], ...tables }));
if (values.docs) keepResults(results);
const wrong = (results.channel ?? []).some((row) => row.wrong > 0);
const bad = wrong || (results.forgeries ?? []).some((row) => row.accepted + row.wrong > 0);
if (bad) process.stderr.write("a genuine back was judged wrongly, or a forgery was\n");
process.exit(bad ? 1 : 0);

function channelLine({ level, dpi, cellPx, trials, exact, partial, fields, wrong }: ChannelRow): string {
  const where = `${level}, ${dpi} dpi, ${cellPx} px`.padEnd(34);
  return `    ${where} exact ${exact} of ${trials}, partial ${partial}, fields ${fields}, wrong ${wrong}`;
}

function forgeryLine({ kind, seen, trials, accepted, wrong }: ForgeryRow): string {
  return `    ${`${kind} (${seen})`.padEnd(90)} accepted ${accepted} of ${trials}, wrong ${wrong}`;
}
