import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unwrap } from "../../kernel/result.ts";
import { readCardTable } from "./card-table.ts";

describe("cards.csv", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "madoguchi-cards-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (text: string) => writeFileSync(join(folder, "cards.csv"), text);

  it("may be absent: every resident then has an ordinary card", () => {
    expect(unwrap(readCardTable(folder)).size).toBe(0);
  });

  it("says whose card is special", () => {
    write("residentId,state,pin,note\nmi-001,revoked,,\nmi-002,ok,4321,another PIN\n");
    const table = unwrap(readCardTable(folder));
    expect(table.get("mi-001")).toMatchObject({ state: "revoked", pin: "" });
    expect(table.get("mi-002")).toMatchObject({ state: "ok", pin: "4321", note: "another PIN" });
  });

  it("names file, line, column and what is allowed when a state is not one", () => {
    write("residentId,state,pin,note\nmi-001,revokd,,\n");
    const table = readCardTable(folder);
    expect(table).toMatchObject({
      ok: false,
      error: { code: "K-CONF-103", detail: { line: 2, key: "state", value: "revokd" } },
    });
  });
});
