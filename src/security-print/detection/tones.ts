/**
 * One visible tone in two ways: black toner alone, or cyan, magenta and yellow that look like it. Only black toner absorbs in
 * the infrared. Values are samples of DeviceCMYK, 0 no ink … 255 full ink (ISO 32000-1, 8.6.4.4).
 */

/** The darkest tone of the picture, 40 % of black: where the latent word is, seen against its likeness. */
export const GROUND_BLACK = 102;

/**
 * Black and its likeness. Each row is the middle of the best matches under two printing conditions, which for the last row are
 * each 1.1 of L* away from it, one up and one down: Neugebauer's equations with solids near those of ISO 12647-2 (paper type 1; tone value increase 13 % of
 * the colours, 16 % of black), and the SWOP-like profile that libvips brings for pictures without one. Between rows the
 * likeness is interpolated.
 */
const matches: readonly (readonly [black: number, cyan: number, magenta: number, yellow: number])[] = [
  [0, 0, 0, 0],
  [26, 22, 15, 17],
  [51, 45, 29, 33],
  [77, 69, 45, 49],
  [102, 90, 64, 66],
];

/** The likeness of every tone from 0 to `GROUND_BLACK`: three samples each, cyan, magenta, yellow. */
export const likeness: Uint8Array = Uint8Array.from({ length: 3 * (GROUND_BLACK + 1) }, (_, i) => {
  const [black, ink] = [Math.floor(i / 3), (i % 3) + 1];
  const above = Math.max(
    1,
    matches.findIndex(([known]) => known >= black),
  );
  const [from, to] = [matches[above - 1] as Row, matches[above] as Row];
  const share = (black - from[0]) / (to[0] - from[0]);
  return Math.round((from[ink] as number) + share * ((to[ink] as number) - (from[ink] as number)));
});

type Row = (typeof matches)[number];
