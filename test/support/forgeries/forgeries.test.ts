import { describe, expect, test } from "vitest";
import { seeded } from "../print-scan/seeded.ts";
import { judgeCells } from "./judged.ts";
import { forgeryKinds } from "./kinds.ts";
import { cellsOf, openWorkshop } from "./workshop.ts";

/** Two of each kind, by their cells; `./madoguchi bench security-print` makes thousands, and prints and scans many. */
const EACH = 2;
const workshop = openWorkshop();

describe("a forgery gets the right answer and is never accepted", () => {
  test.each(forgeryKinds)("$name", (kind) => {
    const random = seeded(7);
    for (let trial = 0; trial < EACH; trial++) {
      const verdict = judgeCells(workshop, kind, kind.make(workshop, random));
      expect(verdict).toMatchObject({ accepted: false, wrong: false });
    }
  });
});

describe("the judge of forgeries", () => {
  const [genuine, other] = workshop.genuine;
  const kind = { name: "none", answers: ["altered"] as const, make: () => forgery };
  if (!genuine || !other) throw new Error("an empty workshop");
  const forgery = { payload: genuine.payload, keys: workshop.keys };

  test("calls an answer wrong that the kind must not get, and does not call a genuine back accepted", () => {
    expect(judgeCells(workshop, kind, forgery)).toEqual({ answer: "genuine", accepted: false, wrong: true });
  });

  test("calls a back accepted that is genuine by keys which its issuer never had, or shows another front", () => {
    const { theirs, strangers } = workshop;
    const verdict = judgeCells(workshop, kind, { payload: theirs.payload, keys: strangers.inspectionKeys() });
    expect(verdict).toMatchObject({ answer: "genuine", accepted: true });
    const relabelled = { ...workshop, genuine: [{ ...genuine, front: other.front }] };
    expect(judgeCells(relabelled, kind, forgery)).toMatchObject({ answer: "genuine", accepted: true });
  });

  test("sees what was painted over the cells, and nothing else", () => {
    const all = cellsOf(genuine.payload).length;
    let seen = 0;
    const paint = (cells: Uint8Array) => {
      seen = cells.length;
      cells.fill(1);
    };
    expect(judgeCells(workshop, kind, { ...forgery, paint }).answer).toBe("unreadable");
    expect(seen).toBe(all);
  });
});
