import type { Box } from "../../protocol/forms/cells.ts";

/**
 * What a PDF page contains, in plain data: a judge needs no PDF engine to decide about it, and a test can make one by
 * hand. Lengths are millimetres from the top left corner of the page.
 */
export interface PageReading {
  readonly widthMm: number;
  readonly heightMm: number;
  /** In the order of the page's content. Characters that the engine makes up (line ends) are not here. */
  readonly chars: readonly PageChar[];
  /** In the order in which they are painted. */
  readonly objects: readonly PageObject[];
  /** Annotations, form fields' widgets among them. */
  readonly annotations: number;
}

/** One drawn glyph. */
export interface PageChar {
  /** What the text layer says the glyph is: usually one character, a base with its variation selector, or a ligature. */
  readonly text: string;
  /** The box of the glyph's ink; without ink (spaces) of height 0. */
  readonly box: Box;
  /** The text object that draws it, counting `objects` from 0; -1 when it is inside a form object. */
  readonly object: number;
  /** Whether the font says what the glyph means. When not, `text` is worth nothing. */
  readonly mapped: boolean;
}

interface ObjectCommon {
  readonly box: Box;
  /** A clip path hides parts of it. */
  readonly clipped: boolean;
  /** It is blended or half transparent. */
  readonly transparent: boolean;
  /** It is marked content: hidden layers and text that is read otherwise than drawn come this way. */
  readonly marked: boolean;
}

/** 8 bits a channel; undefined when the colour is a pattern or cannot be told. */
export type Colour = { readonly red: number; readonly green: number; readonly blue: number; readonly alpha: number };

export interface TextObject extends ObjectCommon {
  readonly kind: "text";
  /** Whether glyphs are filled and nothing else: neither invisible nor an outline nor a clip. */
  readonly filled: boolean;
  readonly colour: Colour | undefined;
  /** Size of the em in points as it is drawn. */
  readonly sizePt: number;
  /** Neither turned, mirrored nor slanted. */
  readonly upright: boolean;
  /** Bytes of the embedded font program; 0 for fonts that the reader would have to supply, and for drawn (Type 3) fonts. */
  readonly fontBytes: number;
}

export interface PathObject extends ObjectCommon {
  readonly kind: "path";
  readonly stroked: boolean;
  readonly filled: boolean;
  readonly strokeWidthMm: number;
  readonly colour: Colour | undefined;
  /** The smallest box around the points, without the width of the stroke. */
  readonly outline: Box;
  readonly points: number;
  /** Every segment is straight and either level or upright. */
  readonly axisAligned: boolean;
}

export interface OtherObject extends ObjectCommon {
  readonly kind: "image" | "shading" | "form" | "unknown";
}

export type PageObject = TextObject | PathObject | OtherObject;
