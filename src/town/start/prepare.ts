import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLinkTable } from "../../issuing-server/registry/link-table.ts";
import { readTownFolder, type TownPolicy } from "../../issuing-server/town-folder/load-town.ts";
import { municipalityFiles, prepareTown } from "../../issuing-server/town-folder/prepare-town.ts";
import type { Clock } from "../../kernel/clock.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { loadCitizens } from "../cards/citizens.ts";
import type { TownPki } from "../pki/town-pki.ts";

/**
 * Makes one municipality's data folder ready: register imported, and every card that the town hall handed out linked to its
 * holder. Done once for each state of the town folder; an attestor may only start afterwards.
 */
export async function prepareMunicipality(
  folder: string,
  data: string,
  pki: TownPki,
  clock: Clock,
): Promise<Result<TownPolicy>> {
  const policy = prepareTown(folder, data, { clock, logger: silentLogger });
  if (!policy.ok) return policy;
  const read = readTownFolder(folder);
  if (!read.ok) return read;
  const marker = join(data, "linked");
  if (existsSync(marker) && readFileSync(marker, "utf8") === read.value.digest) return policy;
  const citizens = loadCitizens(folder, pki);
  if (!citizens.ok) return citizens;
  const table = openLinkTable(municipalityFiles(data).links);
  if (!table.ok) return table;
  table.value.link(await citizens.value.links());
  table.value.close();
  writeFileSync(marker, read.value.digest);
  return ok(policy.value);
}
