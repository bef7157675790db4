/** Lines of one file that can be executed, and those that were. Numbers count from 1. */
export interface LineCount {
  readonly executable: ReadonlySet<number>;
  readonly covered: ReadonlySet<number>;
}

/** What vitest writes for one file (Istanbul's format). */
export interface FileCoverage {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
}

/** A line is executable when a statement begins on it, and covered when one of them was run. */
export function linesOf(file: FileCoverage): LineCount {
  const executable = new Set<number>();
  const covered = new Set<number>();
  for (const [id, { start }] of Object.entries(file.statementMap)) {
    executable.add(start.line);
    if ((file.s[id] ?? 0) > 0) covered.add(start.line);
  }
  return { executable, covered };
}

/** What V8 writes for one script of a process (NODE_V8_COVERAGE): functions with nested ranges, the innermost counts. */
export interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
  }[];
}

/**
 * Of some lines of a script those that V8 saw running. Node strips types by blanks, so that the offsets are those of the
 * source. A line is judged by its first character that is no blank.
 */
export function ranLines(source: string, script: ScriptCoverage, lines: ReadonlySet<number>): Set<number> {
  const ranges = script.functions.flatMap((one) => one.ranges);
  const ran = new Set<number>();
  let offset = 0;
  for (const [index, text] of source.split("\n").entries()) {
    const at = offset + text.search(/\S|$/);
    offset += text.length + 1;
    if (!lines.has(index + 1)) continue;
    const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= at && at < endOffset);
    const innermost = around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))[0];
    if (innermost && innermost.count > 0) ran.add(index + 1);
  }
  return ran;
}

/** What gcov writes for one source (`gcov --json-format`). */
export interface GcovFile {
  readonly file: string;
  readonly lines: readonly { readonly line_number: number; readonly count: number }[];
}

/** Lines of a C source, over all programs that were built from it. */
export function linesOfC(files: readonly GcovFile[]): LineCount {
  const all = files.flatMap(({ lines }) => lines);
  const numbers = (some: typeof all) => new Set(some.map(({ line_number: line }) => line));
  return { executable: numbers(all), covered: numbers(all.filter(({ count }) => count > 0)) };
}
