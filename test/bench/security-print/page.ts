import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ResultRow } from "../support/results.ts";
import { clopperPearson } from "./bounds.ts";
import type { ChannelRow } from "./channel-table.ts";
import type { ForgeryRow } from "./forgery-table.ts";

export interface SecurityPrintResults {
  readonly speed: readonly ResultRow[];
  readonly channel: readonly ChannelRow[];
  readonly forgeries: readonly ForgeryRow[];
}

const FILE = fileURLToPath(new URL("../../../docs/security-print-results.md", import.meta.url));

/** Writes the results' page of the documents. */
export function writePage(results: SecurityPrintResults): void {
  writeFileSync(FILE, pageOf(results));
}

/** The page: what was measured, and how to measure it again. */
export function pageOf({ speed, channel, forgeries }: SecurityPrintResults): string {
  const seen = (one: ForgeryRow["seen"]) => forgeries.filter((row) => row.seen === one);
  return `# What the scrambled image withstands

Written by \`./madoguchi bench security-print --trials ${channel[0]?.trials ?? 0} --forgeries ${sum(seen("cells"), "trials")} --docs\`. Nothing here was printed
on paper: backs go through a simulation of printer, use and scanner (\`test/support/print-scan\`, figures of each level in its
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

## Time and memory
One thread each. "×" is the ratio to the floor that was measured in the same run.

| what | median | p99 | n | floor | × |
|---|---|---|---|---|---|
${speed.map(speedLine).join("\n")}
`;
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
