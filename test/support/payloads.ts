import { codePlan } from "../../src/security-print/scramble/channel-code.ts";
import { encodeHeader, FRAME_BYTES, HEADER_BYTES } from "../../src/security-print/scramble/frame.ts";
import { encodePayload } from "../../src/security-print/scramble/payload.ts";

/** A payload that a kiosk can draw and that says whose it is; what it seals is nothing. `fill` makes another one of it. */
export function plainPayload(documentId: string, page = 1, pages = 1, fill = 0): Buffer {
  const cellPx = 8;
  const header = encodeHeader({
    cellPx,
    page,
    pages,
    municipality: "131016",
    documentId,
    widthPx: 8,
    heightPx: 8,
    stripBytes: Array.from({ length: 8 }, () => 0),
    fieldBytes: 0,
  });
  const frame = Buffer.concat([header, Buffer.alloc(FRAME_BYTES - HEADER_BYTES, fill)]);
  return encodePayload({ cellPx, codeText: "MDG1", frame, image: Buffer.alloc(codePlan(cellPx).imageBytes, fill) });
}
