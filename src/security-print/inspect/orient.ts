import type { FinderCandidate } from "./finders.ts";
import { fromFinders } from "./from-finders.ts";
import { fromRings } from "./from-rings.ts";
import type { GreyImage, Point } from "./grey.ts";
import type { Orientation } from "./sync-fit.ts";

/** Rows of modules that fit so well lie where the finders say. */
const SURE = 0.8;

/**
 * Where the next back lies: by its finders, and by its rings where finders are lost or what they say fits badly. Undefined
 * when there is none. `isFree` tells which places of the picture belong to no back that was found before.
 */
export function orient(
  image: GreyImage,
  finders: readonly FinderCandidate[],
  isFree: (place: Point) => boolean,
): Orientation | undefined {
  const byFinders = fromFinders(image, finders.filter(isFree));
  if (byFinders && byFinders.certainty >= SURE) return byFinders;
  const byRings = fromRings(image, isFree);
  if (!byFinders || !byRings) return byFinders ?? byRings;
  return byRings.certainty > byFinders.certainty ? byRings : byFinders;
}
