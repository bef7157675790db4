import {
  type DecodedImageLayer,
  decodeField,
  decodeImageLayer,
  deinterleave,
  knownFieldCells,
} from "../scramble/channel-code.ts";
import { type Frame, parseFrame } from "../scramble/frame.ts";
import { type CellSize, cellGrid } from "../scramble/geometry.ts";
import { likelihoods } from "./equalise.ts";
import { findFinders } from "./finders.ts";
import { type GreyImage, inverted, reduce } from "./grey.ts";
import { project } from "./homography.ts";
import { type Orientation, orient } from "./orient.ts";
import { register } from "./register.ts";
import { sample } from "./sample.ts";

/** What was read of a back before any key is used. */
export type BackReading =
  /** No scrambled image of ours is in the picture. */
  | { readonly kind: "none" }
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

/** Finds a back in a picture, whichever way it lies, and decodes both layers. Pure; the answer to noise is `none`. */
export function readBack(picture: GreyImage): BackReading {
  for (const negative of [false, true]) {
    const image = negative ? inverted(picture) : picture;
    const orientation = orient(image, findFinders(image));
    if (orientation) return decode(image, orientation, negative);
  }
  return { kind: "none" };
}

function decode(picture: GreyImage, orientation: Orientation, negative: boolean): BackReading {
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
