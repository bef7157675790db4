import { z } from "zod";

/** `bench.yaml`: the simulated machine and the validity service of the embedded default. */
export const benchConfig = z.strictObject({
  /** Of the bench's WebSocket; 0 lets the system choose. */
  port: z.int().min(0).max(65_535),
  /** The built page of the bench and the origin of the panel that it shows; without it only the socket is served. */
  page: z.strictObject({ folder: z.string().min(1), panel: z.url() }).optional(),
  /** Of the simulated A4 printer (IPP) and of the validity service (OCSP); 0 lets the system choose. */
  printerPort: z.int().min(0).max(65_535),
  ocspPort: z.int().min(0).max(65_535),
  sockets: z.strictObject({
    /** Where cards are put: the kiosk's embedded reader (`unix:/path`), or vpcd (`tcp:127.0.0.1:35963`). */
    card: z.string(),
    coinVendor: z.string(),
    receiptPrinter: z.string(),
    /** The UART of the cabinet's I/O board; the bridge process connects to it. */
    cabinet: z.string(),
  }),
  /** The town's PKI folder with the municipalities and kiosks that it was made for. */
  pki: z.string(),
  municipalities: z.array(z.strictObject({ code: z.string(), folder: z.string() })).min(1),
  kiosks: z.array(z.string()).min(1),
  /** What the timeline follows besides the wires: the folder of the processes' logs and the kiosks' journals (files). */
  follow: z.strictObject({ logs: z.string().min(1), journals: z.record(z.string(), z.string().min(1)) }).optional(),
  /** How long the mechanics take; the embedded default is quick, a demonstration may be slower. */
  pace: z.strictObject({ coinMs: z.int().min(0).max(2_000), sheetMs: z.int().min(0).max(20_000) }),
});
export type BenchConfig = z.output<typeof benchConfig>;
