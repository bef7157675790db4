/** What an upload may be at most. A4 at 600 dpi has 34.8 megapixels. */
export const inspectionLimits = {
  bytes: 25_000_000,
  pixels: 45_000_000,
  /** One file, its wait for a process not included. */
  timeoutMs: 30_000,
  /** Pages of a PDF or TIFF that are looked at. */
  pages: 20,
  /** Backs in one picture: more sheets do not lie on one glass. */
  backs: 4,
  /** Resident memory of the process that inspects: 45 megapixels of colour take 260 MB, as progressive JPEG 390 MB. */
  memoryBytes: 800_000_000,
} as const;
