import { certificatePrinterWorld } from "./rigs/certificate-printer.ts";
import { deviceContract } from "./support/contract.ts";

deviceContract("the certificate printer", {
  make: certificatePrinterWorld,
  breaks: certificatePrinterWorld,
  stride: 1,
  noiseStride: 7,
  stepped: true,
  losesBytes: false,
  commandTimeoutMs: 30_000,
});
