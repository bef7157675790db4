import { receiptPrinterWorld } from "./rigs/receipt-printer.ts";
import { deviceContract } from "./support/contract.ts";

deviceContract("the receipt printer", {
  make: receiptPrinterWorld,
  breaks: receiptPrinterWorld,
  stride: 1,
  stepped: true,
  losesBytes: true,
  commandTimeoutMs: 15_000,
});
