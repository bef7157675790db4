import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Box } from "../../protocol/forms/cells.ts";
import { boxOf } from "./box.ts";
import type { Instance } from "./instance.ts";
import { limits } from "./limits.ts";
import { readObject } from "./read-object.ts";
import type { PageChar, PageObject, PageReading } from "./reading.ts";

/** Reads a loaded page. `K-BIND-138` when it has more characters or objects than allowed. */
export function readLoadedPage(
  engine: Instance,
  page: number,
  size: { readonly widthMm: number; readonly heightMm: number },
): Result<PageReading> {
  const { api, memory } = engine;
  const objectCount = api.FPDFPage_CountObjects(page);
  if (objectCount > limits.objectsPerPage) return fail("K-BIND-138", { why: "too many objects", count: objectCount });
  const scratch = memory.allocate(64);
  const text = api.FPDFText_LoadPage(page);
  const release = () => {
    if (text !== 0) api.FPDFText_ClosePage(text);
    memory.free(scratch);
  };
  if (text === 0) {
    release();
    return fail("K-BIND-138", { why: "the page's text cannot be read" });
  }
  const charCount = api.FPDFText_CountChars(text);
  if (charCount > limits.charsPerPage) {
    release();
    return fail("K-BIND-138", { why: "too many characters", count: charCount });
  }
  const objects: PageObject[] = [];
  const indexOf = new Map<number, number>();
  for (let i = 0; i < objectCount; i++) {
    const handle = api.FPDFPage_GetObject(page, i);
    indexOf.set(handle, i);
    objects.push(readObject(engine, handle, scratch, size.heightMm));
  }
  const chars = readChars(engine, text, charCount, indexOf, scratch, size.heightMm);
  const annotations = api.FPDFPage_GetAnnotCount(page);
  release();
  return ok({ ...size, chars, objects, annotations });
}

/**
 * The text layer. pdfium gives UTF-16 units, and a glyph that stands for several characters as that many entries in one
 * place; they become one `PageChar`. `FPDFText_IsGenerated` marks what pdfium adds by itself.
 */
function readChars(
  { api, memory }: Instance,
  text: number,
  count: number,
  indexOf: ReadonlyMap<number, number>,
  scratch: number,
  heightMm: number,
): PageChar[] {
  const chars: PageChar[] = [];
  let units: number[] = [];
  let last: Omit<PageChar, "text"> | undefined;
  const flush = () => {
    if (last) chars.push({ ...last, text: String.fromCharCode(...units) });
    units = [];
    last = undefined;
  };
  for (let i = 0; i < count; i++) {
    if (api.FPDFText_IsGenerated(text, i) === 1) continue;
    const unit = api.FPDFText_GetUnicode(text, i);
    api.FPDFText_GetCharBox(text, i, scratch, scratch + 8, scratch + 16, scratch + 24);
    const box = boxOf(
      memory.double(scratch),
      memory.double(scratch + 8),
      memory.double(scratch + 24),
      memory.double(scratch + 16),
      heightMm,
    );
    const object = indexOf.get(api.FPDFText_GetTextObject(text, i)) ?? -1;
    const mapped = api.FPDFText_HasUnicodeMapError(text, i) === 0 && unit !== 0;
    const continues = last !== undefined && last.object === object && sameBox(last.box, box) && last.box.width > 0;
    if (!continues) flush();
    if (unit > 0xffff) units.push(...surrogates(unit));
    else units.push(unit & 0xffff);
    last = { box, object, mapped: mapped && (last?.mapped ?? true) };
  }
  flush();
  return chars;
}

function surrogates(codePoint: number): [number, number] {
  const text = codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : "\u{FFFD}\u{FFFD}";
  return [text.charCodeAt(0), text.charCodeAt(1)];
}

function sameBox(a: Box, b: Box): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
