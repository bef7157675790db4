import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charsIn, faultlessReading, image, rule, textObject } from "../../../test/support/page-reading.ts";
import { unwrap } from "../../kernel/result.ts";
import type { CertificateChoice } from "../../protocol/certificates.ts";
import type { FieldName } from "../../protocol/forms/cells.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import type { PageChar, PageObject, PageReading } from "../pages/reading.ts";
import { readForm } from "./read-form.ts";

const choice: CertificateChoice = {
  kind: "resident-record",
  options: { scope: "household", headAndRelationship: true, domicile: true, myNumber: false },
};
const form = layoutForm(choice, [{ foreign: false }, { foreign: true }, ...Array(3).fill({ foreign: false })]);
const textOf = (field: FieldName, person: number | undefined, page: number): string => {
  if (field === "pageOfPages") return `${page + 1}/2`;
  if (field === "movedFrom") return "";
  return person === undefined ? `値${field}` : `葛󠄀城　${person}𠮷${field}`;
};
const faultless = faultlessReading(form, textOf);

/** The same document with one page changed. */
const withPage = (index: number, change: (page: PageReading) => PageReading) =>
  faultless.map((page, i) => (i === index ? change(page) : page));
const withObject = (pick: (object: PageObject) => boolean, change: (object: PageObject) => PageObject) =>
  withPage(0, (page) => {
    const at = page.objects.findIndex(pick);
    return { ...page, objects: page.objects.map((object, i) => (i === at ? change(object) : object)) };
  });
const withChar = (at: number, change: (char: PageChar) => PageChar) =>
  withPage(0, (page) => ({ ...page, chars: page.chars.map((char, i) => (i === at ? change(char) : char)) }));
const added = (objects: PageObject[], chars: PageChar[] = []) =>
  withPage(0, (page) => ({
    ...page,
    objects: [...page.objects, ...objects],
    chars: [...page.chars, ...chars.map((char) => ({ ...char, object: page.objects.length }))],
  }));
const refusal = (pages: readonly PageReading[]) => {
  const result = readForm(pages, form);
  if (result.ok) return "read";
  expect(result.error.code).toBe("K-BIND-136");
  return result.error.detail?.why;
};
const somewhere = { x: 100, y: 240, width: 20, height: 2 };
const isText = (object: PageObject) => object.kind === "text";
const isPath = (object: PageObject) => object.kind === "path";

