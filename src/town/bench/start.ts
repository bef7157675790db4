import { startPrinterSimulator } from "../../../devices/certificate-printer/simulator/simulator.ts";
import { createCoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import { createReceiptPrinterSimulator } from "../../../devices/receipt-printer/simulator/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { Running } from "../../kernel/process.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { loadCitizens, type TownCitizens } from "../cards/citizens.ts";
import { ocspGenerations, startOcspResponder } from "../ocsp/responder.ts";
import { ensureTownPki } from "../pki/town-pki.ts";
import { createBenchBoard } from "./board.ts";
import { createCardHand } from "./card-hand.ts";
import type { BenchConfig } from "./config.ts";
import { benchHandlers } from "./handlers.ts";
import { type Plug, startPlug } from "./plug.ts";
import { startBenchSocket } from "./socket.ts";

/** Change that lies in the hoppers when the machine is delivered. */
const CHANGE_FUND = { 10: 100, 50: 60, 100: 100, 500: 20 };

/**
 * Starts the simulated machine: card tray, coin vendor, printers, cabinet, each behind its own plug, and the validity
 * service. Their state is the physical truth and outlives any kiosk.
 */
export async function startBench(
  config: BenchConfig,
  context: { clock: Clock; logger: Logger },
): Promise<Result<Running>> {
  const { clock, logger } = context;
  const pki = await ensureTownPki(config.pki, {
    municipalities: config.municipalities.map((m) => m.code),
    kiosks: config.kiosks,
  });
  const citizens: TownCitizens[] = [];
  for (const { folder } of config.municipalities) {
    const loaded = loadCitizens(folder, pki);
    if (!loaded.ok) return loaded;
    citizens.push(loaded.value);
  }
  const ocsp = await startOcspResponder({
    generations: ocspGenerations(pki),
    unlisted: "good",
    port: config.ocspPort,
    clock,
    logger,
  });
  if (!ocsp.ok) return ocsp;
  for (const { generation, serial } of citizens.flatMap((town) => town.revoked()))
    ocsp.value.setStatus({ generation, serial }, "revoked");

  const printer = await startPrinterSimulator({ clock, port: config.printerPort, sheetMs: config.pace.sheetMs });
  if (!printer.ok) return printer;
  const coinVendor = createCoinVendorSimulator({ clock, hoppers: CHANGE_FUND, mechanicsMs: config.pace.coinMs });
  const receiptPrinter = createReceiptPrinterSimulator({ clock });
  const board = createBenchBoard(clock);
  if (!board.ok) return board;
  const cabinet = board.value;
  const card = createCardHand({ target: config.sockets.card, citizens, clock, logger });

  // What lies in the trays is what the cabinet's sensors see.
  printer.value.onPaper((present) => cabinet.setSensor("documentPresent", present));
  receiptPrinter.onPaper((present) => cabinet.setSensor("receiptPresent", present));
  coinVendor.onChange(() =>
    cabinet.setSensor(
      "coinsPresent",
      Object.values(coinVendor.state().tray).some((n) => n > 0),
    ),
  );
  card.onPresence((present) => cabinet.setSensor("cardLeft", present));

  const plugs: Partial<Record<"coinVendor" | "receiptPrinter" | "cabinet", Plug>> = {};
  for (const [name, device] of Object.entries({ coinVendor, receiptPrinter, cabinet }) as [
    keyof typeof plugs,
    { attach: typeof coinVendor.attach },
  ][]) {
    const plug = await startPlug(config.sockets[name].replace(/^unix:/, ""), device.attach);
    if (!plug.ok) return plug;
    plugs[name] = plug.value;
  }
  const machine = { citizens, card, coinVendor, printer: printer.value, receiptPrinter, ocsp: ocsp.value, plugs };
  const socket = await startBenchSocket(config.port, benchHandlers(machine), config.page);
  if (!socket.ok) return socket;
  return ok({
    addresses: {
      bench: socket.value.url,
      page: socket.value.pageUrl,
      printer: printer.value.address,
      ocsp: ocsp.value.url,
    },
    async stop() {
      await socket.value.close();
      await card.take();
      await Promise.all(Object.values(plugs).map((plug) => plug.close()));
      cabinet.stop();
      await printer.value.close();
      await ocsp.value.close();
    },
  });
}
