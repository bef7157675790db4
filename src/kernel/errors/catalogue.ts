import { bindingErrors } from "./binding.ts";
import { cabinetErrors } from "./cabinet.ts";
import { cardErrors } from "./card.ts";
import { centreErrors } from "./centre.ts";
import { certificateErrors } from "./certificate.ts";
import { coinErrors } from "./coin.ts";
import type { ErrorEntry } from "./entry.ts";
import { firmwareErrors } from "./firmware.ts";
import { generalErrors } from "./general.ts";
import { imageErrors } from "./image.ts";
import { imageTokenErrors } from "./image-token.ts";
import { inquiryErrors } from "./inquiry.ts";
import { kioskErrors } from "./kiosk.ts";
import { kioskRoomErrors } from "./kiosk-rooms.ts";
import { printerErrors } from "./printer.ts";
import { receiptErrors } from "./receipt.ts";
import { recordingErrors } from "./recording.ts";
import { townErrors } from "./town.ts";
import { wireErrors } from "./wire.ts";

/** Every error code of the product: the one source of the types and of `docs/errors.md`. */
export const errorCatalogue = {
  ...generalErrors,
  ...cardErrors,
  ...coinErrors,
  ...printerErrors,
  ...receiptErrors,
  ...cabinetErrors,
  ...firmwareErrors,
  ...certificateErrors,
  ...centreErrors,
  ...bindingErrors,
  ...imageErrors,
  ...imageTokenErrors,
  ...inquiryErrors,
  ...kioskErrors,
  ...kioskRoomErrors,
  ...recordingErrors,
  ...townErrors,
  ...wireErrors,
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** The catalogue's entry for a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return errorCatalogue[code];
}