describe("readForm", () => {
  it("returns the text of every field, page by page and person by person", () => {
    const { values } = unwrap(readForm(faultless, form));
    const expected = form.flatMap((cells, page) =>
      cells.flatMap((cell) =>
        cell.cell === "field" ? [{ page, field: cell.field, text: textOf(cell.field, cell.person, page) }] : [],
      ),
    );
    expect(values.map(({ page, field, text }) => ({ page, field, text }))).toEqual(expected);
    expect(values.filter((value) => value.field === "name").map((value) => value.person)).toEqual([0, 1, 2, 3, 4]);
  });

  it("refuses another number of pages", () => {
    expect(readForm(faultless.slice(0, 1), form)).toMatchObject({ ok: false, error: { code: "K-BIND-122" } });
    expect(readForm([], form)).toMatchObject({ ok: false, error: { code: "K-BIND-122" } });
  });

  it("refuses pages in another order", () => {
    expect(refusal(faultless.toReversed())).not.toBe("read");
  });

  it("refuses any character that is moved out of its cell", () => {
    const inked = faultless[0]?.chars.flatMap((char, at) => (char.box.height > 0 ? [at] : [])) ?? [];
    const move = fc.oneof(
      fc.double({ min: 12, max: 300, noNaN: true }),
      fc.double({ min: -300, max: -12, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...inked), move, (at, byMm) => {
        const moved = withChar(at, (char) => ({ ...char, box: { ...char.box, y: char.box.y + byMm } }));
        return !readForm(moved, form).ok;
      }),
    );
  });

  it("refuses any character that is dropped from or changed in the form's own words", () => {
    const first = form[0]?.find((cell) => cell.cell === "fixed");
    if (first?.cell !== "fixed") throw new Error("the form begins with its title");
    const title = faultless[0]?.chars
      .slice(0, 3)
      .map((char) => char.text)
      .join("");
    expect(first.text.startsWith(title ?? "-")).toBe(true);
    expect(refusal(withChar(0, (char) => ({ ...char, text: "戸" })))).toBe("the form's own words differ");
    expect(refusal(withPage(0, (page) => ({ ...page, chars: page.chars.slice(1) })))).toBe(
      "the form's own words differ",
    );
  });

  it("takes a compatibility twin in the form's own words for the character that it looks like", () => {
    const day = faultless[0]?.chars.findIndex((char) => char.text === "日") ?? -1;
    expect(refusal(withChar(day, (char) => ({ ...char, text: "\u2F47" })))).toBe("read");
    expect(refusal(withChar(day, (char) => ({ ...char, text: "目" })))).toBe("the form's own words differ");
  });

  it("refuses text outside the form, also where the page is empty", () => {
    const chars = charsIn({ cell: "fixed", box: somewhere, text: "他", sizePt: 9 }, "他人", 0);
    expect(refusal(added([textObject(somewhere, 9)], chars))).toBe("text outside the form");
  });

  it("refuses text in the place of a picture", () => {
    const seal = form[1]?.find((cell) => cell.cell === "picture");
    const box = { ...(seal?.box ?? somewhere), height: 4 };
    const chars = charsIn({ cell: "fixed", box, text: "印", sizePt: 9 }, "印", 0);
    expect(refusal(added([textObject(box, 9)], chars))).toBe("text outside the form");
  });

  it("refuses ink that stands out of its cell, claims to be a space, or is not there", () => {
    expect(refusal(withChar(0, (char) => ({ ...char, box: { ...char.box, x: char.box.x - 80, width: 160 } })))).toBe(
      "text beyond its cell",
    );
    expect(refusal(withChar(0, (char) => ({ ...char, text: " " })))).toBe("ink that claims to be a space");
    expect(refusal(withChar(0, (char) => ({ ...char, box: { ...char.box, height: 0 } })))).toBe(
      "a character without ink",
    );
    expect(refusal(withChar(0, (char) => ({ ...char, mapped: false })))).toBe("a character without a known meaning");
    expect(refusal(withChar(0, (char) => ({ ...char, object: -1 })))).toBe("a character without a known meaning");
  });

  it("refuses characters that are not read in the order in which they are printed", () => {
    const swapped = withPage(0, (page) => {
      const [first, ...rest] = page.chars.filter((char) => char.box.height > 0);
      const second = rest[0];
      if (!first || !second) throw new Error("the title has several characters");
      return { ...page, chars: [{ ...first, box: second.box }, { ...second, box: first.box }, ...rest.slice(1)] };
    });
    expect(refusal(swapped)).toBe("text that is not read as it is printed");
    const over = withChar(2, (char) => ({ ...char, box: faultless[0]?.chars[0]?.box ?? char.box }));
    expect(refusal(over)).toBe("text that is not read as it is printed");
  });

  it("refuses text that a reader of the paper would not see", () => {
    const text = (change: object) => refusal(withObject(isText, (object) => ({ ...object, ...change }) as PageObject));
    expect(text({ filled: false })).toBe("text that is not plainly filled");
    expect(text({ colour: { red: 255, green: 255, blue: 255, alpha: 255 } })).toBe("text that is not dark");
    expect(text({ colour: { red: 0, green: 0, blue: 0, alpha: 3 } })).toBe("text that is not dark");
    expect(text({ colour: undefined })).toBe("text that is not dark");
    expect(text({ upright: false })).toBe("text that is not upright");
    expect(text({ sizePt: 1 })).toBe("text that is too small to read");
    expect(text({ fontBytes: 0 })).toBe("text whose font is not in the file");
    expect(text({ clipped: true })).toBe("something is clipped");
    expect(text({ transparent: true })).toBe("something is transparent");
    expect(text({ marked: true })).toBe("something is marked content");
    expect(refusal(added([textObject(somewhere, 9)]))).toBe("text that cannot be read");
  });

  it("refuses drawings that are not the form's rules: a letter can be drawn by a path", () => {
    const path = (change: object) => refusal(withObject(isPath, (object) => ({ ...object, ...change }) as PageObject));
    expect(refusal(added([rule(somewhere)]))).toBe("a drawing that is not a rule of the form");
    expect(path({ filled: true })).toBe("a filled drawing");
    expect(path({ stroked: false })).toBe("a filled drawing");
    expect(path({ axisAligned: false })).toBe("a drawing with curves or slopes");
    expect(path({ strokeWidthMm: 9 })).toBe("a rule that is too thick");
    expect(path({ colour: { red: 250, green: 250, blue: 250, alpha: 255 } })).toBe("a rule that is not dark");
    const once = faultless[0]?.objects.find(isPath);
    if (!once) throw new Error("the form has rules");
    expect(refusal(added([once]))).toBe("a drawing that is not a rule of the form");
    const withoutRules = form.map((cells) => cells.filter((cell) => cell.cell !== "rule"));
    expect(refusal(faultlessReading(withoutRules, textOf))).toBe("a rule of the form is missing");
  });

  it("refuses pictures outside the form, and a form without its seal", () => {
    expect(refusal(added([image(somewhere)]))).toBe("a picture outside the form");
    const second = faultless[1];
    const seal = second?.objects.findIndex((object) => object.kind === "image") ?? -1;
    const withoutSeal = form.map((cells) => cells.filter((cell) => cell.cell !== "picture"));
    expect(refusal(faultlessReading(withoutSeal, textOf))).toBe("a picture of the form is missing");
    const covered = withPage(1, (page) => ({
      ...page,
      objects: page.objects.map((object, i) => (i === seal ? image({ x: 0, y: 0, width: 210, height: 297 }) : object)),
    }));
    expect(refusal(covered)).toBe("a picture outside the form");
  });

  it("refuses annotations, forms, shadings and pages that are not A4", () => {
    expect(refusal(withPage(0, (page) => ({ ...page, annotations: 1 })))).toBe("the page has annotations");
    expect(refusal(withPage(0, (page) => ({ ...page, widthMm: 297, heightMm: 210 })))).toBe("the page is not A4");
    for (const kind of ["form", "shading", "unknown"] as const) {
      expect(refusal(added([{ ...image(somewhere), kind } as PageObject]))).toBe("an object that no form has");
    }
  });

  it("never tells what a page says", () => {
    const chars = charsIn({ cell: "fixed", box: somewhere, text: "他", sizePt: 9 }, "秘密太郎", 0);
    expect(JSON.stringify(readForm(added([textObject(somewhere, 9)], chars), form))).not.toContain("秘密");
  });
});
