/** Every wait of the certificate printer, in one place. */
export interface PrinterDelays {
  /** One question to the printer and its answer. */
  readonly requestTimeoutMs: number;
  readonly checkTimeoutMs: number;
  /** Print-Job with its document, waiting for a busy printer included. */
  readonly submitTimeoutMs: number;
  /** A whole document: a cold engine takes ten seconds, and staff need time to clear a jam. */
  readonly settleTimeoutMs: number;
  readonly findTimeoutMs: number;
  readonly cancelTimeoutMs: number;
  /** Cancelling what is left in the printer, job by job. */
  readonly clearTimeoutMs: number;
  /** How long a job that was handed over or found is left alone while nobody follows it yet. */
  readonly claimRestMs: number;
  /** A printer that has counted nothing for so long is asked what stands in its way: longer than a cold engine takes. */
  readonly standsMs: number;
  /** Between two questions about a job. */
  readonly jobPollMs: number;
  /** So long the printer's own counter may stay behind the sides that a job has counted. */
  readonly counterLagMs: number;
  /** Between two questions about the printer, for `status()`. */
  readonly statusPollMs: number;
  /** First and longest wait before a busy printer, or one that lost a reply, is asked again. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
}

export const printerDelays: PrinterDelays = {
  requestTimeoutMs: 5_000,
  checkTimeoutMs: 8_000,
  submitTimeoutMs: 30_000,
  settleTimeoutMs: 180_000,
  findTimeoutMs: 8_000,
  cancelTimeoutMs: 8_000,
  clearTimeoutMs: 20_000,
  claimRestMs: 30_000,
  standsMs: 20_000,
  jobPollMs: 250,
  counterLagMs: 5_000,
  statusPollMs: 5_000,
  retryFirstMs: 250,
  retryMaxMs: 2_000,
};
