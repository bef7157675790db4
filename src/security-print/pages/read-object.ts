import type { Box } from "../../protocol/forms/cells.ts";
import { boxOf } from "./box.ts";
import type { Instance } from "./instance.ts";
import { limits } from "./limits.ts";
import type { Colour, PageObject, PathObject, TextObject } from "./reading.ts";
import { MM_PER_POINT } from "./units.ts";

/** FPDF_PAGEOBJ_* (fpdf_edit.h). */
const kinds = { text: 1, path: 2, image: 3, shading: 4, form: 5 } as const;
/** FPDF_TEXTRENDERMODE_FILL. */
const FILL = 0;
const FILLMODE_NONE = 0;
const SEGMENT_BEZIER = 1;
/** How far a segment may be off the level or the upright, in points; rounding of coordinates, not a slope. */
const LEVEL_TOLERANCE_PT = 0.05;

interface Matrix {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** Reads one page object. `scratch` is a place of at least 64 bytes in the engine's memory. */
export function readObject(engine: Instance, handle: number, scratch: number, heightMm: number): PageObject {
  const { api, memory } = engine;
  const bounded = api.FPDFPageObj_GetBounds(handle, scratch, scratch + 4, scratch + 8, scratch + 12);
  const [left, bottom, right, top] = [0, 4, 8, 12].map((offset) => (bounded ? memory.float(scratch + offset) : 0));
  const common = {
    box: boxOf(left ?? 0, right ?? 0, top ?? 0, bottom ?? 0, heightMm),
    clipped: api.FPDFClipPath_CountPaths(api.FPDFPageObj_GetClipPath(handle)) > 0,
    transparent: api.FPDFPageObj_HasTransparency(handle),
    marked: api.FPDFPageObj_CountMarks(handle) !== 0,
  };
  switch (api.FPDFPageObj_GetType(handle)) {
    case kinds.text:
      return { ...common, ...textOf(engine, handle, scratch) };
    case kinds.path:
      return { ...common, ...pathOf(engine, handle, scratch, heightMm) };
    case kinds.image:
      return { ...common, kind: "image" };
    case kinds.shading:
      return { ...common, kind: "shading" };
    case kinds.form:
      return { ...common, kind: "form" };
    default:
      return { ...common, kind: "unknown" };
  }
}

type Own<T> = Omit<T, "box" | "clipped" | "transparent" | "marked">;

function textOf(engine: Instance, handle: number, scratch: number): Own<TextObject> {
  const { api, memory } = engine;
  const matrix = matrixOf(engine, handle, scratch);
  const sized = api.FPDFTextObj_GetFontSize(handle, scratch);
  const fontSizePt = sized ? memory.float(scratch) : 0;
  const font = api.FPDFTextObj_GetFont(handle);
  // For a font that is not in the file pdfium gives the bytes of its own substitute; drawn (Type 3) fonts have none.
  const embedded = font !== 0 && api.FPDFFont_GetIsEmbedded(font) === 1;
  const fontBytes = embedded && api.FPDFFont_GetFontData(font, 0, 0, scratch) ? memory.int32(scratch) : 0;
  const upright =
    matrix !== undefined && matrix.a > 0 && matrix.d > 0 && Math.abs(matrix.b) + Math.abs(matrix.c) < 0.001 * matrix.a;
  return {
    kind: "text",
    filled: api.FPDFTextObj_GetTextRenderMode(handle) === FILL,
    colour: colourOf(engine, scratch, (r, g, b, a) => api.FPDFPageObj_GetFillColor(handle, r, g, b, a)),
    sizePt: fontSizePt * Math.abs(matrix?.d ?? 0),
    upright,
    fontBytes,
  };
}

function pathOf(engine: Instance, handle: number, scratch: number, heightMm: number): Own<PathObject> {
  const { api, memory } = engine;
  const matrix = matrixOf(engine, handle, scratch) ?? { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
  const drawn = api.FPDFPath_GetDrawMode(handle, scratch, scratch + 4);
  const filled = !drawn || memory.int32(scratch) !== FILLMODE_NONE;
  const stroked = drawn && memory.int32(scratch + 4) !== 0;
  const width = api.FPDFPageObj_GetStrokeWidth(handle, scratch) ? memory.float(scratch) : Number.POSITIVE_INFINITY;
  const scale = Math.max(Math.hypot(matrix.a, matrix.b), Math.hypot(matrix.c, matrix.d));
  const points = api.FPDFPath_CountSegments(handle);
  const { outline, axisAligned } = outlineOf(engine, handle, matrix, points, scratch, heightMm);
  return {
    kind: "path",
    stroked,
    filled,
    strokeWidthMm: width * scale * MM_PER_POINT,
    colour: colourOf(engine, scratch, (r, g, b, a) => api.FPDFPageObj_GetStrokeColor(handle, r, g, b, a)),
    outline,
    points,
    axisAligned,
  };
}

/** The box of a path's points, and whether all its segments are straight and level or upright. */
function outlineOf(
  { api, memory }: Instance,
  handle: number,
  matrix: Matrix,
  count: number,
  scratch: number,
  heightMm: number,
): { readonly outline: Box; readonly axisAligned: boolean } {
  const xs: number[] = [];
  const ys: number[] = [];
  let axisAligned = count > 0 && count <= limits.pointsPerPath;
  for (let i = 0; i < Math.min(count, limits.pointsPerPath); i++) {
    const segment = api.FPDFPath_GetPathSegment(handle, i);
    const found = segment !== 0 && api.FPDFPathSegment_GetPoint(segment, scratch, scratch + 4);
    if (!found || api.FPDFPathSegment_GetType(segment) === SEGMENT_BEZIER) axisAligned = false;
    if (!found) continue;
    const px = memory.float(scratch);
    const py = memory.float(scratch + 4);
    const x = matrix.a * px + matrix.c * py + matrix.e;
    const y = matrix.b * px + matrix.d * py + matrix.f;
    const [lastX, lastY] = [xs.at(-1), ys.at(-1)];
    if (lastX !== undefined && lastY !== undefined) {
      if (Math.min(Math.abs(x - lastX), Math.abs(y - lastY)) > LEVEL_TOLERANCE_PT) axisAligned = false;
    }
    xs.push(x);
    ys.push(y);
  }
  if (xs.length === 0) return { outline: { x: 0, y: 0, width: 0, height: 0 }, axisAligned: false };
  return {
    outline: boxOf(Math.min(...xs), Math.max(...xs), Math.max(...ys), Math.min(...ys), heightMm),
    axisAligned,
  };
}

function matrixOf({ api, memory }: Instance, handle: number, scratch: number): Matrix | undefined {
  if (!api.FPDFPageObj_GetMatrix(handle, scratch)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = [0, 4, 8, 12, 16, 20].map((o) => memory.float(scratch + o));
  return { a, b, c, d, e, f };
}

function colourOf(
  { memory }: Instance,
  scratch: number,
  get: (red: number, green: number, blue: number, alpha: number) => boolean,
): Colour | undefined {
  if (!get(scratch, scratch + 4, scratch + 8, scratch + 12)) return undefined;
  const [red = 0, green = 0, blue = 0, alpha = 0] = [0, 4, 8, 12].map((offset) => memory.int32(scratch + offset));
  return { red, green, blue, alpha };
}
