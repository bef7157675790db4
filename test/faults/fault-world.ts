import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCabinet } from "../../devices/cabinet/cabinet.ts";
import { createCabinetSimulator } from "../../devices/cabinet/simulator/index.ts";
import type { CardReader } from "../../devices/card-reader/port.ts";
import { createCertificatePrinter } from "../../devices/certificate-printer/printer.ts";
import { startPrinterSimulator } from "../../devices/certificate-printer/simulator/simulator.ts";
import { greyPage, pwgStream } from "../../devices/certificate-printer/simulator/test-pages.ts";
import { type Denomination, denominations } from "../../devices/coin-vendor/port.ts";
import { createCoinVendorSimulator } from "../../devices/coin-vendor/simulator/index.ts";
import { createCoinVendor } from "../../devices/coin-vendor/vendor.ts";
import { memoryOpener } from "../../devices/contract/memory-port.ts";
import { createReceiptPrinter } from "../../devices/receipt-printer/printer.ts";
import { createReceiptPrinterSimulator } from "../../devices/receipt-printer/simulator/index.ts";
import { createIdSource } from "../../src/kernel/ids.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { ok, type Result, unwrap } from "../../src/kernel/result.ts";
import { connectStaff } from "../../src/kiosk/health/staff-client.ts";
import { waits } from "../../src/kiosk/issuance/waits.ts";
import { startKiosk } from "../../src/kiosk/kiosk.ts";
import { openLedger } from "../../src/kiosk/ledger/ledger.ts";
import type { KioskDevices } from "../../src/kiosk/ports.ts";
import { loadWords } from "../../src/kiosk/words.ts";
import { hashText } from "../../src/protocol/encoding.ts";
import type { Touch } from "../../src/protocol/panel.ts";
import type { FixupId, HealthPart } from "../../src/protocol/staff.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { MemoryBinding, MemoryRenderer, MemoryUplink } from "../support/kiosk-centres.ts";
import { MemoryCardReader } from "../support/kiosk-devices.ts";
import { createAuthority } from "../support/signing-parties.ts";

const signer = createAuthority("fault matrix CA").signer("kiosk", "kiosk-0001");
const HOPPER_COINS = 50;
const SHEET_MS = 400;
const COIN_TRAVEL_MS = 300;
/** A time-out of the kiosk that nothing outlasts. */
const MAX_WAIT_MS = 900_000;
const MAX_REAL_TURNS = 4_000;

/** Draws two small sides, so that a whole printer can be told what to print in no time. */
class SmallPages extends MemoryRenderer {
  override async compose(document: { documentId: string }) {
    const bytes = pwgStream([greyPage(16, 4, 0), greyPage(16, 4, 90)]);
    const side = hashText(bytes);
    const { documentId } = document;
    return ok({ documentId, pwgRaster: new Personal(bytes), impressions: 2, rasterHashes: [side, side] });
  }
}

export type FaultWorld = Awaited<ReturnType<typeof startFaultWorld>>;

/**
 * A kiosk in this process with its real drivers over the bytes of simulated machines, on a clock that moves only while it
 * is waited for; the centres, the binding and the pages are in memory. `reader`: a real card reader instead of one in memory.
 */
