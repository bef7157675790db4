import { PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../composition/page.ts";
import {
  type DecodedImageLayer,
  decodeField,
  decodeImageLayer,
  deinterleave,
  knownFieldCells,
} from "../scramble/channel-code.ts";
import { type Frame, parseFrame } from "../scramble/frame.ts";
import { type CellSize, cellGrid } from "../scramble/geometry.ts";
import { readCodeText } from "./code-text.ts";
import { likelihoods } from "./equalise.ts";
import { findFinders } from "./finders.ts";
import { type GreyImage, inverted, type Point, reduce } from "./grey.ts";
import { project } from "./homography.ts";
import { inspectionLimits } from "./limits.ts";
import { orient } from "./orient.ts";
import { register } from "./register.ts";
import { sample } from "./sample.ts";
import type { Orientation } from "./sync-fit.ts";

/** What was read of a back before any key is used. */
export type BackReading = DecodedBack & {
  /** Of the 2-D code; undefined when it cannot be read. */
  readonly codeText: string | undefined;
};

type DecodedBack =
  /** There is one, but not even its fields can be read. */
  | { readonly kind: "unreadable"; readonly found: Found }
  | { readonly kind: "read"; readonly found: Found; readonly frame: Frame; readonly image: DecodedImageLayer };

/** How the back lies in the picture. */
export interface Found {
  readonly cellPx: CellSize;
  readonly mirrored: boolean;
  readonly negative: boolean;
  readonly ringsSeen: number;
  /** Pixels of the picture an inch of paper. */
  readonly dpi: number;
}

const FIELD_ITERATIONS = 60;
const IMAGE_ITERATIONS = 40;
/** Above this, half as many pixels say the same, with less noise. */
const ENOUGH_PX_PER_CELL = 6;

/**
 * Finds the backs in a picture, whichever way they lie, and decodes both layers of each. Pure; the answer to noise is an
 * empty list. All of them, because a genuine back must not speak for a false one that lies beside it.
 */
export function readBacks(picture: GreyImage): BackReading[] {
  for (const negative of [false, true]) {
    const image = negative ? inverted(picture) : picture;
    const candidates = findFinders(image);
    const readings: BackReading[] = [];
    const sheets: ((place: Point) => boolean)[] = [];
    const isFree = (place: Point) => !sheets.some((covers) => covers(place));
    while (readings.length < inspectionLimits.backs) {
      const orientation = orient(image, candidates, isFree);
      if (!orientation) break;
      const codeText = readCodeText(image, orientation.homography);
      readings.push({ ...decode(image, orientation, negative), codeText });
      sheets.push(sheetOf(orientation));
    }
    if (readings.length > 0) return readings;
  }
  return [];
}

/** Tells which places of the picture are on the sheet that was found: its own code and cells look like marks too. */
function sheetOf({ homography }: Orientation): (place: Point) => boolean {
  const corners = [
    { x: 0, y: 0 },
    { x: PAGE_WIDTH_PX, y: 0 },
    { x: PAGE_WIDTH_PX, y: PAGE_HEIGHT_PX },
    { x: 0, y: PAGE_HEIGHT_PX },
  ].map(({ x, y }) => project(homography, x, y));
  return (place) => {
    const sides = corners.map((a, i) => {
      const b = corners[(i + 1) % corners.length] as Point;
      return Math.sign((b.x - a.x) * (place.y - a.y) - (b.y - a.y) * (place.x - a.x));
    });
    return sides.every((side) => side === sides[0]);
  };
}

function decode(picture: GreyImage, orientation: Orientation, negative: boolean): DecodedBack {
  const { cellPx, mirrored } = orientation;
  const { image, homography } = reducedTo(picture, orientation);
  const { lattice } = register(image, homography);
  const found = { cellPx, mirrored, negative, ringsSeen: lattice.seen, dpi: Math.round(dpiOf(orientation)) };
  const grid = cellGrid(cellPx);
  const samples = sample(image, lattice, cellPx);
  const blind = deinterleave(cellPx, likelihoods(samples, grid));
  const bytes = decodeField(blind, FIELD_ITERATIONS);
  const frame = bytes && parseFrame(bytes);
  if (!bytes || !frame?.ok || frame.value.header.cellPx !== cellPx) return { kind: "unreadable", found };
  const first = decodeImageLayer(cellPx, blind, IMAGE_ITERATIONS);
  if (first.wordsOk.every(Boolean)) return { kind: "read", found, frame: frame.value, image: first };
  // The fields' cells are known now and lie everywhere: what the equaliser learns from them is not guessed.
  const trained = deinterleave(cellPx, likelihoods(samples, grid, knownFieldCells(cellPx, bytes)));
  const second = decodeImageLayer(cellPx, trained, IMAGE_ITERATIONS, first);
  return { kind: "read", found, frame: frame.value, image: second };
}

function dpiOf({ homography }: Orientation): number {
  const [a, b] = [project(homography, 2000, 2800), project(homography, 2600, 2800)];
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function reducedTo(
  picture: GreyImage,
  orientation: Orientation,
): { image: GreyImage; homography: Orientation["homography"] } {
  const pxPerCell = (dpiOf(orientation) / 600) * orientation.cellPx;
  if (pxPerCell < ENOUGH_PX_PER_CELL) return { image: picture, homography: orientation.homography };
  const [a, b, c, d, e, f, g, h] = orientation.homography;
  return { image: reduce(picture, 2), homography: [a / 2, b / 2, c / 2, d / 2, e / 2, f / 2, g, h] };
}
