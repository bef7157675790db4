/** The lines of the visible picture, as SVG: white on black, so that what comes out is how much of a pixel is line. */

/** Measures of the picture in millimetres. */
export interface PictureMm {
  readonly widthMm: number;
  readonly heightMm: number;
}

/** Points of a curve in millimetres. */
type Curve = readonly (readonly [x: number, y: number])[];

const LINE_MM = 0.2;
/** Where the inner frame stands. */
const EDGE_MM = 1.9;
/** The band with the words, along the lower edge. */
export const WORDS_MM = { height: 13, inset: 2 } as const;

/** The drawing at `dpi`: a frame, a field of waves, three rosettes on it, and the line over the words. */
export function guilloche({ widthMm, heightMm }: PictureMm, dpi: number): string {
  const field = heightMm - WORDS_MM.height;
  const roses = [
    { x: widthMm / 6, radius: 19 },
    { x: widthMm / 2, radius: 23 },
    { x: (5 * widthMm) / 6, radius: 19 },
  ];
  const y = (EDGE_MM + field) / 2;
  const discs = roses.map(({ x, radius }) => `<circle cx="${x}" cy="${y}" r="${radius}"/>`).join("");
  const lines = (curves: readonly Curve[]) => curves.map((curve) => `<path d="${pathOf(curve)}"/>`).join("");
  const frame = (inset: number) =>
    `<rect x="${inset}" y="${inset}" width="${widthMm - 2 * inset}" height="${heightMm - 2 * inset}"/>`;
  const rule = `<path d="M${EDGE_MM} ${field}H${widthMm - EDGE_MM}"/>`;
  const [width, height] = [widthMm, heightMm].map((mm) => Math.round((mm / 25.4) * dpi));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${widthMm} ${heightMm}" ` +
    `preserveAspectRatio="none"><rect width="100%" height="100%" fill="#000"/>` +
    `<clipPath id="field"><rect x="${EDGE_MM}" y="${EDGE_MM}" width="${widthMm - 2 * EDGE_MM}" height="${field - EDGE_MM}"/></clipPath>` +
    `<g fill="none" stroke="#fff" stroke-width="${LINE_MM}" stroke-linejoin="round">` +
    `<g clip-path="url(#field)">${lines(waves(widthMm, field))}<g fill="#000">${discs}</g>` +
    `${lines(roses.flatMap(({ x, radius }) => rosette(x, y, radius)))}</g>` +
    `<g stroke-width=".4">${frame(1.2)}${frame(EDGE_MM)}${rule}</g></g></svg>`
  );
}

/** Waves one below the other, close together where their hills meet their neighbours' and apart elsewhere. */
function waves(widthMm: number, heightMm: number): Curve[] {
  const pitch = 1.5;
  return Array.from({ length: Math.ceil(heightMm / pitch) + 4 }, (_, row) =>
    curveOf(480, (t) => {
      const swing =
        Math.sin(2 * Math.PI * (5 * t + row / 18)) * 2.6 + Math.sin(2 * Math.PI * (11 * t - row / 12)) * 0.7;
      return [t * widthMm, (row - 2) * pitch + swing];
    }),
  );
}

/** A woven ring around a smaller one: closed curves whose radius swings, each turned by a part of a petal. */
function rosette(x: number, y: number, radiusMm: number): Curve[] {
  const ring = (petals: number, curves: number, from: number, to: number) =>
    Array.from({ length: curves }, (_, i) =>
      curveOf(900, (t) => {
        const angle = 2 * Math.PI * t;
        const swing = Math.cos(petals * angle + (2 * Math.PI * i) / curves);
        const radius = radiusMm * ((to + from) / 2 + ((to - from) / 2) * swing);
        return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
      }),
    );
  return [...ring(14, 6, 0.56, 0.96), ...ring(9, 5, 0.26, 0.54), ...ring(6, 3, 0.06, 0.24)];
}

function curveOf(steps: number, at: (t: number) => readonly [x: number, y: number]): Curve {
  return Array.from({ length: steps + 1 }, (_, i) => at(i / steps));
}

function pathOf(curve: Curve): string {
  return curve.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(3)} ${y.toFixed(3)}`).join("");
}
