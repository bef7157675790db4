/** One measured thing: its samples, and the floor that was measured beside them, if there is one. */
export interface Measurement {
  readonly metric: string;
  readonly unit: "ms" | "MB" | "kB" | "MB/s" | "%";
  readonly samples: readonly number[];
  /** What it was compared with, and that thing's samples of the same run. */
  readonly floor?: { readonly what: string; readonly samples: readonly number[] };
}

/** A result as it is printed. */
export interface ResultRow {
  readonly metric: string;
  readonly unit: string;
  readonly median: number;
  readonly p99: number;
  readonly n: number;
  readonly baseline: number | null;
  readonly ratio: number | null;
}

/** The value below which a share of the samples lies (nearest rank). */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** The result of one measured thing. */
export function rowOf(m: Measurement): ResultRow {
  const median = quantile(m.samples, 0.5);
  const baseline = m.floor ? quantile(m.floor.samples, 0.5) : null;
  return {
    metric: m.metric,
    unit: m.unit,
    median: round(median),
    p99: round(quantile(m.samples, 0.99)),
    n: m.samples.length,
    baseline: baseline === null ? null : round(baseline),
    ratio: baseline === null ? null : round(median / baseline),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Prints a bench's results: one JSON line, or a table for people with what each floor is. */
export function report(name: string, measurements: readonly Measurement[], json: boolean): void {
  if (json) console.log(JSON.stringify({ name, results: measurements.map(rowOf) }));
  else printRows(name, measurements);
}

/** The table for people. */
export function printRows(name: string, measurements: readonly Measurement[]): void {
  console.log(name);
  for (const measurement of measurements) {
    const r = rowOf(measurement);
    const { floor } = measurement;
    const against = floor ? `   ${r.ratio} × ${floor.what} (${r.baseline} ${r.unit})` : "";
    console.log(`  ${r.metric.padEnd(44)} median ${r.median} ${r.unit}, p99 ${r.p99}, n ${r.n}${against}`);
  }
}
