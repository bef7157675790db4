import { mmToPx, place, type Strip } from "./page.ts";
import { drawText } from "./text.ts";

/** The anti-forgery data of one page (C.antiForgery) with the document they belong to. */
export interface BackData {
  readonly documentId: string;
  /** 1 … pages */
  readonly page: number;
  readonly pages: number;
  /** Front hash of this page, as base64url; see `pages/front.ts`. */
  readonly frontHash: string;
}

/**
 * One layer of the back. Layers draw into white strips of the page, one after the other, and must be deterministic: the same
 * data give the same pixels (docs/binding.md 14). Each is made with its own data, such as `scrambledImage(payload)`.
 */
export type BackLayer = (strip: Strip) => void;

/** Where the readable block stands: below it the scrambled image has its 183 × 122 mm. */
const BLOCK_MM = { x: 20, y: 18 };
const TITLE_PT = 14;
const TEXT_PT = 9;
const GROUP = 4;

/** The anti-forgery data in words, for eyes: which document, which page, which front. Its letters are drawn on another thread. */
export async function readableBlock(data: BackData): Promise<BackLayer> {
  const block = await drawText([
    { text: "うら面", sizePt: TITLE_PT },
    { text: `証明書番号　${data.documentId}`, sizePt: TEXT_PT },
    { text: `ページ　${data.page}／${data.pages}`, sizePt: TEXT_PT },
    { text: `おもて面の照合値　${inGroups(data.frontHash)}`, sizePt: TEXT_PT },
  ]);
  return (strip) => place(strip, block, mmToPx(BLOCK_MM.x), mmToPx(BLOCK_MM.y));
}

/** `abcdefgh` as `abcd efgh`: two people can compare it aloud. */
function inGroups(text: string): string {
  return (text.match(new RegExp(`.{1,${GROUP}}`, "g")) ?? []).join(" ");
}
