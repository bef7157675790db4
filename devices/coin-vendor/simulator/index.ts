export { createId003Simulator, type Id003Simulator } from "./id003-model.ts";
export {
  type CoinVendorSimulator,
  type CoinVendorState,
  createCoinVendorSimulator,
  type SimulatorPart,
} from "./machine.ts";
