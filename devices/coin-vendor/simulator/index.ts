export {
  type CoinVendorSimulator,
  type CoinVendorState,
  createCoinVendorSimulator,
  type SimulatorPart,
} from "./machine.ts";
