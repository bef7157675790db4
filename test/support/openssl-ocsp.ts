import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignerFiles } from "../../src/protocol/identity-files.ts";
import type { JpkiGenerationFiles } from "../../src/town/pki/town-pki.ts";

/** A running `openssl ocsp`: a foreign OCSP responder, which shares no line with ours. */
export interface OpensslOcsp {
  readonly url: string;
  stop(): Promise<void>;
}

/** A row of the responder's index: what it says of a serial number. Serials that are not listed are unknown to it. */
export interface OcspIndexEntry {
  /** Hex digits of an even count, as `X509Certificate.serialNumber` gives them. */
  readonly serial: string;
  readonly status: "good" | "revoked";
}

/**
 * Starts Debian's `openssl ocsp` for one generation on a port of the system's choice; `signer` signs its answers. Rejects, naming the package, when
 * the program is missing.
 */
export async function startOpensslOcsp(
  generation: JpkiGenerationFiles,
  index: readonly OcspIndexEntry[],
  signer: SignerFiles = generation.ocsp,
): Promise<OpensslOcsp> {
  const folder = mkdtempSync(join(tmpdir(), "openssl-ocsp-"));
  const indexFile = join(folder, "index.txt");
  const rows = index.map(({ serial, status }) =>
    status === "good"
      ? `V\t451231235959Z\t\t${serial}\tunknown\t/CN=citizen\n`
      : `R\t451231235959Z\t260101000000Z\t${serial}\tunknown\t/CN=citizen\n`,
  );
  writeFileSync(indexFile, rows.join(""));
  const args = ["ocsp", "-index", indexFile, "-port", "0", "-CA", generation.authority.certificate];
  const child = spawn("openssl", [...args, "-rsigner", signer.certificate, "-rkey", signer.key, "-nmin", "5"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const port = await new Promise<number>((resolve, reject) => {
    let said = "";
    const listen = (part: Buffer) => {
      said += part.toString("utf8");
      const found = /ACCEPT \S*?:(\d+) PID=/.exec(said);
      if (found?.[1]) resolve(Number(found[1]));
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", () => reject(new Error("openssl is missing: install the Debian package openssl")));
    child.once("close", () => reject(new Error(`openssl ocsp ended: ${said}`)));
  });
  return { url: `http://127.0.0.1:${port}/`, stop };
}
