import type { CoinVendorAddresses } from "../../../devices/coin-vendor/settings.ts";
import { defaultAddresses } from "../../../devices/coin-vendor/settings.ts";

/** Acceptor, escrow, four hoppers and a note validator. */
export const fullMachine: CoinVendorAddresses = { ...defaultAddresses, notes: 40 };
