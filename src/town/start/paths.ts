import { accessSync, constants, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a town keeps what. Everything but the sockets lies in the data folder. */
export interface TownPaths {
  readonly data: string;
  readonly pki: string;
  readonly config: string;
  readonly logs: string;
  readonly kiosk: string;
  readonly issuanceCenter: string;
  readonly operatorCenter: string;
  /** An empty database that is made once and copied into each new town: making it costs seconds. */
  readonly databaseTemplate: string;
  municipality(code: string): string;
  /** Where a municipality keeps the documents that it released, when it keeps them. */
  archive(code: string): string;
  /** Unix sockets; short paths in the system's temporary folder, because a socket's path has 107 bytes at most. */
  readonly sockets: string;
  socket(name: string): string;
}

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** Beside the installed packages, so that it goes when they are replaced; in the data folder where that is read only. */
function cacheFolder(data: string): string {
  try {
    accessSync(MODULES, constants.W_OK);
    return join(MODULES, ".cache", "madoguchi");
  } catch {
    return join(data, "cache");
  }
}

/** Lays out a data folder and makes its folders, readable for this user only. */
export function townPaths(data: string): TownPaths {
  const sockets = mkdtempSync(join(tmpdir(), "mdg-"));
  const paths: TownPaths = {
    data,
    pki: join(data, "pki"),
    config: join(data, "config"),
    logs: join(data, "logs"),
    kiosk: join(data, "kiosk"),
    issuanceCenter: join(data, "issuance-center"),
    operatorCenter: join(data, "operator-center"),
    databaseTemplate: join(cacheFolder(data), "pglite"),
    municipality: (code) => join(data, `municipality-${code}`),
    archive: (code) => join(data, `municipality-${code}`, "archive"),
    sockets,
    socket: (name) => join(sockets, `${name}.sock`),
  };
  for (const folder of [paths.pki, paths.config, paths.logs, paths.kiosk])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  return paths;
}
