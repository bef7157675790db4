import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CertificateChoice } from "../certificates.ts";
import type { Box, Cell, FormPages } from "./cells.ts";
import { layoutForm } from "./layout.ts";
import { personsOfValues, valuesOfForm } from "./parts.ts";

const persons = fc.array(fc.record({ foreign: fc.boolean() }), { minLength: 1, maxLength: 40 });
const residentRecord: fc.Arbitrary<CertificateChoice> = fc
  .record({
    scope: fc.constantFrom("household", "self", "members"),
    headAndRelationship: fc.boolean(),
    domicile: fc.boolean(),
    myNumber: fc.boolean(),
  })
  .map((options) => ({ kind: "resident-record", options }));
const sealRegistration: CertificateChoice = { kind: "seal-registration", options: {} };
const forms = fc.oneof(
  fc.tuple(residentRecord, persons).map(([choice, who]) => ({ choice, who, form: layoutForm(choice, who) })),
  fc.boolean().map((foreign) => {
    const who = [{ foreign }];
    return { choice: sealRegistration, who, form: layoutForm(sealRegistration, who) };
  }),
);

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const words = (form: FormPages) => form.flat().flatMap((cell) => (cell.cell === "fixed" ? [cell.text] : []));
const fields = (cells: readonly Cell[]) => cells.flatMap((cell) => (cell.cell === "field" ? [cell.field] : []));

describe("layoutForm", () => {
  it("gives every text and picture a place of its own on the page", () => {
    fc.assert(
      fc.property(forms, ({ form }) => {
        for (const page of form) {
          const places = page.filter((cell) => cell.cell !== "rule").map((cell) => cell.box);
          for (const [i, a] of places.entries()) {
            if (a.x < 15 || a.y < 10 || a.x + a.width > 195 || a.y + a.height > 290) return false;
            if (places.slice(i + 1).some((b) => overlap(a, b))) return false;
          }
        }
        return true;
      }),
      { numRuns: 60 },
    );
  });

  it("has neither label nor cell for what was not chosen", () => {
    const labels = {
      headAndRelationship: ["世帯主", "続柄"],
      domicile: ["本　籍", "筆頭者", "国籍・地域", "在留資格", "在留カード等の番号"],
      myNumber: ["個人番号"],
    } as const;
    const cells = {
      headAndRelationship: ["householder", "relationship"],
      domicile: ["domicile", "domicileHead", "nationality", "residenceStatus", "residenceCardNumber"],
      myNumber: ["myNumber"],
    } as const;
    const who = [{ foreign: false }, { foreign: true }];
    for (const option of ["headAndRelationship", "domicile", "myNumber"] as const) {
      const options = { scope: "household", headAndRelationship: true, domicile: true, myNumber: true } as const;
      const without = layoutForm({ kind: "resident-record", options: { ...options, [option]: false } }, who);
      const withAll = layoutForm({ kind: "resident-record", options }, who);
      for (const label of labels[option]) {
        expect(words(without)).not.toContain(label);
        expect(words(withAll)).toContain(label);
      }
      for (const cell of cells[option]) {
        expect(fields(without.flat())).not.toContain(cell);
        expect(fields(withAll.flat())).toContain(cell);
      }
    }
  });

  it("puts four persons on a page, each on exactly one, and certifies on the last page only", () => {
    fc.assert(
      fc.property(residentRecord, persons, (choice, who) => {
        const form = layoutForm(choice, who);
        expect(form).toHaveLength(Math.ceil(who.length / 4));
        const named = form.flat().flatMap((c) => (c.cell === "field" && c.field === "name" ? [c.person] : []));
        expect(named).toEqual(who.map((_, person) => person));
        for (const [page, cells] of form.entries()) {
          const last = page === form.length - 1;
          expect(fields(cells)).toEqual(expect.arrayContaining(["documentId", "pageOfPages", "address"]));
          expect(fields(cells).includes("mayor")).toBe(last);
          expect(cells.some((c) => c.cell === "picture" && c.picture === "officialSeal")).toBe(last);
          expect(words([cells]).includes("以下余白")).toBe(last);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("says whose record it is: of the whole household or of a part", () => {
    const of = (scope: "household" | "self" | "members") =>
      words(
        layoutForm(
          { kind: "resident-record", options: { scope, headAndRelationship: false, domicile: false, myNumber: false } },
          [{ foreign: false }],
        ),
      );
    expect(of("household")).toEqual(
      expect.arrayContaining(["（世帯全員）", "この写しは、世帯全員の住民票の原本と相違ないことを証明する。"]),
    );
    for (const scope of ["self", "members"] as const) {
      expect(of(scope)).toEqual(
        expect.arrayContaining(["（世帯の一部）", "この写しは、世帯の一部の住民票の原本と相違ないことを証明する。"]),
      );
    }
  });

  it("shows a registered seal only on the seal registration certificate", () => {
    const pictures = layoutForm(sealRegistration, [{ foreign: true }])
      .flat()
      .flatMap((cell) => (cell.cell === "picture" ? [cell.picture] : []));
    expect(pictures.toSorted()).toEqual(["officialSeal", "registeredSeal"]);
  });

  it("refuses, as a bug, nobody and more persons than a statement can carry", () => {
    expect(() => layoutForm(sealRegistration, [])).toThrow(RangeError);
    expect(() => layoutForm(sealRegistration, [{ foreign: false }, { foreign: false }])).toThrow(RangeError);
  });
});

describe("valuesOfForm", () => {
  it("names every attested value once, and the persons told from them give the same form again", () => {
    fc.assert(
      fc.property(forms, ({ choice, form }) => {
        const values = valuesOfForm(form);
        const keys = values.map((value) => `${value.field} ${value.person ?? "document"}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(layoutForm(choice, personsOfValues(values))).toEqual(form);
      }),
      { numRuns: 60 },
    );
  });

  it("lists the values of a seal registration", () => {
    expect(valuesOfForm(layoutForm(sealRegistration, [{ foreign: false }]))).toEqual([
      { field: "sealRegistrationNumber", person: 0 },
      { field: "sealRegisteredOn", person: 0 },
      { field: "name", person: 0 },
      { field: "birthDate", person: 0 },
      { field: "address" },
      { field: "mayor" },
    ]);
  });
});
