import { cabinetWorld } from "./rigs/cabinet.ts";
import { deviceContract } from "./support/contract.ts";

deviceContract("the cabinet", {
  make: cabinetWorld,
  breaks: cabinetWorld,
  stride: 1,
  stepped: true,
  losesBytes: false,
  isAnswer: (bytes) => /"(done|heartbeat)"/.test(Buffer.from(bytes).toString()),
  commandTimeoutMs: 1_000,
});
