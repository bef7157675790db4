import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { messageOf } from "./errors/failure.ts";
import { fail, ok, type Result } from "./result.ts";

/**
 * Reads a YAML file and checks it against a schema. Unknown keys are refused where the schema says `strictObject`.
 * Errors: `K-CONF-101` unreadable, `K-CONF-102` not YAML, `K-CONF-103` naming file, line, key, value and what is allowed;
 * several problems of one file come as a chain of causes.
 */
export function loadConfig<S extends z.ZodType>(file: string, schema: S): Result<z.output<S>> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    return fail("K-CONF-101", { file, why: messageOf(thrown) });
  }
  return parseConfig(file, text, schema);
}

/** `loadConfig` on a text already read; `file` only names it in errors. */
export function parseConfig<S extends z.ZodType>(file: string, text: string, schema: S): Result<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax) {
    return fail("K-CONF-102", {
      file,
      line: lines.linePos(syntax.pos[0]).line,
      why: syntax.message.split("\n")[0] ?? "",
    });
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return ok(parsed.data);
  const failures = parsed.error.issues
    .flatMap((issue) => problems(issue))
    .map(({ path, allowed }) => ({
      file,
      line: lineOf(document, lines, path),
      key: path.length > 0 ? path.join(".") : "(top)",
      value: SECRET.test(String(path.at(-1))) ? "(not shown)" : shown(document.getIn(path, false)),
      allowed,
    }));
  return failures.reduceRight<Result<never>>(
    (below, detail) => fail("K-CONF-103", detail, below.ok ? undefined : below.error),
    { ok: true, value: undefined as never },
  );
}

/** Nobody's configuration has such a key; who wrote the secret there all the same must not find it in a log. */
const SECRET = /^(pin|password|passphrase|secret)$/i;

type Path = readonly (string | number)[];

function problems(issue: z.core.$ZodIssue): { path: Path; allowed: string }[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], allowed: "no such key" }));
  }
  return [{ path, allowed: issue.message }];
}

function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
    const range = node?.range;
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}

function shown(value: unknown): string {
  if (value === undefined) return "(missing)";
  if (value !== null && typeof value === "object") return "(a block)";
  return String(value);
}
