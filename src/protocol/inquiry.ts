/**
 * What the inquiry site answers: lines of JSON, one after the other, to a file as the body (`application/octet-stream`) of
 * `POST /v1/inspect`, a scan of backs, or `POST /v1/latent`, a picture with a latent one. The page in `ui/inquiry` reads them.
 *
 * With a scan of the sheet's front behind that of its back, and the header `madoguchi-front-bytes` for its length, a whole
 * decoded front is compared with it.
 */
export const FRONT_BYTES_HEADER = "madoguchi-front-bytes";

/** What a back proves; see `./madoguchi inspect --help`. */
export const inquiryAnswers = [
  "genuine",
  "altered",
  "voided",
  "partial",
  "unreadable",
  "not-ours",
  "unknown-key",
] as const;
export type InquiryAnswer = (typeof inquiryAnswers)[number];

/** One back of the scan, or a page of it without any. */
export interface InquiryBack {
  readonly kind: "back";
  /** The page of the scan, 1 … count. */
  readonly number: number;
  readonly count: number;
  readonly answer: InquiryAnswer;
  /** As the back says; proved only when `fieldsOk`. */
  readonly document?: { readonly documentId: string; readonly page: number; readonly pages: number };
  readonly fieldsOk: boolean;
  readonly strips: readonly ("ok" | "unreadable" | "altered")[];
  /** Sealed and signed: who issued when, and what stands on the page. Only where the front may be shown. */
  readonly fields?: {
    readonly issuer: string;
    readonly issuedAtMs: number;
    readonly values: readonly (readonly [field: string, text: string])[];
  };
  /** What the signed 2-D code says: of this sheet, of another, not readable, signed by nobody, or of a key that is not known. */
  readonly code: {
    readonly state: "ok" | "unreadable" | "false" | "other" | "unknown-key";
    /** Where its signature holds. */
    readonly data?: {
      readonly documentId: string;
      readonly issuer: string;
      readonly issuedAtMs: number;
      readonly page: number;
      readonly pages: number;
    };
  };
  /** The decoded front, lost strips hatched: PNG as base64. */
  readonly frontPng?: string;
  /** When a scan of the front came along and this back's whole front was decoded. */
  readonly comparison?: InquiryComparison;
}

/** Where a scanned front looks other than the decoded one. It marks, and never says that a front is right. */
export interface InquiryComparison {
  /** False when no page of the scan could be laid over the decoded front. */
  readonly aligned: boolean;
  /** In millimetres from the top left corner of the page. */
  readonly differences: readonly {
    readonly xMm: number;
    readonly yMm: number;
    readonly widthMm: number;
    readonly heightMm: number;
    readonly kind: "characters" | "blot";
  }[];
  /** The scan laid over the decoded front, pixel on pixel: JPEG as base64. */
  readonly scanJpeg?: string;
}

/** How far any file is, or why nothing more comes of it. */
export type InquiryProgress =
  /** The whole file has arrived and waits for its turn, or is looked at. */
  { readonly kind: "received" } | { readonly kind: "looking" } | { readonly kind: "failed"; readonly code: string };

/** Of `POST /v1/inspect`. */
export type InquiryLine =
  | InquiryProgress
  | InquiryBack
  /** So many backs were read in the picture of this page as are read in one, and no other was looked for. */
  | { readonly kind: "more"; readonly number: number; readonly backs: number }
  /** A back whose document was asked about too often: nothing is said of it. */
  | { readonly kind: "withheld"; readonly code: string }
  /** Keys and void documents are known as of this time. */
  | { readonly kind: "end"; readonly asOfMs: number };

/** What an infrared camera would show of one picture of the file. It proves nothing by itself. */
export interface InquiryPicture {
  readonly kind: "picture";
  /** 1 … count, of the pictures in the file; only the first few of them are shown. */
  readonly number: number;
  readonly count: number;
  /** The black toner of a picture of four inks, or a photograph that was taken in the infrared. */
  readonly source: "separation" | "infrared";
  /** Of the picture in the file; a large one is shown smaller. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** It has one level of grey only, so that there is nothing to see. */
  readonly oneLevel: boolean;
  /** With all its contrast: PNG as base64. */
  readonly latentPng: string;
  /** What the eye sees, of a picture of four inks: PNG as base64. */
  readonly seenPng?: string;
}

/** Of `POST /v1/latent`. */
export type InquiryLatentLine = InquiryProgress | InquiryPicture | { readonly kind: "end" };
