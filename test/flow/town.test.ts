import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openLinkTable } from "../../src/issuing-server/registry/link-table.ts";
import { loadTown } from "../../src/issuing-server/town-folder/load-town.ts";
import { municipalityFiles } from "../../src/issuing-server/town-folder/prepare-town.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import type { SessionSummary } from "../../src/kiosk/ports.ts";
import { type BenchClient, connectBench } from "../../src/town/bench/client.ts";
import type { BenchState } from "../../src/town/bench/protocol.ts";
import { loadCitizens } from "../../src/town/cards/citizens.ts";
import type { Visit } from "../../src/town/citizen/scripted-citizen.ts";
import { type CitizenWish, ordinaryWish } from "../../src/town/citizen/wish.ts";
import type { RendererLie } from "../../src/town/lies/lies.ts";
import { ensureTownPki } from "../../src/town/pki/town-pki.ts";
import { send } from "../../src/town/start/issue-once.ts";
import { readJournal } from "../../src/town/start/journal-file.ts";
import { startTown, type Town } from "../../src/town/start/town.ts";

/** One town of real processes and bytes, with a municipality whose renderer can be told to lie. */
const folder = mkdtempSync(join(tmpdir(), "madoguchi-town-"));
const example = (name: string) => fileURLToPath(new URL(`../../examples/towns/${name}`, import.meta.url));
const MUNICIPALITY = "482013";

let town: Town;
let bench: BenchClient;

async function renderer(lie: RendererLie): Promise<void> {
  unwrap(await town.lie(MUNICIPALITY, lie));
}

function citizen(residentId: string, wish: Partial<CitizenWish> = {}): CitizenWish {
  return { ...ordinaryWish({ municipality: MUNICIPALITY, residentId, pin: "1234" }), ...wish };
}

interface Outcome {
  readonly visit: Visit;
  readonly summary: SessionSummary;
  readonly sidesPrinted: number;
}

/** One visit, what the journal says of it, and how many sides came out. */
async function come(wish: CitizenWish): Promise<Outcome> {
  const before = unwrap(await bench.call<BenchState>("state", {}));
  const visit = unwrap(await send(town, bench, wish, { clock: systemClock, onProgress: () => {} }));
  const after = unwrap(await bench.call<BenchState>("state", {}));
  const { sessions } = unwrap(readJournal(town.paths.kiosk));
  const summary = sessions.at(-1);
  if (!summary) throw new Error("the kiosk wrote no summary");
  expect(after.coins.escrow).toEqual({ 10: 0, 50: 0, 100: 0, 500: 0 });
  return { visit, summary, sidesPrinted: after.sidesPrinted - before.sidesPrinted };
}

function endingOf({ visit }: Outcome) {
  if (visit.ending.step !== "ended") throw new Error("the visit was not refused");
  return visit.ending;
}

/** Nothing printed, every yen back in the citizen's hand, and the screen said why. */
function expectRefused(outcome: Outcome, code: string): void {
  expect(outcome.visit.ending).toMatchObject({ step: "ended", moneyOutcome: { money: "notTaken" } });
  expect(outcome.summary).toMatchObject({ result: "notIssued", failureCode: code, owedYen: 0, impressions: 0 });
  expect(outcome.sidesPrinted).toBe(0);
  expect(outcome.visit.takenYen).toBe(outcome.visit.insertedYen);
}

beforeAll(async () => {
  town = unwrap(
    await startTown({
      dataFolder: join(folder, "data"),
      townFolders: [example("midorino"), example("ebisawa")],
      port: 0,
      clock: systemClock,
      restart: false,
      onProgress: () => {},
    }),
  );
  bench = unwrap(await connectBench(town.benchUrl, systemClock));
});

afterAll(async () => {
  bench?.close();
  await town?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await renderer("none");
  await bench.call("printerFault", { fault: "none" });
  await bench.call("ocsp", { answer: "normal" });
});

describe("an issuance through every room", () => {
  it("gives a family its resident record at the highest level, with the right change", async () => {
    const { visit, summary, sidesPrinted } = await come(citizen("mi-001"));
    expect(summary).toMatchObject({
      result: "issued",
      bindingLevel: "L3",
      feeYen: 200,
      insertedYen: 500,
      changeYen: 300,
    });
    expect(visit).toMatchObject({ ending: { step: "issued" }, takenYen: 300, sheetsTaken: 1 });
    expect(sidesPrinted).toBe(2);
  });

  it("gives three copies as three documents, paid with small coins", async () => {
    const { visit, summary, sidesPrinted } = await come(
      citizen("mi-001", { certificate: "seal-registration", copies: 3, purse: [100, 50, 50] }),
    );
    expect(summary).toMatchObject({ result: "issued", copies: 3, owedYen: 0 });
    expect(summary.insertedYen - summary.changeYen).toBe(summary.feeYen);
    expect(visit.takenYen).toBe(summary.changeYen);
    expect(sidesPrinted).toBe(6);
  });

  it("gives a household of nine its record on three sheets", async () => {
    const { summary, sidesPrinted } = await come(
      citizen("mi-017", { options: { headAndRelationship: true, domicile: true } }),
    );
    expect(summary).toMatchObject({ result: "issued", bindingLevel: "L3", pages: 3 });
    expect(sidesPrinted).toBe(6);
  });

  it.each([
    ["a name with a variation selector", "mi-012"],
    ["a name in letters", "mi-009"],
    ["a name with 髙, 﨑 and 𠮷", "mi-015"],
  ])("prints %s after it was read back and agreed with the card", async (_, residentId) => {
    const { summary } = await come(
      citizen(residentId, { scope: "self", options: { headAndRelationship: true, domicile: true, myNumber: true } }),
    );
    expect(summary).toMatchObject({ result: "issued", bindingLevel: "L3" });
  });

  it("issues at level L2 when the other PIN of the card differs", async () => {
    const { summary } = await come(citizen("mi-010", { scope: "self" }));
    expect(summary).toMatchObject({ result: "issued", bindingLevel: "L2" });
  });
});

