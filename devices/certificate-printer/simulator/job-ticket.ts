import type { IppAttribute, IppGroup, IppValue } from "../ipp/message.ts";

import { A4_TRAY } from "./stock.ts";

/** What the simulated printer can do of what a job may ask (its job template attributes, RFC 8011, section 5.2). */

const keywords: Readonly<Record<string, readonly string[]>> = {
  sides: ["one-sided", "two-sided-long-edge"],
  media: ["iso_a4_210x297mm"],
  "output-bin": ["face-down"],
  "print-scaling": ["none"],
};
const COLOR_MODES = { plain: ["monochrome"], color: ["monochrome", "color", "auto"] } as const;
const numbers: Readonly<Record<string, readonly number[]>> = {
  copies: [1],
  finishings: [3],
  "orientation-requested": [3],
  "print-quality": [4],
};
const RESOLUTIONS_DPI = [300, 600];

/** `media-col` is A4 from its own tray or nothing: the engine draws from no other. */
const A4_HUNDREDTHS_MM = { "x-dimension": 21_000, "y-dimension": 29_700 } as const;

/**
 * The attributes of a job that are not supported, as the unsupported-attributes group answers them (RFC 8011, section
 * 4.1.7): a known attribute with its values, an unknown one with the out-of-band value `unsupported`.
 */
export function unsupportedOf(job: IppGroup | undefined, engine: { readonly color: boolean }): readonly IppAttribute[] {
  return (job?.attributes ?? []).flatMap((asked): IppAttribute[] => {
    const judge = judgeOf(asked.name, engine);
    if (!judge) return [{ name: asked.name, values: [{ tag: "outOfBand", reason: "unsupported" }] }];
    return asked.values.every(judge) ? [] : [asked];
  });
}

/** Words of `print-color-mode` that an engine takes. */
export function colorModes({ color }: { readonly color: boolean }): readonly string[] {
  return COLOR_MODES[color ? "color" : "plain"];
}

function judgeOf(name: string, engine: { readonly color: boolean }): ((value: IppValue) => boolean) | undefined {
  const known = Object.hasOwn(keywords, name) ? keywords[name] : undefined;
  const words = name === "print-color-mode" ? colorModes(engine) : known;
  if (words) return (value) => (value.tag === "keyword" || value.tag === "name") && words.includes(value.value);
  const allowed = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  if (allowed) return (value) => (value.tag === "integer" || value.tag === "enum") && allowed.includes(value.value);
  if (name === "printer-resolution") {
    return (value) =>
      value.tag === "resolution" &&
      value.units === "dpi" &&
      value.crossFeed === value.feed &&
      RESOLUTIONS_DPI.includes(value.feed);
  }
  return name === "media-col" ? isA4 : undefined;
}

function isA4(value: IppValue): boolean {
  if (value.tag !== "collection") return false;
  return value.members.every((member) => {
    const [size] = member.values;
    if (member.name === "media-source") return size?.tag === "keyword" && size.value === A4_TRAY;
    if (member.name !== "media-size" || size?.tag !== "collection") return false;
    return Object.entries(A4_HUNDREDTHS_MM).every(([side, length]) =>
      size.members.some(({ name, values: [v] }) => name === side && v?.tag === "integer" && v.value === length),
    );
  });
}