export async function startFaultWorld(options: { readonly reader?: CardReader } = {}) {
  const clock = createFakeClock();
  const ids = createIdSource(clock);
  const folder = mkdtempSync(join(tmpdir(), "mdg-faults-"));
  const journal = unwrap(openLedger({ folder, clock }));
  const coins = createCoinVendorSimulator({
    clock,
    hoppers: { 10: HOPPER_COINS, 50: HOPPER_COINS, 100: HOPPER_COINS, 500: HOPPER_COINS },
    mechanicsMs: 50,
  });
  const printer = unwrap(await startPrinterSimulator({ clock, sheetMs: SHEET_MS }));
  const receipts = createReceiptPrinterSimulator({ clock });
  const cabinet = createCabinetSimulator();
  const lines = {
    coinVendor: memoryOpener(coins.attach),
    receiptPrinter: memoryOpener(receipts.attach),
    cabinet: memoryOpener(cabinet.attach),
  };
  printer.onPaper((present) => cabinet.setSensor("documentPresent", present));
  receipts.onPaper((present) => cabinet.setSensor("receiptPresent", present));
  const memoryReader = new MemoryCardReader("cardReader", clock);
  const surroundings = { clock, logger: silentLogger };
  const devices: KioskDevices = {
    cardReader: options.reader ?? memoryReader,
    coinVendor: createCoinVendor({
      name: "coinVendor",
      opener: lines.coinVendor,
      credits: journal.credits,
      exchanges: journal.exchanges,
      options: { coinTravelMs: COIN_TRAVEL_MS },
      ...surroundings,
    }),
    certificatePrinter: unwrap(
      createCertificatePrinter({
        name: "certificatePrinter",
        address: printer.address,
        transport: printer.transport,
        ...surroundings,
      }),
    ),
    receiptPrinter: createReceiptPrinter({ name: "receiptPrinter", opener: lines.receiptPrinter, ...surroundings }),
    cabinet: createCabinet({ name: "cabinet", opener: lines.cabinet, ...surroundings }),
  };
  const staffSocket = join(folder, "staff.sock");
  const kiosk = unwrap(
    await startKiosk(
      { waits: waits.parse({}), panel: { port: 0 }, staffSocket },
      {
        ...surroundings,
        ids,
        signer,
        journal,
        devices,
        words: unwrap(loadWords(join(import.meta.dirname, "../../ui/locales"))),
        deterrentCalibrated: () => true,
        uplink: new MemoryUplink(ids, clock.nowMs),
        binding: new MemoryBinding(ids, clock.nowMs),
        renderer: new SmallPages(),
      },
    ),
  );

  /** Lets time pass, step by step, until something holds. */
  async function until(what: string, holds: () => boolean): Promise<void> {
    for (let waitedMs = 0; !holds(); waitedMs += 20) {
      if (waitedMs > MAX_WAIT_MS)
        throw new Error(`never came: ${what}; the panel shows ${kiosk.issuance.view().view.step}`);
      // What is done outside of this process's clock, such as drawing a receipt, gets its turns too.
      for (let turns = 0; turns < 3; turns++) await new Promise((done) => setImmediate(done));
      await clock.advance(20);
    }
  }

  let putInYen = 0;
  let broughtYen = 0;
  return {
    clock,
    journal,
    devices,
    kiosk,
    coins,
    printer,
    receipts,
    cabinet,
    lines,
    memoryReader,
    staffSocket,
    until,
    view: () => kiosk.issuance.view().view,
    touch: (touch: Touch) => kiosk.issuance.touch(kiosk.issuance.view().revision, touch),
    /** What health finds wrong now. */
    issues: () => kiosk.health().issues,
    /** Puts a coin into the slot; one that is refused falls into the tray at once and was never in. */
    async putIn(coin: Denomination) {
      if (coins.insertCoin(coin) === "accepted") {
        putInYen += coin;
        broughtYen += coin;
      }
      await clock.advance(600);
    },
    putInYen: () => putInYen,
    emptyHopper(denomination: Denomination) {
      broughtYen -= denomination * coins.emptyHopper(denomination);
    },
    refill(denomination: Denomination, count: number) {
      broughtYen += denomination * count;
      coins.refill(denomination, count);
    },
    takeCoins() {
      for (const coin of denominations) broughtYen -= coin * coins.state().tray[coin];
      coins.takeCoins();
    },
    /** What hands brought into the machine more than they took out of it, since its beginning. */
    broughtYen: () => broughtYen,
    /** What staff let the kiosk do. */
    async fix(part: HealthPart, fixup: FixupId) {
      const staff = unwrap(await connectStaff(staffSocket));
      let fixed: Result<unknown> | undefined;
      void staff.fix(part, fixup).then((result) => {
        fixed = result;
      });
      await until(`the fixup ${fixup}`, () => fixed !== undefined);
      await staff.close();
      return fixed;
    },
    untilStep: (...steps: readonly string[]) =>
      until(steps.join(" or "), () => steps.includes(kiosk.issuance.view().view.step)),
    /** Waits for what happens in real time, outside of this process; the kiosk's own time stands still. */
    async real(what: string, holds: () => boolean) {
      for (let turns = 0; !holds(); turns++) {
        if (turns > MAX_REAL_TURNS)
          throw new Error(`never came: ${what}; the panel shows ${kiosk.issuance.view().view.step}`);
        await new Promise((done) => setTimeout(done, 5));
      }
    },
    async stop() {
      const stopped = kiosk.stop();
      let done = false;
      void stopped.then(() => {
        done = true;
      });
      await until("the end", () => done);
      await printer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
