import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import { describeFailure } from "../../kernel/errors/failure.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { unwrap } from "../../kernel/result.ts";
import { openLinkTable } from "../registry/link-table.ts";
import { openSqliteRegister } from "../registry/sqlite-register.ts";
import { loadTown } from "./load-town.ts";
import { municipalityFiles, prepareTown } from "./prepare-town.ts";

const EXAMPLES = join(import.meta.dirname, "../../../examples/towns");
const work = mkdtempSync(join(tmpdir(), "mdg-folder-"));
const folder = join(work, "town");
const context = { clock: createFakeClock(), logger: silentLogger };

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(EXAMPLES, "midorino"), folder, { recursive: true });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Replaces text in a file of the town; the text must be there. */
function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
}

function failuresOf(town: ReturnType<typeof loadTown>): Failure[] {
  const all: Failure[] = [];
  for (let f = town.ok ? undefined : town.error; f; f = f.cause) all.push(f);
  return all;
}

describe("the example towns", () => {
  it.each([
    ["midorino", "482013", 36],
    ["ebisawa", "483419", 70],
  ])("%s is a town", (name, code, residents) => {
    const town = unwrap(loadTown(join(EXAMPLES, name)));
    expect([town.town.code, town.residents.length]).toEqual([code, residents]);
  });

  it("midorino is never closed", () => {
    const { town } = unwrap(loadTown(join(EXAMPLES, "midorino")));
    for (const offer of Object.values(town.certificates)) {
      expect(offer?.closedEveryYear).toEqual([]);
      expect(offer?.hours).toEqual([{ days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: 0, to: 1440 }]);
    }
  });

  it("hold the names code point by code point", () => {
    const { residents } = unwrap(loadTown(join(EXAMPLES, "midorino")));
    const names = residents.map((r) => r.name);
    expect(names).toContain("\u845b\u{E0100}\u57ce\u3000\u8aa0");
    expect(names).toContain("\u845b\u{E0102}\u897f\u3000\u9032");
    expect(names).toContain("\u9ad9\ufa11\u3000\u{20bb7}\u5247");
  });
});

