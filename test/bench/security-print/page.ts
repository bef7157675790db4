import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COPIER_GAIN, type CopierName, copiers } from "../../support/print-scan/copier.ts";
import type { ResultRow } from "../support/results.ts";
import { clopperPearson } from "./bounds.ts";
import type { ChannelRow } from "./channel-table.ts";
import type { ComparisonRow } from "./comparison-table.ts";
import type { DeterrentRow } from "./deterrent-table.ts";
import type { ForgeryRow } from "./forgery-table.ts";

export interface SecurityPrintResults {
  readonly speed: readonly ResultRow[];
  readonly channel: readonly ChannelRow[];
  readonly forgeries: readonly ForgeryRow[];
  readonly comparison: readonly ComparisonRow[];
  readonly deterrent: readonly DeterrentRow[];
}

/** What can be measured without the rest. */
export const parts = [
  "speed",
  "channel",
  "comparison",
  "deterrent",
  "forgeries",
] as const satisfies readonly (keyof SecurityPrintResults)[];
export type Part = (typeof parts)[number];

const PAGE = fileURLToPath(new URL("../../../docs/security-print-results.md", import.meta.url));
const RESULTS = fileURLToPath(new URL("./results.json", import.meta.url));

/** The results that the page in the documents was made of. */
export function keptResults(): SecurityPrintResults {
  return JSON.parse(readFileSync(RESULTS, "utf8")) as SecurityPrintResults;
}

/** Keeps what was measured, beside what was kept of the parts that were not, and writes the results' page of the documents. */
export function keepResults(measured: Partial<SecurityPrintResults>): void {
  const results = { ...keptResults(), ...measured };
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 1)}\n`);
  writeFileSync(PAGE, pageOf(results));
}

/** The page: what was measured, and how to measure it again. */
export function pageOf({ speed, channel, forgeries, comparison, deterrent }: SecurityPrintResults): string {
  const seen = (one: ForgeryRow["seen"]) => forgeries.filter((row) => row.seen === one);
  return `# What the security print withstands

Written by \`./madoguchi bench security-print --trials ${channel[0]?.trials ?? 0} --forgeries ${sum(seen("cells"), "trials")} --docs\`; \`--only PART\` measures one
of ${parts.join(", ")} again. Nothing here was printed on paper: backs go through a simulation of printer, use and scanner (\`test/support/print-scan\`, figures of each level in its
\`levels.ts\`). Bounds are two-sided, 95 % (Clopper and Pearson).

## Scans of genuine backs
*Exact*: genuine, and the front bit by bit the sealed one. *Partial*: some strips are missing, and are said to be; every strip
that is shown is right. *Fields*: document, issuer, time and values were read, whatever came of the picture. *Wrong*: genuine
with another front, or called altered although nothing was.

| level | dpi | cell px | exact | at least | partial | fields | wrong |
|---|---|---|---|---|---|---|---|
${channel.map(channelLine).join("\n")}

Mild, typical and hard together, exact:
${pooled(channel)
  .map(
    ({ dpi, exact, trials }) =>
      `- ${dpi} dpi: ${exact} of ${trials}, at least ${percent(clopperPearson(exact, trials).lower)}`,
  )
  .join("\n")}

## Forgeries
${(["cells", "scans"] as const).map((one) => totalLine(one, seen(one))).join("\n")}

"Genuine" stands below where cells were painted over and the code corrected them: what is shown then is, bit by bit, the front
that the issuer sealed for that document and page.

| forgery | seen as | of | accepted | wrong answer | answers |
|---|---|---|---|---|---|
${forgeries.map(forgeryLine).join("\n")}

## Fronts laid over the decoded ones
Scans at 300 dpi with the deterrent text over the front; ninety digits of 11 points became other ones. Marks besides are what
a person looks at in vain; stains are marked too, and are counted here where they look like writing.

| level | pages aligned | digits marked | at least | marks besides, a page | on the genuine page |
|---|---|---|---|---|---|
${comparison.map(comparisonLine).join("\n")}

## Deterrent text
ΔL* of the letters against their ground, below 0 darker; the step is the one whose letter is hardest to see on the original at
this printer's dot gain. *Drifted*: the same step when the gain has become .03 smaller or larger. The rest are copies, by what
the copier sees with and how it prints; its own gain is ${COPIER_GAIN}. What is between −1 and 1 is hardly seen.

| side | gain | dots | step | original | drifted | ${copierNames.join(" | ")} |
|---|---|---|---|---|---|${copierNames.map(() => "---|").join("")}
${deterrent.map(deterrentLine).join("\n")}

## Time and memory
One thread each, but a second one for the back of a sheet. "×" is the ratio to the floor that was measured in the same run.

| what | median | p99 | n | floor | × |
|---|---|---|---|---|---|
${speed.map(speedLine).join("\n")}
`;
}

