import { boxMean, type GreyImage, type Point, reduce } from "./grey.ts";

/** A place that looks like a finder: where, how large its module is (both in pixels of the picture), how often it was met. */
export interface FinderCandidate extends Point {
  readonly module: number;
  readonly hits: number;
}

/** The picture is searched at about 120 dots an inch of an A4 page: a module of a finder has 4 pixels there. */
const SEARCH_SIDE_PX = 1400;
const MODULE_PX = { least: 1.7, most: 14 };
const MAX_CANDIDATES = 14;

/** Places with the runs 1 : 1 : 3 : 1 : 1 of a finder in both directions, the most often met first. Any rotation. */
export function findFinders(image: GreyImage): FinderCandidate[] {
  const factor = Math.max(1, Math.floor(Math.max(image.widthPx, image.heightPx) / SEARCH_SIDE_PX));
  const small = reduce(image, factor);
  const dark = darkPixels(small);
  const found: { x: number; y: number; module: number; hits: number }[] = [];
  const horizontal = (y: number) => (x: number) => dark[y * small.widthPx + x] === 1;
  const vertical = (x: number) => (y: number) => dark[y * small.widthPx + x] === 1;
  for (let y = 0; y < small.heightPx; y++) {
    for (const run of finderRuns(horizontal(y), small.widthPx)) {
      const column = Math.round(run.middle - 0.5);
      const down = runThrough(vertical(column), small.heightPx, y);
      if (!down || down.module > 2 * run.module || run.module > 2 * down.module) continue;
      const across = runThrough(horizontal(Math.round(down.middle - 0.5)), small.widthPx, column);
      if (!across) continue;
      const [x, module] = [across.middle, (across.module + down.module) / 2];
      const near = found.find((one) => Math.hypot(one.x - x, one.y - down.middle) < 2.5 * one.module);
      if (!near) {
        found.push({ x, y: down.middle, module, hits: 1 });
        continue;
      }
      const weight = 1 / (near.hits + 1);
      near.x += (x - near.x) * weight;
      near.y += (down.middle - near.y) * weight;
      near.module += (module - near.module) * weight;
      near.hits += 1;
    }
  }
  return found
    .sort((a, b) => b.hits / b.module - a.hits / a.module)
    .slice(0, MAX_CANDIDATES)
    .map(({ x, y, module, hits }) => ({ x: x * factor, y: y * factor, module: module * factor, hits }));
}

const WINDOW_RADIUS_PX = 40;
/** How much darker than its surroundings ink must be, as a share and at least. */
const DARKER = { share: 0.1, least: 10 };

/** 1 where a pixel is clearly darker than the mean around it: uneven light does not matter. */
function darkPixels({ widthPx, heightPx, pixels }: GreyImage): Uint8Array {
  const means = boxMean(pixels, widthPx, heightPx, WINDOW_RADIUS_PX);
  const dark = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const mean = means[i] as number;
    if ((pixels[i] as number) < mean - Math.max(DARKER.least, DARKER.share * mean)) dark[i] = 1;
  }
  return dark;
}

interface Run {
  readonly middle: number;
  readonly module: number;
}

/** Whether five runs are 1 : 1 : 3 : 1 : 1 within what blur and rounding do to them. */
function fits(lengths: readonly number[]): number | undefined {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const module = total / 7;
  if (module < MODULE_PX.least || module > MODULE_PX.most) return undefined;
  const room = Math.max(1, 0.6 * module);
  const good = lengths.every((length, i) =>
    i === 2 ? Math.abs(length - 3 * module) <= Math.max(1.5, module) : Math.abs(length - module) <= room,
  );
  return good ? module : undefined;
}

/** Every place of a line where dark, light, dark, light, dark runs fit. */
function* finderRuns(isDark: (at: number) => boolean, length: number): Generator<Run> {
  const runs = [0, 0, 0, 0, 0];
  let start = 0;
  let was = false;
  for (let at = 0; at <= length; at++) {
    const dark = at < length && isDark(at);
    if (dark === was) continue;
    runs.shift();
    runs.push(at - start);
    if (was) {
      const module = fits(runs);
      if (module !== undefined) {
        const behind = (runs[3] as number) + (runs[4] as number);
        yield { middle: at - behind - (runs[2] as number) / 2, module };
      }
    }
    start = at;
    was = dark;
  }
}

/** The five runs around a dark place of a line, when they fit. */
function runThrough(isDark: (at: number) => boolean, length: number, at: number): Run | undefined {
  if (at < 0 || at >= length || !isDark(at)) return undefined;
  const most = 3 * MODULE_PX.most;
  const walk = (from: number, step: 1 | -1, dark: boolean): number => {
    let count = 0;
    for (let i = from; i >= 0 && i < length && count < most && isDark(i) === dark; i += step) count += 1;
    return count;
  };
  const ahead = walk(at, 1, true);
  const light1 = walk(at + ahead, 1, false);
  const dark1 = walk(at + ahead + light1, 1, true);
  const back = walk(at - 1, -1, true);
  const light2 = walk(at - 1 - back, -1, false);
  const dark2 = walk(at - 1 - back - light2, -1, true);
  const module = fits([dark2, light2, back + ahead, light1, dark1]);
  return module === undefined ? undefined : { middle: at + (ahead - back) / 2, module };
}
