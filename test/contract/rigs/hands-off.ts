import { createCabinet } from "../../../devices/cabinet/cabinet.ts";
import { createCardReader } from "../../../devices/card-reader/reader.ts";
import { createCertificatePrinter } from "../../../devices/certificate-printer/printer.ts";
import { createCoinVendor } from "../../../devices/coin-vendor/vendor.ts";
import type { DeviceName } from "../../../devices/contract/device-names.ts";
import { openerFor } from "../../../devices/contract/openers.ts";
import { createReceiptPrinter } from "../../../devices/receipt-printer/printer.ts";
import { sleep, systemClock, withTimeout } from "../../../src/kernel/clock.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { yen } from "../../../src/kernel/money.ts";
import { ok, unwrap } from "../../../src/kernel/result.ts";
import { memoryCredits, memoryExchanges } from "../../support/coin-vendor-rig.ts";
import { untilPresence } from "../../support/reader-waits.ts";
import type { HandsOffWorld } from "../support/hands-off.ts";

const common = { clock: systemClock, logger: silentLogger };
const NO_SUCH_DOCUMENT = "madoguchi-contract-no-such-document";
/** So long the slot stays open: nobody is asked to put anything in. */
const SLOT_OPEN_MS = 300;
const CARD_SEEN_MS = 5_000;

/** A driver of each kind on any address, with what is safe to ask of a real machine. */
export const handsOff: Readonly<Record<DeviceName, (address: string) => Omit<HandsOffWorld, "dispose">>> = {
  "coin-vendor"(address) {
    const vendor = createCoinVendor({
      name: "coins",
      opener: unwrap(openerFor(address)),
      credits: memoryCredits(),
      exchanges: memoryExchanges(),
      ...common,
    });
    return {
      device: vendor,
      async session(call) {
        vendor.denominate(yen(660));
        await call("cashInStart", (options) => vendor.cashInStart(options));
        await sleep(systemClock, SLOT_OPEN_MS);
        await call("cashInStop", (options) => vendor.cashInStop(options));
      },
      async probe(options) {
        const opened = await vendor.cashInStart(options);
        const stopped = await vendor.cashInStop();
        return opened.ok ? stopped : opened;
      },
    };
  },
  "receipt-printer"(address) {
    const printer = createReceiptPrinter({ name: "receipt", opener: unwrap(openerFor(address)), ...common });
    return {
      device: printer,
      session: async (call) => void (await call("check", printer.check)),
      probe: printer.check,
    };
  },
  "certificate-printer"(address) {
    const printer = unwrap(createCertificatePrinter({ name: "printer", address, ...common }));
    return {
      device: printer,
      async session(call) {
        await call("check", printer.check);
        await call("findJob", (options) => printer.findJob(NO_SUCH_DOCUMENT, options));
      },
      probe: printer.check,
    };
  },
  cabinet(address) {
    const cabinet = createCabinet({ name: "cabinet", opener: unwrap(openerFor(address)), ...common });
    return {
      device: cabinet,
      async session(call) {
        await call("light on", (options) => cabinet.setLight("status", true, options));
        await call("light off", (options) => cabinet.setLight("status", false, options));
      },
      probe: (options) => cabinet.setLight("status", false, options),
    };
  },
  /** Needs a card on the reader; it is identified, which spends no try. */
  "card-reader"(address) {
    const reader = unwrap(createCardReader({ name: "card", address, ...common }));
    const identify: HandsOffWorld["probe"] = async (options) => {
      // A card that lies there already is told soon after the reader.
      await withTimeout(systemClock, { timeoutMs: CARD_SEEN_MS }, () => untilPresence(reader, true).then(() => ok()));
      const connected = await reader.connect(options);
      if (!connected.ok) return connected;
      const identified = await connected.value.identify(options);
      await connected.value.close();
      return identified;
    };
    return { device: reader, session: async (call) => void (await call("identify", identify)), probe: identify };
  },
};
