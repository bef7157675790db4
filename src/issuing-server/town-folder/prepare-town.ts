import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { importRegister } from "../registry/import-register.ts";
import { openLinkTable } from "../registry/link-table.ts";
import { openSqliteRegister } from "../registry/sqlite-register.ts";
import { loadTownPeople, loadTownPolicy, readTownFolder, type TownFolder, type TownPolicy } from "./load-town.ts";

/** The files of a municipality's data folder. */
export interface MunicipalityFiles {
  /** The resident register. */
  readonly register: string;
  /** Electronic certificate → resident. Only the attestor reads it. */
  readonly links: string;
  /** Requests that the attestor has seen. */
  readonly attested: string;
  /** Documents that were released. */
  readonly issued: string;
}

/** Where the files of a municipality lie in its data folder. */
export function municipalityFiles(dataFolder: string): MunicipalityFiles {
  return {
    register: join(dataFolder, "register.sqlite"),
    links: join(dataFolder, "links.sqlite"),
    attested: join(dataFolder, "attested.sqlite"),
    issued: join(dataFolder, "issued.sqlite"),
  };
}

/**
 * Makes a data folder ready for a town folder: the people are brought into the register once, and again only when the town
 * folder has changed. To be called before attestor and issuing server start. Idempotent; answers the town's policy.
 */
export function prepareTown(
  townFolder: string,
  dataFolder: string,
  context: { readonly clock: Pick<Clock, "nowMs">; readonly logger: Logger },
): Result<TownPolicy> {
  const read = readTownFolder(townFolder);
  if (!read.ok) return read;
  const policy = loadTownPolicy(read.value);
  if (!policy.ok) return policy;
  const files = municipalityFiles(dataFolder);
  const municipality = policy.value.town.code;
  if (holds(files.register, read.value)) {
    context.logger.event("register.unchanged", { municipality });
  } else {
    const people = loadTownPeople(read.value, policy.value.town);
    if (!people.ok) return people;
    const content = { municipality, digest: read.value.digest, ...people.value };
    const imported = importRegister(files.register, content, context.clock.nowMs());
    if (!imported.ok) return imported;
    context.logger.event("register.imported", {
      municipality,
      residents: people.value.residents.length,
      households: people.value.households.length,
    });
  }
  const links = openLinkTable(files.links);
  if (!links.ok) return links;
  links.value.close();
  return ok(policy.value);
}

function holds(file: string, town: TownFolder): boolean {
  if (!existsSync(file)) return false;
  const register = openSqliteRegister(file);
  if (!register.ok) return false;
  try {
    return register.value.digest() === town.digest;
  } finally {
    register.value.close();
  }
}
