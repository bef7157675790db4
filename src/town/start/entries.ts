import { fileURLToPath } from "node:url";

/** The entry points of the town's processes. A test may put another in the place of one. */
export interface TownEntries {
  readonly bench: string;
  readonly attestor: string;
  readonly issuingServer: string;
  /** Takes the place of a municipality's issuing server when somebody at the bench wants to see it lie. */
  readonly lyingIssuingServer: string;
  readonly issuanceCenter: string;
  readonly operatorCenter: string;
  readonly inquiry: string;
  readonly ioBridge: string;
  readonly kiosk: string;
}

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const townEntries: TownEntries = {
  bench: at("town/bench/main.ts"),
  attestor: at("issuing-server/attestor/main.ts"),
  issuingServer: at("issuing-server/main.ts"),
  lyingIssuingServer: at("town/lies/main.ts"),
  issuanceCenter: at("issuance-center/main.ts"),
  operatorCenter: at("operator-center/main.ts"),
  inquiry: at("issuance-center/inquiry/main.ts"),
  ioBridge: at("../firmware-bridge/bridge/main.ts"),
  kiosk: at("kiosk/main.ts"),
};
