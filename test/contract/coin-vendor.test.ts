import { coinVendorWorld } from "./rigs/coin-vendor.ts";
import { deviceContract } from "./support/contract.ts";

deviceContract("the coin vendor", {
  make: coinVendorWorld,
  breaks: coinVendorWorld,
  stride: 1,
  stepped: true,
  losesBytes: true,
  commandTimeoutMs: 30_000,
});