describe("a corrupt town folder", () => {
  it("names the file that is missing", () => {
    rmSync(join(folder, "fees.csv"));
    expect(loadTown(folder)).toMatchObject({
      ok: false,
      error: { code: "K-CONF-101", detail: { file: join(folder, "fees.csv") } },
    });
  });

  const wrong: [string, string, string, string, Partial<NonNullable<Failure["detail"]>>][] = [
    [
      "an unknown key",
      "town.yaml",
      "seal: 緑野市長之印",
      "seal: 緑野市長之印\nsael: x",
      { line: 8, key: "sael", value: "x", allowed: "no such key" },
    ],
    ["a code with a wrong check digit", "town.yaml", '"482013"', '"482014"', { line: 3, key: "code", value: "482014" }],
    [
      "a wrong time of day",
      "town.yaml",
      '"00:00"',
      '"25:00"',
      { key: "certificates.resident-record.hours.0.from", value: "25:00" },
    ],
    [
      "a rule that is not a rule",
      "town.yaml",
      "protectiveMeasures: holder",
      "protectiveMeasures: none",
      { key: "refusals.protectiveMeasures", value: "none" },
    ],
    [
      "a generator without areas",
      "town.yaml",
      "generator: none",
      "generator: { seed: a, residents: 1, asOf: 2026-04-01 }",
      { key: "areas" },
    ],
    ["an unknown column", "fees.csv", "certificate,", "kind,", { line: 1, key: "kind" }],
    [
      "an unknown certificate",
      "fees.csv",
      "resident-record,300",
      "resident-recrod,300",
      { line: 2, key: "certificate", value: "resident-recrod", allowed: "resident-record | seal-registration" },
    ],
    ["a fee that coins cannot pay", "fees.csv", ",300,", ",305,", { line: 2, key: "feeYen", value: "305" }],
    [
      "a fee that ends before it begins",
      "fees.csv",
      "2024-03-31",
      "2015-03-31",
      { line: 2, key: "validTo", value: "2015-03-31" },
    ],
    [
      "a day that does not exist",
      "fees.csv",
      "2016-04-01",
      "2016-04-31",
      { line: 2, key: "validFrom", value: "2016-04-31" },
    ],
    [
      "a row with too few fields",
      "households.csv",
      ",mi-001,no",
      ",mi-001",
      { line: 2, key: "(row)", value: "3 fields" },
    ],
    [
      "a wrong word",
      "residents.csv",
      ",male,",
      ",man,",
      { line: 2, key: "sex", value: "man", allowed: "male | female" },
    ],
    [
      "a birth date that does not exist",
      "residents.csv",
      "1984-05-12",
      "1984-02-30",
      { line: 2, key: "birthDate", value: "1984-02-30" },
    ],
  ];
  it.each(wrong)("with %s names file, line, key, value and what is allowed", (_, file, from, to, detail) => {
    edit(file, from, to);
    const [first] = failuresOf(loadTown(folder));
    expect(first).toMatchObject({ code: "K-CONF-103", detail: { file: join(folder, file), ...detail } });
    expect(first?.detail?.allowed).not.toBe("");
  });

  const contradictions: [string, string, string, string, Record<string, unknown>][] = [
    [
      "a household that is not there",
      "residents.csv",
      "mi-005,mi-h02",
      "mi-005,mi-h99",
      { file: "residents.csv", line: 6, key: "householdId", value: "mi-h99" },
    ],
    [
      "a head from another household",
      "households.csv",
      "mi-001,no",
      "mi-005,no",
      { file: "households.csv", line: 2, key: "headResidentId", value: "mi-005" },
    ],
    [
      "a head who is dead while others live",
      "households.csv",
      "mi-028,no",
      "mi-029,no",
      { file: "households.csv", line: 11, key: "headResidentId" },
    ],
    [
      "two fees on one day",
      "fees.csv",
      "2024-03-31",
      "2024-04-01",
      { file: "fees.csv", line: 3, key: "validFrom", value: "2024-04-01" },
    ],
  ];
  it.each(contradictions)("with %s names both sides", (_, file, from, to, detail) => {
    edit(file, from, to);
    const found = failuresOf(loadTown(folder)).filter((f) => f.code === "K-CONF-107");
    expect(found.map((f) => f.detail)).toContainEqual(
      expect.objectContaining({ ...detail, file: join(folder, String(detail.file)) }),
    );
  });

  it.each([
    ["314238458662", "314238458663", "myNumber"],
    ["佐藤　美咲,", "佐藤美咲,", "name"],
  ])("withholds personal values in its errors: %s", (from, to, key) => {
    edit("residents.csv", from, to);
    const told = failuresOf(loadTown(folder)).map(describeFailure).join("\n");
    expect(told).toContain(`key=${key}, value=(withheld, `);
    expect(told).not.toContain(to.slice(0, 4));
  });

  it("tells several problems at once, in the order of the files' lines", () => {
    edit("residents.csv", ",male,", ",man,");
    edit("residents.csv", ",female,", ",woman,");
    expect(failuresOf(loadTown(folder)).map((f) => f.detail?.line)).toEqual([2, 3]);
  });

  it.each([
    ["a resident id", "mi-002,", "mi-001,", "residentId"],
    ["a seal number", "86561", "86548", "sealNumber"],
  ])("with %s that is used twice names the second line", (_, from, to, key) => {
    edit("residents.csv", from, to);
    expect(failuresOf(loadTown(folder)).map((f) => [f.detail?.line, f.detail?.key])).toContainEqual([3, key]);
  });

  it.each([
    [
      "a Japanese resident without a domicile",
      "若葉県緑野市桜台一丁目12番地,佐藤　健一,,,,",
      ",佐藤　健一,,,,",
      "domicile",
    ],
    ["a foreign resident without a status", "ベトナム,永住者,", "ベトナム,,", "residenceStatus"],
    ["a seal without a number", "86548,2010-05-20", ",2010-05-20", "sealNumber"],
    [
      "somebody who came before they were born",
      "2010-04-03,青波県潮見市",
      "1980-04-03,青波県潮見市",
      "becameResidentOn",
    ],
    ["a control character in a name", "佐藤　健一,サ", "佐藤　健\u0007一,サ", "name"],
  ])("with %s names the column", (_, from, to, key) => {
    edit("residents.csv", from, to);
    expect(failuresOf(loadTown(folder)).map((f) => f.detail?.key)).toContain(key);
  });
});

describe("prepareTown", () => {
  it("brings a town in once, and again when its folder changes; links stay", () => {
    const data = join(work, "data");
    const files = municipalityFiles(data);
    const importedAt = () => {
      unwrap(prepareTown(folder, data, context));
      const register = unwrap(openSqliteRegister(files.register));
      const facts = {
        asOfMs: register.asOfMs(),
        name: register.resident("mi-001")?.nameKana,
        ids: register.residentIds(),
      };
      register.close();
      return facts;
    };
    const first = importedAt();
    expect(first.ids).toHaveLength(36);
    const links = unwrap(openLinkTable(files.links));
    links.link([{ certificateHash: "h", residentId: "mi-001", linkedAtMs: 1 }]);
    context.clock.jumpWallClock(context.clock.nowMs() + 1_000);
    expect(importedAt()).toEqual(first);
    edit("residents.csv", "サトウ　ケンイチ", "サトウ　ケンイツ");
    expect(importedAt()).toMatchObject({ asOfMs: first.asOfMs + 1_000, name: "サトウ　ケンイツ" });
    expect(links.version()).toBe(1);
    links.close();
  });

  it("keeps the old register when the new town is corrupt", () => {
    const data = join(work, "kept");
    unwrap(prepareTown(folder, data, context));
    edit("residents.csv", ",male,", ",man,");
    expect(prepareTown(folder, data, context).ok).toBe(false);
    const register = unwrap(openSqliteRegister(municipalityFiles(data).register));
    expect(register.residentIds()).toHaveLength(36);
    register.close();
  });

  it("makes a register anew from a file that is none", () => {
    const data = join(work, "broken");
    unwrap(prepareTown(folder, data, context));
    writeFileSync(municipalityFiles(data).register, "not a database");
    unwrap(prepareTown(folder, data, context));
    const register = unwrap(openSqliteRegister(municipalityFiles(data).register));
    expect(register.municipality()).toBe("482013");
    register.close();
  });
});
