import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadTown } from "../../issuing-server/town-folder/load-town.ts";
import { unwrap } from "../../kernel/result.ts";
import { type BenchCitizen, citizenNotes } from "../bench/protocol.ts";
import { ensureTownPki } from "../pki/town-pki.ts";
import { loadCitizens } from "./citizens.ts";
import { certificateGlyphs } from "./glyphs.ts";
import { notesOf as notesOfPerson } from "./notes.ts";

const NOW_MS = Date.UTC(2026, 10, 25);
const folder = mkdtempSync(join(tmpdir(), "madoguchi-notes-"));
let people: readonly BenchCitizen[];

beforeAll(async () => {
  const pki = await ensureTownPki(folder, { municipalities: [], kiosks: [] });
  const glyphs = await certificateGlyphs();
  people = ["midorino", "ebisawa"].flatMap((name) => {
    const town = fileURLToPath(new URL(`../../../examples/towns/${name}`, import.meta.url));
    return unwrap(loadCitizens(town, pki)).list(NOW_MS, glyphs);
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const notesOf = (id: string) => people.find((p) => p.residentId === id)?.notes;

describe("the notes beside a citizen", () => {
  it("are all to be found in the example towns, but for a household of which another member is protected", () => {
    const found = new Set(people.flatMap((p) => p.notes));
    expect(citizenNotes.filter((note) => !found.has(note))).toEqual(["householdProtected"]);
  });

  it("tell of another member's protection only where the town guards whole households", async () => {
    const folderOf = (name: string) => fileURLToPath(new URL(`../../../examples/towns/${name}`, import.meta.url));
    const { households, residents, town } = unwrap(loadTown(folderOf("midorino")));
    const members = residents.filter((r) => r.householdId === "mi-h01");
    const [resident, spouse] = members;
    if (!resident || !spouse) throw new Error("the household is not in the town");
    const glyphs = await certificateGlyphs();
    const notes = (protectiveMeasures: "holder" | "household") =>
      notesOfPerson({
        resident,
        household: households.find((h) => h.householdId === "mi-h01"),
        members: [resident, { ...spouse, protectiveMeasure: true }],
        card: undefined,
        rules: { ...town.refusals, protectiveMeasures },
        glyphs,
        nowMs: NOW_MS,
      });
    expect([notes("holder"), notes("household")]).toEqual([[], ["householdProtected"]]);
  });

  it.each([
    ["mi-001", []],
    ["mi-003", ["underAge"]],
    ["mi-005", ["pinLocked"]],
    ["mi-007", ["foreign"]],
    ["mi-010", ["itemsPinDiffers", "foreign"]],
    ["mi-012", ["ivsName"]],
    ["mi-014", ["ivsName", "missingGlyph"]],
    ["mi-016", ["revoked"]],
    ["mi-017", ["largeHousehold"]],
    ["mi-018", ["expired", "largeHousehold"]],
    ["mi-021", ["phone", "largeHousehold"]],
    ["mi-022", ["juki", "largeHousehold"]],
    ["mi-026", ["protectiveMeasures"]],
    ["mi-029", ["deceased"]],
    ["mi-030", ["movedOut"]],
    ["mi-031", ["otherPin", "movePending"]],
    ["mi-032", ["unlinked", "movePending"]],
    ["mi-033", ["moveNoticeFiled"]],
    ["mi-034", ["sealCancelled"]],
    ["mi-035", ["privateGlyph"]],
    ["mi-036", ["foreign", "longName"]],
  ])("say of %s: %j", (id, notes) => {
    expect(notesOf(id)).toEqual(notes);
  });

  it("name the PIN that opens the card", () => {
    expect(people.find((p) => p.residentId === "mi-031")?.pin).toBe("0987");
  });

  it("leave somebody ordinary in each town", () => {
    for (const code of ["482013", "483419"])
      expect(people.some((p) => p.municipality === code && p.notes.length === 0)).toBe(true);
  });
});
