/**
 * What a lying renderer can do, as it was seen in the field in 2023: under correct envelopes it draws somebody or something
 * else than was asked for. `docs/domain.md` tells the incidents.
 */
export const rendererLies = [
  "none",
  "otherPerson",
  "secondPageOfAnother",
  "otherMyNumber",
  "otherAddress",
  "unchosenMyNumber",
] as const;
export type RendererLie = (typeof rendererLies)[number];

/** Names the lie that `src/town/lies/main.ts` tells. */
export const LIE_VARIABLE = "MADOGUCHI_LIE";
