export { type CabinetSimulator, createCabinetSimulator } from "./simulator.ts";
