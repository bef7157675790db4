import { fail, ok, type Result } from "../../kernel/result.ts";
import type { PdfDocument } from "./document.ts";
import { FRONT_HEIGHT_PX, FRONT_WIDTH_PX, frontOf, hashPackedFront } from "./front.ts";
import type { Instance } from "./instance.ts";
import { limits } from "./limits.ts";
import { readLoadedPage } from "./read-page.ts";
import { MM_PER_POINT } from "./units.ts";

/** FPDF_RenderPageBitmap flags (fpdfview.h): draw in grey. FPDF_ANNOT is not among them: annotations stay undrawn. */
const FPDF_GRAYSCALE = 0x08;
/** FPDFBitmap_CreateEx format: one byte a pixel. */
const FPDF_BITMAP_GRAY = 1;
const WHITE = 0xffffffff;
const SECURITY_HANDLER_NONE = -1;
const A4_MM = { width: 210, height: 297, tolerance: 0.5 };

/** Opens a PDF inside the instance's guard. See `PdfEngine.openPdf`. */
export function openDocument(engine: Instance, bytes: Uint8Array): Result<PdfDocument> {
  const { api, memory } = engine;
  if (Buffer.from(bytes.subarray(0, 5)).toString("latin1") !== "%PDF-") {
    return fail("K-BIND-138", { why: "the file does not begin as a PDF" });
  }
  const file = memory.allocate(bytes.length);
  if (file === 0) return fail("K-BIND-138", { why: "no memory for the file" });
  memory.write(file, bytes);
  const handle = api.FPDF_LoadMemDocument(file, bytes.length, "");
  if (handle === 0) {
    const error = api.FPDF_GetLastError();
    memory.free(file);
    return fail("K-BIND-138", { why: "the engine cannot open the file", error });
  }
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    engine.guard(() => {
      api.FPDF_CloseDocument(handle);
      memory.free(file);
      return ok();
    });
  };
  const pageCount = api.FPDF_GetPageCount(handle);
  const refusal = refusalOf(engine, handle, pageCount);
  if (refusal) {
    close();
    return fail("K-BIND-138", { why: refusal });
  }

  /** Loads a page for the length of `work`. */
  const onPage = <T>(page: number, work: (pageHandle: number, size: Size) => Result<T>): Result<T> => {
    if (!open) return fail("K-BIND-138", { why: "the document is closed" });
    if (!Number.isInteger(page) || page < 0 || page >= pageCount) return fail("K-BIND-138", { why: "no such page" });
    return engine.guard(() => {
      const pageHandle = api.FPDF_LoadPage(handle, page);
      if (pageHandle === 0) return fail("K-BIND-138", { why: "the engine cannot load the page", page });
      const size = sizeOf(engine, pageHandle);
      const result = size.ok ? work(pageHandle, size.value) : size;
      api.FPDF_ClosePage(pageHandle);
      return result;
    });
  };
  const useGrey = <T>(page: number, widthPx: number, heightPx: number, use: (pixels: Uint8Array) => T) =>
    onPage(page, (pageHandle) => drawGrey(engine, pageHandle, { widthPx, heightPx, use }));
  const front = (page: number) =>
    onPage(page, (pageHandle, size) => {
      if (!isA4(size)) return fail("K-BIND-138", { why: "the page is not A4", page });
      return drawGrey(engine, pageHandle, { widthPx: FRONT_WIDTH_PX, heightPx: FRONT_HEIGHT_PX, use: frontOf });
    });

  return ok({
    pageCount,
    pageSizeMm: (page) => onPage(page, (_, size) => ok(size)),
    readPage: (page) => onPage(page, (pageHandle, size) => readLoadedPage(engine, pageHandle, size)),
    renderGrey: (page, widthPx, heightPx) => useGrey(page, widthPx, heightPx, (pixels) => pixels.slice()),
    useGrey,
    front,
    frontHash(page) {
      const drawn = front(page);
      return drawn.ok ? ok(hashPackedFront(drawn.value)) : drawn;
    },
    close,
  });
}

interface Size {
  readonly widthMm: number;
  readonly heightMm: number;
}

function isA4(size: Size): boolean {
  return (
    Math.abs(size.widthMm - A4_MM.width) <= A4_MM.tolerance && Math.abs(size.heightMm - A4_MM.height) <= A4_MM.tolerance
  );
}

/** Why a document is refused as a whole: whatever a certificate has no use for could hide something. */
function refusalOf({ api }: Instance, handle: number, pageCount: number): string | undefined {
  if (pageCount < 1 || pageCount > limits.pages) return "the number of pages is not allowed";
  if (api.FPDF_GetSecurityHandlerRevision(handle) !== SECURITY_HANDLER_NONE) return "the file is encrypted";
  if (api.FPDF_GetFormType(handle) !== 0) return "the file has a form";
  if (api.FPDFDoc_GetAttachmentCount(handle) > 0) return "the file has attachments";
  if (api.FPDFDoc_GetJavaScriptActionCount(handle) > 0) return "the file has scripts";
  return undefined;
}

/** Size of an upright page whose corner is the origin; anything else is refused, so that one coordinate is one place. */
function sizeOf({ api, memory }: Instance, page: number): Result<Size> {
  if (api.FPDFPage_GetRotation(page) !== 0) return fail("K-BIND-138", { why: "the page is turned" });
  const box = memory.allocate(16);
  const known = api.FPDF_GetPageBoundingBox(page, box);
  const [left, top, right, bottom] = [0, 4, 8, 12].map((offset) => memory.float(box + offset)) as Rectangle;
  memory.free(box);
  const inRange = right > 0 && top > 0 && right <= limits.sidePt && top <= limits.sidePt;
  if (!known || left !== 0 || bottom !== 0 || !inRange)
    return fail("K-BIND-138", { why: "the page box is not allowed" });
  return ok({ widthMm: right * MM_PER_POINT, heightMm: top * MM_PER_POINT });
}

type Rectangle = [left: number, top: number, right: number, bottom: number];

interface Drawing<T> {
  readonly widthPx: number;
  readonly heightPx: number;
  use(pixels: Uint8Array): T;
}

function drawGrey<T>({ api, memory }: Instance, page: number, { widthPx, heightPx, use }: Drawing<T>): Result<T> {
  const sizes = [widthPx, heightPx];
  if (sizes.some((side) => !Number.isInteger(side) || side < 1) || widthPx * heightPx > limits.pixels) {
    return fail("K-BIND-138", { why: "the picture size is not allowed", widthPx, heightPx });
  }
  const pixels = memory.allocateUnfilled(widthPx * heightPx);
  if (pixels === 0) return fail("K-BIND-138", { why: "no memory for the picture" });
  const bitmap = api.FPDFBitmap_CreateEx(widthPx, heightPx, FPDF_BITMAP_GRAY, pixels, widthPx);
  if (bitmap === 0) {
    memory.free(pixels);
    return fail("K-BIND-138", { why: "no memory for the picture" });
  }
  api.FPDFBitmap_FillRect(bitmap, 0, 0, widthPx, heightPx, WHITE);
  api.FPDF_RenderPageBitmap(bitmap, page, 0, 0, widthPx, heightPx, 0, FPDF_GRAYSCALE);
  const grey = memory.view(pixels, widthPx * heightPx);
  try {
    return ok(use(grey));
  } finally {
    grey.fill(0);
    api.FPDFBitmap_Destroy(bitmap);
    memory.free(pixels);
  }
}
