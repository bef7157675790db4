import { spawnSync } from "node:child_process";

/**
 * Compiles one C source with gcc. Throws with the compiler's words, and with the Debian package when the compiler itself is
 * missing: a suite that cannot run must not look green.
 *
 * @param options.packages what the source needs besides gcc, for the message
 */
export function compileC(
  source: string,
  target: string,
  options: { readonly flags: readonly string[]; readonly packages?: string },
): void {
  const run = spawnSync("gcc", ["-Wall", "-Wextra", "-Werror", "-O2", source, "-o", target, ...options.flags], {
    encoding: "utf8",
  });
  const needs = ["gcc libc6-dev", options.packages].filter((name) => name).join(" ");
  if (run.error) throw new Error(`gcc is missing: install the Debian packages ${needs} (apt-get install -y ${needs})`);
  if (run.status !== 0) throw new Error(`${source} does not compile (it needs the packages ${needs}):\n${run.stderr}`);
}
