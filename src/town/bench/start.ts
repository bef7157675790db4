import { startPrinterSimulator } from "../../../devices/certificate-printer/simulator/simulator.ts";
import { createCoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import type { BytePort } from "../../../devices/contract/port.ts";
import { createReceiptPrinterSimulator } from "../../../devices/receipt-printer/simulator/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/logger.ts";
import type { Running } from "../../kernel/process.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { loadCitizens, type TownCitizens } from "../cards/citizens.ts";
import { certificateGlyphs } from "../cards/glyphs.ts";
import { createTownControl, type MessageChannel } from "../control/channel.ts";
import { ocspGenerations, startOcspResponder } from "../ocsp/responder.ts";
import { ensureTownPki } from "../pki/town-pki.ts";
import { createAccidents } from "./accidents.ts";
import { createBenchBoard } from "./board.ts";
import { createCardHand } from "./card-hand.ts";
import type { BenchConfig } from "./config.ts";
import { benchHandlers, type Machine, stateOf } from "./handlers.ts";
import { createPictures } from "./pictures.ts";
import { type Plug, startPlug } from "./plug.ts";
import { startBenchSocket } from "./socket.ts";
import { listenToBoard } from "./taps/board.ts";
import { listenToCoins } from "./taps/coin.ts";
import { listenToPrinter } from "./taps/ipp.ts";
import { type Eavesdrop, tappedPort } from "./taps/port.ts";
import { listenToReceipts } from "./taps/receipt.ts";
import { createEar, type Ear } from "./taps/repeats.ts";
import { followJournal } from "./timeline/follow-journal.ts";
import { followLogs } from "./timeline/follow-logs.ts";
import { createTimeline } from "./timeline/timeline.ts";
import { createWatchers } from "./watchers.ts";

/** Lines that were logged shortly before the bench was up belong to the same start. */
const STARTED_TOGETHER_MS = 30_000;

/** Change that lies in the hoppers when the machine is delivered. */
const CHANGE_FUND = { 10: 100, 50: 60, 100: 100, 500: 20 };

/**
 * Starts the simulated machine: card tray, coin vendor, printers, cabinet, each behind its own plug, and the validity
 * service. Their state is the physical truth and outlives any kiosk.
 */
export async function startBench(
  config: BenchConfig,
  context: { clock: Clock; logger: Logger; channel: MessageChannel | undefined },
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

  const timeline = createTimeline({ clock, sources: timelineSources(config, clock) });
  const ear = (source: string) => createEar(source, clock.nowMs, timeline.add);
  const printer = await startPrinterSimulator({
    clock,
    port: config.printerPort,
    sheetMs: config.pace.sheetMs,
    onExchange: listenToPrinter(ear("certificatePrinter")),
  });
  if (!printer.ok) return printer;
  const coinVendor = createCoinVendorSimulator({ clock, hoppers: CHANGE_FUND, mechanicsMs: config.pace.coinMs });
  const receiptPrinter = createReceiptPrinterSimulator({ clock });
  const board = createBenchBoard(clock);
  if (!board.ok) return board;
  const cabinet = board.value;
  const card = createCardHand({ target: config.sockets.card, citizens, clock, logger, ear: ear("cardReader") });

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

  const plugs = await servePlugs(
    config,
    { coinVendor, receiptPrinter, cabinet },
    { coinVendor: listenToCoins, receiptPrinter: listenToReceipts, cabinet: listenToBoard },
    ear,
  );
  if (!plugs.ok) return plugs;
  let printerPlugged = true;
  const control = createTownControl(context.channel, clock);
  const glyphs = await certificateGlyphs();
  const machine: Machine = {
    setup: {
      panelUrl: config.page?.panel ?? "",
      municipalities: citizens.map(({ municipality, name }) => ({ code: municipality, name })),
    },
    citizens: () => citizens.flatMap((town) => town.list(clock.nowMs(), glyphs)),
    card,
    coinVendor,
    printer: printer.value,
    receiptPrinter,
    cabinet,
    accidents: createAccidents({ printer: printer.value, receiptPrinter, coinVendor }, CHANGE_FUND),
    ocsp: { responder: ocsp.value, unreachable: false },
    plugs: {
      ...plugs.value,
      cardReader: card,
      certificatePrinter: {
        connected: () => printerPlugged,
        async setConnected(connected) {
          await printer.value.setPlugged(connected);
          printerPlugged = connected;
          return ok();
        },
      },
    },
    control,
    changed: () => watchers.stateChanged(),
  };
  const watchers = createWatchers({ clock, timeline, state: () => stateOf(machine) });
  for (const device of [printer.value, coinVendor, cabinet, control]) device.onChange(watchers.stateChanged);
  receiptPrinter.onPaper(watchers.stateChanged);
  card.onPresence(watchers.stateChanged);

  const socket = await startBenchSocket(config.port, {
    handlers: benchHandlers(machine),
    watchers,
    pictures: createPictures(printer.value),
    page: config.page,
  });
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
      watchers.close();
      timeline.close();
      await card.take();
      await Promise.all(Object.values(plugs.value).map((plug) => plug.close()));
      cabinet.stop();
      await printer.value.close();
      await ocsp.value.close();
    },
  });
}

function timelineSources({ follow }: BenchConfig, clock: Clock) {
  if (!follow) return [];
  const journals = Object.entries(follow.journals).map(([process, file]) => followJournal(file, process));
  return [...journals, followLogs(follow.logs, clock.nowMs() - STARTED_TOGETHER_MS)];
}

type Cabled = "coinVendor" | "receiptPrinter" | "cabinet";

/** Serves each device on its socket, with somebody who listens. A plug that was pulled and put back is heard anew. */
async function servePlugs(
  config: BenchConfig,
  devices: Readonly<Record<Cabled, { attach(port: BytePort): void }>>,
  listeners: Readonly<Record<Cabled, (ear: Ear) => Eavesdrop>>,
  ear: (source: string) => Ear,
): Promise<Result<Record<Cabled, Plug>>> {
  const serve = (name: Cabled) => {
    const told = ear(name);
    return startPlug(config.sockets[name].replace(/^unix:/, ""), (port) =>
      devices[name].attach(tappedPort(port, listeners[name](told))),
    );
  };
  const coinVendor = await serve("coinVendor");
  if (!coinVendor.ok) return coinVendor;
  const receiptPrinter = await serve("receiptPrinter");
  if (!receiptPrinter.ok) return receiptPrinter;
  const cabinet = await serve("cabinet");
  if (!cabinet.ok) return cabinet;
  return ok({ coinVendor: coinVendor.value, receiptPrinter: receiptPrinter.value, cabinet: cabinet.value });
}
