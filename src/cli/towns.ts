import { join, resolve } from "node:path";
import { projectRoot } from "./root.ts";

/** The two example municipalities; the first is open at any hour. */
export const exampleTowns = ["examples/towns/midorino", "examples/towns/ebisawa"] as const;

/** The folders of the two municipalities of the embedded default: `--town` takes the place of the first. */
export function townFolders(chosen: string | undefined): readonly string[] {
  const [first, second] = exampleTowns.map((folder) => join(projectRoot, folder));
  return [chosen === undefined ? (first ?? "") : resolve(chosen), second ?? ""];
}
