import { spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { softwareVersion } from "../../src/kernel/version.ts";
import { createPdfEngine, withPdf } from "../../src/security-print/pages/engine.ts";
import { packBilevel } from "../../src/security-print/pages/front.ts";
import { begin, madoguchi } from "../support/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-commands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = fileURLToPath(new URL("../../examples/towns/midorino", import.meta.url));

const commandNames = [
  ...["up", "issue", "test", "bench", "coverage", "screens", "decode", "encode"],
  ...["inspect", "latent", "inquiry", "image-keys"],
  ...["health", "devices", "device", "replay", "firmware", "doctor"],
];

describe("./madoguchi", () => {
  it("lists its commands, and tells its version", async () => {
    const help = await madoguchi("--help");
    expect(help.code).toBe(0);
    for (const command of commandNames) expect(help.out).toContain(`  ${command} `);
    expect((await madoguchi("--version")).out.trim()).toBe(softwareVersion);
  });

  it.each(commandNames)("explains %s", async (command) => {
    const help = await madoguchi(command, "--help");
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toMatch(new RegExp(`^usage: ./madoguchi ${command}`));
  });

  it.each([
    ["--help", 0],
    ["", 2],
  ])("ends quietly with its own exit code when nobody reads what it says (%s)", async (word, code) => {
    const run = begin(...(word === "" ? [] : [word]));
    run.process.stdout?.destroy();
    expect(await run.finished).toMatchObject({ code, err: "" });
  });

  it("says in one line that what it says cannot be written, and leaves with 1", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync("./madoguchi", ["--help"], { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    expect([status, String(stderr)]).toEqual([1, expect.stringMatching(/^madoguchi: .*ENOSPC.*\n$/)]);
  });

  it("gives a wrong word the nearest right one and leaves with 2", async () => {
    const slip = await madoguchi("isseu");
    expect(slip.code).toBe(2);
    expect(slip.err).toContain("did you mean ./madoguchi issue?");
  });

  it.each([
    [["issue", "--copys", "2"], "did you mean --copies?"],
    [["issue", "--copies", "0"], "--copies must be a whole number from 1 to 10"],
    [["issue", "--certificate", "resident-recrod"], "did you mean resident-record?"],
    [["issue", "--printer", "lpt1"], "--printer must be embedded or an ipp:// address"],
    [["up", "--port", "80"], "--port must be a whole number from 1024"],
    [["issue", "--out", "package.json"], "--out must be a folder that can be written"],
    [["firmware", "bild"], "did you mean build?"],
    [["firmware", "flash"], "--port is missing"],
    [["firmware", "flash", "--prot", "x"], "did you mean --port?"],
    [["firmware", "version", "--baud", "1"], "unknown option --baud"],
    [["image-keys", "rotat", "x"], "did you mean rotate?"],
    [["image-keys", "new", "x", "--issuer", "a/b"], "--issuer must be a name"],
    [["bench", "isuance"], "did you mean issuance?"],
    [["bench", "issuance", "--jsno"], "did you mean --json?"],
    [["bench", "security-print", "--trails", "1"], "did you mean --trials?"],
    [["bench", "issuance", "--runs", "many"], "--runs must be a whole number from 1"],
  ])("refuses %j with 2 and says what is allowed", async (args, says) => {
    const refused = await madoguchi(...args);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(says);
  });

  it("firmware tells its version, the command that would flash it, and refuses a port that is not there", async () => {
    const told = JSON.parse((await madoguchi("firmware", "version", "--json")).out) as { shipped: string };
    expect(told.shipped).toMatch(/^\d+\.\d+\.\d+$/);
    const dry = await madoguchi("firmware", "flash", "--port", "/dev/nothing", "--dry-run");
    expect(dry.code).toBe(0);
    expect(dry.out).toMatch(/^avrdude -p atmega328p -c arduino -P \/dev\/nothing -b 115200 .*madoguchi-io\.hex:i\n$/);
    for (const word of ["flash", "version"]) {
      const refused = await madoguchi("firmware", word, "--port", "/dev/nothing");
      expect(refused.code).toBe(1);
      expect(refused.err).toContain("K-FIRM-104");
    }
  });

  it("doctor tells what is there and what mends the rest", async () => {
    const told = await madoguchi("doctor", "--json");
    const findings = JSON.parse(told.out) as { name: string; present: boolean; mend: string[][] }[];
    expect(findings.find((f) => f.name === "node")).toMatchObject({ present: true });
    expect(findings.map((f) => f.name)).toEqual(
      expect.arrayContaining([
        "Japanese font",
        "PostgreSQL",
        "pcscd",
        "pcsclite add-on",
        "chromium",
        "avr-gcc",
        "simavr",
        "avrdude",
        "IPP printers",
        "serial ports",
      ]),
    );
    expect((await madoguchi("doctor")).out).toContain("node");
  });
});

describe("./madoguchi issue", () => {
  const out = join(folder, "issued");
  let summary: Record<string, unknown>;

  beforeAll(async () => {
    // As an earlier version left them.
    mkdirSync(out);
    writeFileSync(join(out, "inspection-keys.json"), "{}", { mode: 0o644 });
    const done = await madoguchi(..."issue --json --certificate seal-registration --copies 2 --out".split(" "), out);
    expect(done.err).toContain("panel: takeEverything");
    expect(done.code).toBe(0);
    summary = JSON.parse(done.out);
  });

  it("prints the summary of a completed issuance and nothing else", () => {
    expect(summary).toMatchObject({
      result: "issued",
      bindingLevel: "L3",
      certificate: "seal-registration",
      copies: 2,
      impressions: 4,
      pages: 2,
    });
    expect(Number(summary.insertedYen) - Number(summary.changeYen)).toBe(summary.feeYen);
  });

  it("keeps the inspection keys for their owner: they open every certificate", () => {
    expect(statSync(join(out, "inspection-keys.json")).mode & 0o777).toBe(0o600);
  });

  it("leaves the certificates, both sides of each at 600 dpi, the receipt, the journal and the summary", async () => {
    const sides = ["front-1.png", "back-1.png", "front-2.png", "back-2.png"];
    expect(readdirSync(out).sort()).toEqual(
      ["certificate.pdf", "certificate-2.pdf", "inspection-keys.json", "journal.json", "receipt.png", "summary.json"]
        .concat(sides)
        .sort(),
    );
    for (const side of sides) {
      expect(await sharp(join(out, side)).metadata()).toMatchObject({ width: 4960, height: 7016 });
    }
    expect(readFileSync(join(out, "certificate.pdf")).subarray(0, 5).toString()).toBe("%PDF-");
  });

  it("prints a back from which an inspector gets the front that the municipality drew, and what it says", async () => {
    const fronts = join(folder, "fronts");
    const asked = await madoguchi(
      ...["inspect", join(out, "back-1.png"), "--keys", join(out, "inspection-keys.json"), "--out", fronts, "--json"],
    );
    expect(asked.code).toBe(0);
    const told = JSON.parse(asked.out);
    expect(told).toMatchObject({ answer: "genuine", page: 1, pages: 1, fieldsOk: true });
    const decoded = await sharp(told.imagePath).greyscale().raw().toBuffer();
    const pdf = readFileSync(join(out, "certificate.pdf"));
    const front = unwrap(await withPdf(createPdfEngine(), pdf, (document) => document.front(0)));
    expect(Buffer.compare(packBilevel(decoded, front.widthPx, front.heightPx), front.bits)).toBe(0);
  });

  it("journals the intent of every effect on money and paper before its outcome", () => {
    const rows = JSON.parse(readFileSync(join(out, "journal.json"), "utf8")) as {
      seq: number;
      kind: string;
      settles?: number;
    }[];
    const intents = rows.filter((r) => r.kind.startsWith("intent."));
    expect(intents.map((r) => r.kind)).toEqual(
      expect.arrayContaining([
        "intent.cashIn",
        "intent.escrowAccept",
        "intent.print",
        "intent.payout",
        "intent.receipt",
      ]),
    );
    for (const intent of intents) {
      const settled = rows.find((r) => r.settles === intent.seq);
      expect(settled?.seq, intent.kind).toBeGreaterThan(intent.seq);
    }
  });

  it("names a resident who does not exist and leaves with 2, before it starts anything", async () => {
    const refused = await madoguchi("issue", "--resident", "nobody", "--out", join(folder, "nobody"));
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("K-TOWN-103");
    expect(refused.err).not.toContain("starting");
  });

  it("names file, line, column and what is allowed when a town folder is wrong", async () => {
    const town = join(folder, "town");
    cpSync(example, town, { recursive: true });
    const residents = join(town, "residents.csv");
    writeFileSync(residents, readFileSync(residents, "utf8").replace("1984-05-12", "1984-15-12"));
    const refused = await madoguchi("issue", "--town", town, "--out", join(folder, "wrong"));
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/K-CONF-103.*residents\.csv.*line=2.*key=birthDate/);
  });
});

describe("./madoguchi issue that is given up", () => {
  it("stops everything on Ctrl-C, also when it is pressed twice, and leaves no key and no register", async () => {
    const temporary = join(folder, "temporary");
    mkdirSync(temporary);
    vi.stubEnv("TMPDIR", temporary);
    const run = begin("issue", "--out", join(folder, "given-up"));
    vi.unstubAllEnvs();
    await new Promise<void>((seen) => {
      run.process.stderr?.on("data", (text) => String(text).includes("panel: notice") && seen());
    });
    const below = familyOf(run.process.pid ?? 0);
    run.process.kill("SIGINT");
    run.process.kill("SIGINT");
    const end = await run.finished;
    expect(end.err).toContain("given up");
    expect(end.code).toBe(1);
    expect(below.filter(isRunning)).toEqual([]);
    expect(readdirSync(temporary).filter((name) => /^(madoguchi|mdg)-/.test(name))).toEqual([]);
  });
});

describe("./madoguchi up", () => {
  it("prints the addresses, stops on Ctrl-C and leaves nothing running", async () => {
    const up = begin("up", "--port", "18480", "--data", join(folder, "data"));
    const ready = await up.lineOf(/^ready after/);
    expect(ready).toContain("bench http://127.0.0.1:18480/, panel http://127.0.0.1:18481/");
    const below = familyOf(up.process.pid ?? 0);
    expect(below.length).toBeGreaterThan(8);
    const asked = await madoguchi("health", "--json", "--config", join(folder, "data", "config", "kiosk.yaml"));
    expect([asked.code, JSON.parse(asked.out)]).toMatchObject([0, { serviceable: true, issues: [] }]);
    const needless = "health --fix reopen --part coinVendor --language ja --config".split(" ");
    const refused = await madoguchi(...needless, join(folder, "data", "config", "kiosk.yaml"));
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/もう一度[\s\S]*K-KIOSK-133/)]);
    const second = await madoguchi("up", "--port", "18495", "--data", join(folder, "data"));
    expect(second.code).toBe(2);
    expect(second.err).toContain("K-CONF-104");
    up.process.kill("SIGINT");
    const end = await up.finished;
    expect(end.code).toBe(0);
    expect(below.filter(isRunning)).toEqual([]);
  });

  it("gives up on Ctrl-C while it is still starting, and leaves nothing running", async () => {
    const up = begin("up", "--port", "18485", "--data", join(folder, "given-up"));
    await up.errorOf(/starting kiosk/);
    const below = familyOf(up.process.pid ?? 0);
    up.process.kill("SIGINT");
    const end = await up.finished;
    expect(end.err).toContain("given up while starting");
    expect(end.code).toBe(1);
    expect(below.filter(isRunning)).toEqual([]);
  });

  it("says that the port is taken and leaves with 2", async () => {
    const taken = createServer().listen(18_490, "127.0.0.1");
    const refused = await madoguchi("up", "--port", "18490", "--data", join(folder, "taken"));
    taken.close();
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("K-CONF-105");
    expect(refused.err).not.toContain("starting");
  });
});

describe("./madoguchi bench", () => {
  it("prints each metric with median, p99 and count, and with the floor of the same run where there is one", async () => {
    const done = await madoguchi("bench", "issuance", "--json", "--runs", "1");
    expect(done.code).toBe(0);
    const { name, results } = JSON.parse(done.out) as { name: string; results: Record<string, unknown>[] };
    expect(name).toBe("issuance");
    for (const row of results) {
      expect(Object.keys(row)).toEqual(["metric", "unit", "median", "p99", "n", "baseline", "ratio"]);
      expect(row.median).toBeGreaterThan(0);
    }
    const metrics = results.map((row) => row.metric);
    expect(metrics).toEqual(
      expect.arrayContaining(["stage: pinToOffer", "stage: confirmToPay", "stage: paidToJobAccepted"]),
    );
    expect(results.find((row) => row.metric === "stage: confirmToPay")?.ratio).toBeGreaterThan(0);
  });
});

/** A process and everything below it. */
function familyOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return [];
  const children = readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, "utf8").trim().split(/\s+/).filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