describe("a municipality that lies", () => {
  it.each<[string, RendererLie, CitizenWish, string]>([
    [
      "another resident's page under a correct envelope",
      "otherPerson",
      citizen("mi-001", { scope: "self" }),
      "K-BIND-130",
    ],
    ["a second page of another person", "secondPageOfAnother", citizen("mi-017"), "K-BIND-130"],
    [
      "another person's My Number beside the right name",
      "otherMyNumber",
      citizen("mi-001", { scope: "self", options: { myNumber: true } }),
      "K-BIND-139",
    ],
    ["another household's address", "otherAddress", citizen("mi-001"), "K-BIND-139"],
    ["a My Number that nobody chose", "unchosenMyNumber", citizen("mi-001"), "K-BIND-136"],
  ])("prints nothing and takes no money for %s", async (_, lie, wish, code) => {
    await renderer(lie);
    expectRefused(await come(wish), code);
  });

  it("shows nobody's household and prints nothing when the card is linked to another resident", async () => {
    const pki = await ensureTownPki(town.paths.pki, { municipalities: [], kiosks: [] });
    const links = await unwrap(loadCitizens(example("midorino"), pki)).links();
    const own = links.find((link) => link.residentId === "mi-001");
    if (!own) throw new Error("mi-001 has no card");
    const table = unwrap(openLinkTable(municipalityFiles(town.paths.municipality(MUNICIPALITY)).links));
    table.link([{ ...own, residentId: "mi-006" }]);
    const outcome = await come(citizen("mi-001"));
    table.link([own]);
    table.close();
    expectRefused(outcome, "K-BIND-140");
    expect(outcome.visit.steps).not.toContain("choose");
  });

  it("serves the same citizen again once it tells the truth", async () => {
    const { summary } = await come(citizen("mi-001"));
    expect(summary.result).toBe("issued");
  });
});

describe("a card or a person that cannot be served", () => {
  it.each([
    ["a revoked certificate", "mi-016", "K-CENT-105"],
    ["an expired certificate", "mi-018", "K-CENT-102"],
    ["a card that the municipality does not know", "mi-032", "K-CERT-114"],
    ["protective measures", "mi-026", "K-CERT-110"],
    ["a resident under fifteen", "mi-003", "K-CERT-111"],
    ["a name with a sign that the font does not have", "mi-014", "K-CERT-101"],
  ])("prints nothing for %s", async (_, residentId, code) => {
    expectRefused(await come(citizen(residentId, { scope: "self" })), code);
  });

  it("says the same of protective measures as of any other refusal", async () => {
    const protectedOne = await come(citizen("mi-026"));
    const other = await come(citizen("mi-033"));
    const { ask: _, ...shown } = endingOf(protectedOne);
    expect(endingOf(other)).toMatchObject(shown);
    expect(protectedOne.summary.failureCode).toBe(other.summary.failureCode);
  });
});

describe("a machine or a network that fails", () => {
  it("takes no money when the printer refuses the format", async () => {
    await bench.call("printerFault", { fault: "refuseFormat" });
    expectRefused(await come(citizen("mi-001")), "K-PRINT-105");
  });

  it("takes no money when the validity service cannot be reached", async () => {
    await bench.call("ocsp", { answer: "unreachable" });
    expectRefused(await come(citizen("mi-001")), "K-CENT-110");
  });
});

describe.each([
  ["operator's centre", "operator-center", "K-TUNNEL-101"],
  ["issuance centre", "issuance-center", "K-TUNNEL-102"],
  ["municipality's issuing server", "issuing-server-482013", "K-NET-101"],
  ["municipality's attestor", "attestor-482013", "K-CERT-122"],
])("the %s is gone", (_, name, code) => {
  it("prints nothing and takes no money, and serves again when it is back", async () => {
    town.find(name)?.kill();
    await town.find(name)?.ended;
    expectRefused(await come(citizen("mi-001")), code);
    unwrap(await town.restart(name, "kill"));
    expect((await come(citizen("mi-001"))).summary.result).toBe("issued");
  });
});

describe("what stays behind", () => {
  it("is no name, address or My Number, in any file of the kiosk or the centres, or in any log of anybody", () => {
    const people = unwrap(loadTown(example("midorino")));
    const came = people.residents.filter((r) =>
      ["mi-001", "mi-002", "mi-006", "mi-009", "mi-012", "mi-017"].includes(r.residentId),
    );
    const homes = people.households.filter((h) => came.some((r) => r.householdId === h.householdId));
    const secrets = [...came.flatMap((r) => [r.name, r.nameKana, r.myNumber]), ...homes.map((h) => h.address)];
    expect(secrets).toHaveLength(23);
    const { kiosk, issuanceCenter, operatorCenter } = town.paths;
    const files = [kiosk, issuanceCenter, operatorCenter, town.logFolder].flatMap(filesBelow);
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const bytes = readFileSync(file);
      const found = secrets.filter((secret) => bytes.includes(secret));
      expect(found, file).toEqual([]);
    }
  });
});

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