function comparisonLine({ level, pages, aligned, digits, marked, elsewhere, falseMarks }: ComparisonRow): string {
  const least = percent(clopperPearson(marked, digits).lower);
  const each = (marks: number) => (marks / pages).toFixed(1);
  return `| ${level} | ${aligned} of ${pages} | ${marked} of ${digits} | ${least} | ${each(elsewhere)} | ${each(falseMarks)} |`;
}

const copierNames = Object.keys(copiers) as CopierName[];

function deterrentLine({ side, dotGain, dotPx, step, original, drifted, copies }: DeterrentRow): string {
  const all = [original.toFixed(2), drifted.map((one) => one.toFixed(2)).join(", ")];
  const seen = [...all, ...copierNames.map((name) => copies[name].toFixed(2))];
  return `| ${side} | ${dotGain} | ${dotPx} px | ${step} | ${seen.join(" | ")} |`;
}

function channelLine({ level, dpi, cellPx, trials, exact, partial, fields, wrong }: ChannelRow): string {
  const least = percent(clopperPearson(exact, trials).lower);
  return `| ${level} | ${dpi} | ${cellPx} | ${exact} of ${trials} | ${least} | ${partial} | ${fields} | ${wrong} |`;
}

const POOLED: ReadonlySet<string> = new Set(["mild", "typical", "hard"]);

function pooled(channel: readonly ChannelRow[]) {
  return [200, 300, 600].flatMap((dpi) => {
    const rows = channel.filter((row) => POOLED.has(row.level) && row.dpi === dpi && row.cellPx === 8);
    return rows.length === 0 ? [] : [{ dpi, exact: sum(rows, "exact"), trials: sum(rows, "trials") }];
  });
}

function totalLine(seen: ForgeryRow["seen"], rows: readonly ForgeryRow[]): string {
  const [trials, accepted, wrong] = [sum(rows, "trials"), sum(rows, "accepted"), sum(rows, "wrong")];
  const words =
    seen === "cells" ? "by their cells, as a perfect scan shows them" : "printed and scanned (typical, 300 dpi)";
  const most = trials > 0 ? `at most ${percent(clopperPearson(accepted, trials).upper)}` : "none tried";
  return `- ${trials} ${words}: ${accepted} accepted (${most}), ${wrong} with a wrong answer`;
}

function forgeryLine({ kind, seen, trials, accepted, wrong, answers }: ForgeryRow): string {
  const told = Object.entries(answers).map(([answer, count]) => `${answer} ${count}`);
  return `| ${kind} | ${seen} | ${trials} | ${accepted} | ${wrong} | ${told.join(", ")} |`;
}

function speedLine({ metric, unit, median, p99, n, baseline, ratio }: ResultRow): string {
  const floor = baseline === null ? "" : `${baseline} ${unit}`;
  return `| ${metric} | ${median} ${unit} | ${p99} ${unit} | ${n} | ${floor} | ${ratio ?? ""} |`;
}

function sum<K extends string>(rows: readonly Readonly<Record<K, number>>[], key: K): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.001 ? 1 : 3)} %`;
}
