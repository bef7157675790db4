import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary PostgreSQL cluster on a unix socket: Debian's own server as a foreign part. */
export interface TestPostgres {
  /** A connection URL for a database; created when it is missing. */
  databaseUrl(name: string): string;
  /** Breaks every connection and stops at once, as a crashed server does. */
  stopNow(): void;
  start(): void;
  /** Stops and removes the cluster. */
  destroy(): void;
}

const PACKAGE_MISSING = "PostgreSQL is missing: install the Debian package postgresql (apt-get install -y postgresql)";

/**
 * Makes a cluster in a temporary folder. The server must not run as root, so under root it runs as the user `postgres`
 * of the package. Throws, naming the package, when PostgreSQL is missing: a suite that cannot run must not look green.
 */
export function createTestPostgres(): TestPostgres {
  const binaries = findBinaries();
  const owner = process.getuid?.() === 0 ? ownerOfPackage() : undefined;
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-pg-"));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  const run = (program: string, ...args: string[]): string => {
    const done = spawnSync(join(binaries, program), args, {
      encoding: "utf8",
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      ...(owner ? { uid: owner.uid, gid: owner.gid } : {}),
    });
    if (done.status !== 0) throw new Error(`${program} failed: ${done.stderr || String(done.error)}`);
    return done.stdout;
  };
  const log = join(folder, "log");
  const start = () => {
    run("pg_ctl", "-D", data, "-l", log, "-w", "-o", `-k ${folder} -c listen_addresses=''`, "start");
  };
  run("initdb", "-D", data, "-U", "madoguchi", "-A", "trust", "-E", "UTF8", "--no-sync");
  start();
  return {
    databaseUrl(name) {
      const query = `SELECT 1 FROM pg_database WHERE datname = '${name}'`;
      const found = run("psql", "-h", folder, "-U", "madoguchi", "-d", "postgres", "-Atc", query).trim();
      if (found !== "1") run("createdb", "-h", folder, "-U", "madoguchi", name);
      return `postgresql://madoguchi@localhost/${name}?host=${encodeURIComponent(folder)}`;
    },
    stopNow: () => run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"),
    start,
    destroy() {
      if (existsSync(join(data, "postmaster.pid"))) run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string {
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  const folders = versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  const found = [...folders, "/usr/local/bin", "/usr/bin"].find((f) => existsSync(join(f, "initdb")));
  if (!found) throw new Error(PACKAGE_MISSING);
  return found;
}

function ownerOfPackage(): { uid: number; gid: number } {
  const ask = (flag: string) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  const owner = { uid: ask("-u"), gid: ask("-g") };
  if (!owner.uid || !owner.gid) throw new Error(PACKAGE_MISSING);
  return owner;
}
