import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./root.ts";

const built = join(projectRoot, "ui", "dist");
const stamp = join(built, ".sources");

/** The folder with the built pages. */
export const pagesFolder = built;

/** The pages there are: the folders of `ui` that have an `index.html`. */
function pageNames(): string[] {
  return readdirSync(join(projectRoot, "ui")).filter((name) => existsSync(join(projectRoot, "ui", name, "index.html")));
}

/** One hash over everything that a page is built from. */
function sourcesHash(): string {
  const hash = createHash("sha256");
  const files = readdirSync(join(projectRoot, "ui"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(built));
  const shared = readdirSync(join(projectRoot, "src", "protocol")).map((name) =>
    join(projectRoot, "src", "protocol", name),
  );
  const sources = [...files, ...shared.filter((file) => file.endsWith(".ts")), join(projectRoot, "package-lock.json")];
  for (const file of sources.sort()) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/**
 * Builds the web pages of `ui` into `ui/dist`, if anything they are made of changed since. Throws with the builder's last
 * words when a page cannot be built: that is a bug of the sources.
 */
export function ensurePages(say: (text: string) => void): string {
  const hash = sourcesHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return built;
  for (const page of pageNames()) {
    say(`building the page ${page}`);
    const run = spawnSync("vite", ["build", "--config", join(projectRoot, "ui", "vite.config.ts")], {
      cwd: projectRoot,
      encoding: "utf8",
      env: { ...process.env, MADOGUCHI_PAGE: page },
    });
    if (run.status !== 0) throw new Error(`ui/${page} cannot be built: ${run.stderr || run.stdout || run.error}`);
  }
  writeFileSync(stamp, hash);
  return built;
}
