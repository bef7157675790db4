import { ok, type Result } from "../../kernel/result.ts";
import type { Cell } from "../../protocol/forms/cells.ts";
import type { Colour, PageObject, PageReading, PathObject, TextObject } from "../pages/reading.ts";
import { isSameBox } from "./geometry.ts";
import { refuse } from "./refusal.ts";

const MAX_RULE_MM = 0.5;
const PLACE_TOLERANCE_MM = 0.3;
const MIN_TEXT_PT = 4.5;
/** A colour that nobody can overlook on white paper: every channel at most this, and opaque. */
const MAX_INK = 96;

/**
 * Judges everything that is painted on a page: text that is plainly visible, the form's own rules and its pictures, each
 * once and in its place. Nothing may cover, clip, blend or hide anything, so that what is read is what is seen.
 */
export function checkObjects(reading: PageReading, cells: readonly Cell[], page: number): Result<void> {
  const texts = new Set(reading.chars.map((char) => char.object));
  const rules = cells.filter((cell) => cell.cell === "rule").map((cell) => cell.box);
  const pictures = cells.filter((cell) => cell.cell === "picture").map((cell) => cell.box);
  const open = { rules, pictures };
  for (const [index, object] of reading.objects.entries()) {
    const why = hidden(object) ?? fault(object, texts.has(index), open);
    if (why) return refuse(page, why, { object: index });
  }
  if (open.rules.length > 0) return refuse(page, "a rule of the form is missing");
  if (open.pictures.length > 0) return refuse(page, "a picture of the form is missing");
  return ok();
}

function hidden(object: PageObject): string | undefined {
  if (object.clipped) return "something is clipped";
  if (object.transparent) return "something is transparent";
  if (object.marked) return "something is marked content";
  return undefined;
}

/** What is wrong with an object. A rule or picture that is found is taken off the open ones, so that it counts once. */
function fault(
  object: PageObject,
  hasChars: boolean,
  open: { rules: Cell["box"][]; pictures: Cell["box"][] },
): string | undefined {
  switch (object.kind) {
    case "text":
      return hasChars ? textFault(object) : "text that cannot be read";
    case "path":
      return pathFault(object) ?? take(open.rules, object.outline, "a drawing that is not a rule of the form");
    case "image":
      return take(open.pictures, object.box, "a picture outside the form");
    default:
      return "an object that no form has";
  }
}

function take(open: Cell["box"][], box: Cell["box"], otherwise: string): string | undefined {
  const at = open.findIndex((candidate) => isSameBox(candidate, box, PLACE_TOLERANCE_MM));
  if (at === -1) return otherwise;
  open.splice(at, 1);
  return undefined;
}

function textFault(text: TextObject): string | undefined {
  if (!text.filled) return "text that is not plainly filled";
  if (!isInk(text.colour)) return "text that is not dark";
  if (!text.upright) return "text that is not upright";
  if (text.sizePt < MIN_TEXT_PT) return "text that is too small to read";
  if (text.fontBytes === 0) return "text whose font is not in the file";
  return undefined;
}

function pathFault(path: PathObject): string | undefined {
  if (path.filled || !path.stroked) return "a filled drawing";
  if (!path.axisAligned) return "a drawing with curves or slopes";
  if (path.strokeWidthMm > MAX_RULE_MM) return "a rule that is too thick";
  if (!isInk(path.colour)) return "a rule that is not dark";
  return undefined;
}

function isInk(colour: Colour | undefined): boolean {
  if (!colour) return false;
  return Math.max(colour.red, colour.green, colour.blue) <= MAX_INK && colour.alpha === 255;
}
