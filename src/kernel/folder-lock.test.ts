import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./folder-lock.ts";
import { unwrap } from "./result.ts";

describe("lockFolder", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "madoguchi-lock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("gives a folder to one holder at a time, and again after it was released", () => {
    const held = unwrap(lockFolder(folder));
    expect(lockFolder(folder)).toMatchObject({ ok: false, error: { code: "K-CONF-104" } });
    held.release();
    const again = lockFolder(folder);
    expect(again.ok).toBe(true);
    if (again.ok) again.value.release();
  });

  it("makes the folder when it is not there", () => {
    const held = unwrap(lockFolder(join(folder, "new", "data")));
    held.release();
  });

  it("names a folder that cannot be used", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(lockFolder(join(file, "data"))).toMatchObject({ ok: false, error: { code: "K-CONF-101" } });
  });
});
