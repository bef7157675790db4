import { afterAll } from "vitest";
import { cardReaderWorlds } from "./rigs/card-reader.ts";
import { deviceContract } from "./support/contract.ts";

const { make, makeToClose, end } = cardReaderWorlds();
afterAll(end);

deviceContract("the card reader", {
  make,
  makeToClose,
  stride: 1,
  noiseStride: 97,
  frameStride: 4,
  sideBySide: 4,
  outageMs: 5,
  silenceMs: 2_000,
  stepped: false,
  losesBytes: false,
  commandTimeoutMs: 5_000,
});
