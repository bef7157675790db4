import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { ReadyLine } from "../../src/kernel/process.ts";
import { ensureTownPki, type TownPki } from "../../src/town/pki/town-pki.ts";
import { createTestDatabases } from "../support/databases.ts";

const mainOf = (party: string) => fileURLToPath(new URL(`../../src/${party}/main.ts`, import.meta.url));

/** A process of a centre: its ready line, or how it ended and what it said. */
async function run(party: string, configFile: string) {
  const child: ChildProcess = spawn(process.execPath, [mainOf(party), "--config", configFile], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let errors = "";
  child.stderr?.on("data", (part: Buffer) => {
    errors += part.toString("utf8");
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const ready = await new Promise<ReadyLine | undefined>((resolve) => {
    child.stdout?.on("data", (part: Buffer) => {
      out += part.toString("utf8");
      if (out.includes("\n")) resolve(JSON.parse(out.slice(0, out.indexOf("\n"))));
    });
    void ended.then(() => resolve(undefined));
  });
  return { ready, ended, errors: () => errors, stop: () => child.kill("SIGTERM") };
}

describe("the centres as processes", () => {
  const folder = mkdtempSync(join(tmpdir(), "centre-processes-"));
  const databases = createTestDatabases("embedded");
  let pki: TownPki;

  beforeAll(async () => {
    pki = await ensureTownPki(join(folder, "pki"), { municipalities: ["131016"], kiosks: ["kiosk-1"] });
  });
  afterAll(() => {
    databases.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const issuanceConfig = () => ({
    listen: { port: 0 },
    tls: { ...pki.issuanceCenter.tls, authorities: [pki.authorities.centre] },
    signer: pki.issuanceCenter.signer,
    sealingKey: pki.issuanceCenter.sealing.privateKey,
    imageKeys: pki.issuanceCenter.imageKeys,
    kioskAuthorities: [pki.authorities.device],
    municipalityAuthorities: [pki.authorities.municipality],
    jpkiAuthorities: [...pki.authorities.jpki],
    ocsp: { url: "http://127.0.0.1:9/" },
    municipalities: [
      {
        code: "131016",
        name: { ja: "緑野市", en: "Midorino" },
        prefecture: { ja: "東京都", en: "Tokyo" },
        relations: ["residence"],
        url: "https://127.0.0.1:9",
      },
    ],
    database: databases.config("issuance"),
  });
  const operatorConfig = () => ({
    listen: { port: 0 },
    tls: { ...pki.operatorCenter.tls, authorities: [pki.authorities.device] },
    issuanceCenter: { url: "https://127.0.0.1:9", party: "issuance-center", authorities: [pki.authorities.centre] },
    database: databases.config("operator"),
  });
  const written = (name: string, config: object) => {
    const file = join(folder, name);
    writeFileSync(file, stringify(config));
    return file;
  };

  it.each([
    ["issuance-center", issuanceConfig],
    ["operator-center", operatorConfig],
  ] as const)(
    "%s prints its address, says that its store is not durable, and stops on SIGTERM",
    async (party, config) => {
      const started = await run(party, written(`${party}.yaml`, config()));
      expect(started.ready).toMatchObject({ ready: true, name: party });
      expect(started.ready?.addresses.https).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      started.stop();
      expect(await started.ended).toBe(0);
      expect(started.errors()).toContain("store.notDurable");
    },
  );

  it("refuses a folder that another process uses", async () => {
    const file = written("first.yaml", operatorConfig());
    const first = await run("operator-center", file);
    const second = await run("operator-center", file);
    expect(second.ready).toBeUndefined();
    expect([await second.ended, second.errors()]).toEqual([2, expect.stringContaining("K-CONF-104")]);
    first.stop();
    await first.ended;
  });

  it.each([
    ["the embedded database in production", { production: true }, /K-CONF-103 .*database\.kind.*postgresql/],
    ["an unknown key", { colour: "red" }, /K-CONF-103 .*key=colour, value=red/],
    ["a nonce that lives too long", { nonceLifeMs: 300_000 }, /K-CONF-103 .*nonceLifeMs/],
    ["a key file that is not there", { sealingKey: "/nowhere/key" }, /K-CONF-101 .*\/nowhere\/key/],
    ["a centre without municipalities", { municipalities: [] }, /K-CONF-103 .*municipalities/],
  ])("refuses %s with exit 2 and the place", async (_, bend, message) => {
    const file = written("bad.yaml", { ...issuanceConfig(), ...bend });
    const ended = await run("issuance-center", file);
    expect(await ended.ended).toBe(2);
    expect(ended.errors()).toMatch(message);
  });
});
