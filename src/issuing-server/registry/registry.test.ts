import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { unwrap } from "../../kernel/result.ts";
import { loadTown } from "../town-folder/load-town.ts";
import { importRegister } from "./import-register.ts";
import { openLinkTable } from "./link-table.ts";
import { openSqliteRegister } from "./sqlite-register.ts";

const work = mkdtempSync(join(tmpdir(), "mdg-register-"));
const town = unwrap(loadTown(join(import.meta.dirname, "../../../examples/towns/midorino")));
const file = join(work, "register.sqlite");
unwrap(importRegister(file, { municipality: "482013", ...town }, 1_000));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("the register", () => {
  it("gives back every resident and household as they were brought in", () => {
    const register = unwrap(openSqliteRegister(file));
    expect(register.residentIds().map((id) => register.resident(id))).toEqual(town.residents);
    expect(town.households.map((h) => register.household(h.householdId))).toEqual(town.households);
    expect([register.resident("nobody"), register.household("nowhere")]).toEqual([undefined, undefined]);
    register.close();
  });

  it("lists the head of a household first, wherever the file has them", () => {
    const [one, two] = town.residents;
    const [family] = town.households;
    if (!one || !two || !family) throw new Error("the example town has changed");
    expect(family.residentIds[0]).toBe(family.headResidentId);
  });

  it("is confirmed up to a moment that never goes back, also across processes and digits", () => {
    const register = unwrap(openSqliteRegister(file));
    const other = unwrap(openSqliteRegister(file));
    for (const [confirmed, asOf] of [
      [2_000, 2_000],
      [1_500, 2_000],
      [999, 2_000],
      [10_000, 10_000],
    ] as const) {
      register.confirmCurrent(confirmed);
      expect(other.asOfMs()).toBe(asOf);
    }
    register.close();
    other.close();
  });

  it("says what cannot be used", () => {
    expect(openSqliteRegister(join(work, "none", "x"))).toMatchObject({ ok: false, error: { code: "K-CERT-152" } });
    unwrap(openLinkTable(join(work, "other.sqlite"))).close();
    expect(openSqliteRegister(join(work, "other.sqlite"))).toMatchObject({ ok: false, error: { code: "K-CERT-152" } });
    expect(importRegister(join(file, "below"), { municipality: "", ...town }, 0)).toMatchObject({
      ok: false,
      error: { code: "K-CERT-152" },
    });
  });
});

describe("the link table", () => {
  it("counts its changes, and only its changes", () => {
    const links = unwrap(openLinkTable(join(work, "links.sqlite")));
    const link = (residentId: string) => links.link([{ certificateHash: "h1", residentId, linkedAtMs: 5 }]);
    const versions = [
      () => link("a"),
      () => link("a"),
      () => link("b"),
      () => links.unlink("h1"),
      () => links.unlink("h1"),
      () => links.link(["x", "y"].map((h) => ({ certificateHash: h, residentId: h, linkedAtMs: 5 }))),
      () => links.link([]),
    ].map((change) => {
      change();
      return links.version();
    });
    expect(versions).toEqual([1, 1, 2, 3, 3, 4, 4]);
    links.close();
  });
});
