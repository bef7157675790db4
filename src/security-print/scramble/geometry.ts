/**
 * Where the scrambled image stands on a back, in pixels of the page at 600 dpi: constants of the format
 * (docs/protocols/security-print.md). 4320 × 3120 px are 182.9 × 132.1 mm.
 */
export const REGION = { x: 320, y: 1320, width: 4320, height: 3120 } as const;

/** Ring marks stand on the corners of a lattice of this pitch (10.16 mm), the region's edges included. */
export const MARK_PITCH = 240;
export const MARK_COLUMNS = REGION.width / MARK_PITCH + 1;
export const MARK_ROWS = REGION.height / MARK_PITCH + 1;
/** Cells that come nearer to a mark's centre than this, in both directions, are left white. */
export const MARK_CLEAR = 28;
/** A ring of 1.9 mm. */
export const RING = { outerRadius: 22, innerRadius: 10 } as const;

/** Four nested squares of 7 × 7 modules (6.5 mm), as in a QR code, above and below the region. */
export const FINDER = { module: 22, modules: 7 } as const;
const FINDER_SIZE = FINDER.module * FINDER.modules;
const FINDER_DISTANCE = 66;
const left = REGION.x + FINDER_SIZE / 2;
const right = REGION.x + REGION.width - FINDER_SIZE / 2;
const top = REGION.y - FINDER_DISTANCE - FINDER_SIZE / 2;
const bottom = REGION.y + REGION.height + FINDER_DISTANCE + FINDER_SIZE / 2;
/** Centres: top left, top right, bottom right, bottom left. */
export const FINDER_CENTRES = [
  { x: left, y: top },
  { x: right, y: top },
  { x: right, y: bottom },
  { x: left, y: bottom },
] as const;

/** Between the upper and between the lower finders stands a row of 64 modules that tells mode, top, and left. */
export const SYNC = { module: 44, modules: 64 } as const;
/** Left edge of the row, and the middle of each of the two. */
export const SYNC_X = REGION.x + (REGION.width - SYNC.module * SYNC.modules) / 2;
export const SYNC_Y = { top, bottom } as const;

/**
 * The 2-D code, right of the readable block, above the upper finders: 9 px are .38 mm. The largest has 95 modules with its
 * border: version 19 takes the 600 bytes of the longest text (ISO/IEC 18004, table 7). The place of the largest is white, and
 * so is what lies around it: a reader does not know beforehand how large it is.
 */
export const CODE = { modulePx: 9, rightMm: 196, topMm: 14, mostModules: 95, aroundPx: 60 } as const;

/** Side of a cell in pixels, the largest first: the largest that holds the front is taken. */
export const CELL_SIZES = [8, 6, 5, 4] as const;
export type CellSize = (typeof CELL_SIZES)[number];

export function isCellSize(value: number): value is CellSize {
  return (CELL_SIZES as readonly number[]).includes(value);
}

/** The cells of a region for one size of cell. */
export interface CellGrid {
  readonly cellPx: CellSize;
  readonly columns: number;
  readonly rows: number;
  /** Cells that carry a bit, as `row × columns + column`, in reading order. */
  readonly places: Int32Array;
  /** Where each row begins in `places`; one more than there are rows. */
  readonly rowStarts: Int32Array;
}

const grids = new Map<CellSize, CellGrid>();

/** The grid of a size of cell; computed once. */
export function cellGrid(cellPx: CellSize): CellGrid {
  const known = grids.get(cellPx);
  if (known) return known;
  const columns = REGION.width / cellPx;
  const rows = REGION.height / cellPx;
  const nearColumn = Uint8Array.from({ length: columns }, (_, i) => nearMark(i, cellPx));
  const nearRow = Uint8Array.from({ length: rows }, (_, i) => nearMark(i, cellPx));
  const places = new Int32Array(columns * rows);
  const rowStarts = new Int32Array(rows + 1);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    rowStarts[row] = count;
    for (let column = 0; column < columns; column++) {
      if (nearRow[row] && nearColumn[column]) continue;
      places[count] = row * columns + column;
      count += 1;
    }
  }
  rowStarts[rows] = count;
  const grid = { cellPx, columns, rows, places: places.slice(0, count), rowStarts };
  grids.set(cellPx, grid);
  return grid;
}

/** Whether the cell's extent comes nearer than `MARK_CLEAR` to a line of marks. */
function nearMark(index: number, cellPx: number): 0 | 1 {
  const from = index * cellPx;
  const line = Math.round((from + cellPx / 2) / MARK_PITCH) * MARK_PITCH;
  return from < line + MARK_CLEAR && from + cellPx > line - MARK_CLEAR ? 1 : 0;
}
