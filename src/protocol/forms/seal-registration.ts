import type { Cell, FormPages } from "./cells.ts";
import { certification, FORM_WIDTH_MM, FORM_X_MM, footer, ruledRow } from "./parts.ts";

const TITLE_Y_MM = 20;
const TOP_Y_MM = 52;
/** The frame of the impression, and the picture in it: a registered seal is at most 25 mm wide. */
const FRAME_MM = 60;
const IMPRESSION_MM = 25;
const LABEL_MM = 26;
const CERTIFICATION_Y_MM = 200;

/** 印鑑登録証明書, A4 upright: the registered seal's impression, what is registered, and whose it is. One page, one person. */
export function layoutSealRegistration(): FormPages {
  const wide = { x: FORM_X_MM + FRAME_MM + 4, width: FORM_WIDTH_MM - FRAME_MM - 4 };
  const row = (y: number, height: number, label: string, field: "name" | "birthDate" | "address", sizePt: number) =>
    ruledRow(
      { x: FORM_X_MM, y, height },
      [
        { label, widthMm: LABEL_MM },
        { field, widthMm: FORM_WIDTH_MM - LABEL_MM, sizePt },
      ],
      0,
    );
  const frame = { x: FORM_X_MM, y: TOP_Y_MM + 8, width: FRAME_MM, height: FRAME_MM - 8 };
  const cells: Cell[] = [
    {
      cell: "fixed",
      box: { x: FORM_X_MM, y: TITLE_Y_MM, width: FORM_WIDTH_MM, height: 12 },
      text: "印 鑑 登 録 証 明 書",
      sizePt: 24,
      align: "center",
    },
    ...ruledRow({ x: FORM_X_MM, y: TOP_Y_MM, height: 8 }, [{ label: "登 録 印 影", widthMm: FRAME_MM }]),
    { cell: "rule", box: frame },
    {
      cell: "picture",
      box: {
        x: frame.x + (frame.width - IMPRESSION_MM) / 2,
        y: frame.y + (frame.height - IMPRESSION_MM) / 2,
        width: IMPRESSION_MM,
        height: IMPRESSION_MM,
      },
      picture: "registeredSeal",
    },
    ...ruledRow(
      { x: wide.x, y: TOP_Y_MM, height: 15 },
      [
        { label: "登録番号", widthMm: LABEL_MM },
        { field: "sealRegistrationNumber", widthMm: wide.width - LABEL_MM, sizePt: 13 },
      ],
      0,
    ),
    ...ruledRow(
      { x: wide.x, y: TOP_Y_MM + 15, height: 15 },
      [
        { label: "登録年月日", widthMm: LABEL_MM },
        { field: "sealRegisteredOn", widthMm: wide.width - LABEL_MM, sizePt: 13 },
      ],
      0,
    ),
    ...row(TOP_Y_MM + FRAME_MM + 8, 16, "氏　名", "name", 18),
    ...row(TOP_Y_MM + FRAME_MM + 24, 13, "生年月日", "birthDate", 13),
  ];
  return [
    [
      ...cells,
      ...ruledRow({ x: FORM_X_MM, y: TOP_Y_MM + FRAME_MM + 37, height: 15 }, [
        { label: "住　所", widthMm: LABEL_MM },
        { field: "address", widthMm: FORM_WIDTH_MM - LABEL_MM, sizePt: 13 },
      ]),
      {
        cell: "fixed",
        box: { x: FORM_X_MM, y: TOP_Y_MM + FRAME_MM + 55, width: FORM_WIDTH_MM, height: 6 },
        text: "以下余白",
        sizePt: 9,
        align: "center",
      },
      ...certification("この写しは、登録されている印影と相違ないことを証明する。", CERTIFICATION_Y_MM),
      ...footer(),
    ],
  ];
}
