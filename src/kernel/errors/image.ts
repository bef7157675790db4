import { entries } from "./entry.ts";

/** The scrambled image on the backs, and the reading of scans (`./madoguchi inspect`, the inquiry site). */
export const imageErrors = entries({
  "K-IMAGE-101": {
    kind: "contradiction",
    cause: "a payload or frame of the scrambled image is not of this format",
    clerk: "Keep the machine as it is and call the operator.",
  },
  "K-IMAGE-102": {
    kind: "refusal",
    cause: "a page is so dense that its picture does not fit on its back",
    clerk: "The certificate has to be issued at the counter of the municipality.",
  },
  "K-IMAGE-103": {
    kind: "refusal",
    cause: "a file is not a picture that can be inspected, is torn, or is too large",
    clerk: "Scan the back again as JPEG, PNG or TIFF, at most 45 megapixels and 25 MB, or as PDF of at most 8 MB.",
  },
  "K-IMAGE-104": {
    kind: "fault",
    cause: "the process that inspects a scan does not answer in time, takes too much memory, or ended at its work",
    clerk: "Try again with a scan of 300 dpi.",
  },
  "K-IMAGE-105": {
    kind: "configuration",
    cause: "the file with the keys for inspections cannot be read",
    clerk: "Give the path of the issuance centre's inspection keys with --keys.",
  },
  "K-IMAGE-106": {
    kind: "refusal",
    cause: "a scan that was named is not there, is no file, or may not be read",
    clerk: "Look at the path and at the rights of the file, then try again.",
  },
  "K-IMAGE-107": {
    kind: "fault",
    cause: "the decoded front could not be written",
    clerk: "Give a folder with room that can be written with --out.",
  },
  "K-IMAGE-108": {
    kind: "configuration",
    cause: "the issuance centre's image keys cannot be used",
    clerk: "Give a file made by `./madoguchi image-keys new`; when a key in use is revoked, rotate the keys.",
  },
  "K-IMAGE-109": {
    kind: "refusal",
    cause: "the scan of the front is not a picture that can be read; what the back proves was told",
    clerk: "Give an undamaged JPEG, PNG, TIFF or PDF of the front, at most 45 megapixels a page.",
  },
  "K-IMAGE-110": {
    kind: "configuration",
    cause: "there is no such step of the deterrent text's calibration",
    clerk: "Choose a step that stands on the calibration sheet, such as 2f.",
  },
  "K-IMAGE-111": {
    kind: "configuration",
    cause: "the chosen steps of the deterrent text cannot be read or written",
    clerk: "Choose the steps again with `./madoguchi deterrent choose`; the printer gets the default until then.",
  },
  "K-IMAGE-112": {
    kind: "refusal",
    cause: "a picture is neither of four inks nor grey, so that it has no latent picture to show",
    clerk: "Give a CMYK TIFF or JPEG, a PDF with a DeviceCMYK image, or a grey photograph taken in the infrared.",
  },
  "K-IMAGE-113": {
    kind: "refusal",
    cause: "a file is not a picture in which a latent one can be looked for, is torn, or is too large",
    clerk: "Give an undamaged TIFF, JPEG, PNG or PDF, at most 45 megapixels and 25 MB.",
  },
  "K-IMAGE-114": {
    kind: "fault",
    cause:
      "the process that looks for a latent picture does not answer in time, takes too much memory, or ended at its work",
    clerk: "Try again with a smaller part of the picture.",
  },
  "K-IMAGE-115": {
    kind: "fault",
    cause: "the latent picture could not be written",
    clerk: "Give a folder with room that can be written with --out.",
  },
});
