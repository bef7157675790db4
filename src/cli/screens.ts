import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { type Command, exitCodes, parseOptions } from "./command.ts";
import { examine } from "./doctor/checks.ts";
import { projectRoot } from "./root.ts";

/** `./madoguchi screens`: every screen as a picture, in a gallery. */
export const screens: Command = {
  summary: "draws every screen of panel and bench as a picture, with a gallery page",
  usage: `usage: ./madoguchi screens [--out DIR]

Opens the panel's page in Debian's Chromium, shows every step in every way it can look and in every language, starts a
town for the bench, and writes the pictures with a gallery page.

  --out DIR   where they go (default docs/screens; pictures and pages of an earlier run there are replaced)`,
  async run(args) {
    const { values } = parseOptions(args, { out: { type: "string" } });
    const chromium = examine(projectRoot).find(({ name }) => name === "chromium");
    if (!chromium?.present) {
      process.stderr.write("madoguchi screens: Chromium is missing; ./madoguchi doctor --fix installs it\n");
      return exitCodes.failed;
    }
    const out = resolve(values.out ?? join(projectRoot, "docs", "screens"));
    const run = spawnSync(process.execPath, [join(projectRoot, "test", "screens", "main.ts"), "--out", out], {
      stdio: "inherit",
    });
    return run.status ?? exitCodes.failed;
  },
};
