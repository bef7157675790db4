import { createCabinet } from "../../devices/cabinet/cabinet.ts";
import { createCardReader } from "../../devices/card-reader/reader.ts";
import { createCertificatePrinter } from "../../devices/certificate-printer/printer.ts";
import { type CoinVendorOptions, defaultAddresses } from "../../devices/coin-vendor/settings.ts";
import { createCoinVendor } from "../../devices/coin-vendor/vendor.ts";
import { openerFor } from "../../devices/contract/openers.ts";
import { createReceiptPrinter } from "../../devices/receipt-printer/printer.ts";
import type { Clock } from "../kernel/clock.ts";
import { createIdSource } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { loadAuthorities, loadSigner, loadTlsIdentity } from "../protocol/identity-files.ts";
import { subjectOf } from "../protocol/statement.ts";
import { createBinding } from "./binding/binding.ts";
import type { KioskConfig } from "./config.ts";
import { createDetectionSetting } from "./detection.ts";
import { createDeterrentSetting } from "./deterrent.ts";
import type { KioskParts } from "./kiosk.ts";
import { type Ledger, openLedger } from "./ledger/ledger.ts";
import type { KioskDevices } from "./ports.ts";
import { createRenderer } from "./render/renderer.ts";
import { createUplink } from "./tunnel/uplink.ts";
import { loadWords } from "./words.ts";

interface Surroundings {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Makes the parts of a kiosk from its configuration: keys, pinned authorities, words, journal, devices, renderer, binding
 * and uplink. Errors: `K-CONF-101` a file, `K-CONF-103` a certificate that names another kiosk, `K-CONF-104` the data
 * folder is in use, `K-LINK-103` an address, `K-KIOSK-130` the words, `K-LEDGER-…` the journal.
 */
export function assembleKiosk(config: KioskConfig, { clock, logger }: Surroundings): Result<KioskParts> {
  const signer = loadSigner(config.signer);
  if (!signer.ok) return signer;
  const named = subjectOf(signer.value.certificate).O ?? "";
  if (named !== config.id) {
    const { certificate } = config.signer;
    return fail("K-CONF-103", {
      file: certificate,
      key: "id",
      value: config.id,
      allowed: `the certificate names ${named}`,
    });
  }
  const tls = loadTlsIdentity(config.operatorCenter.tls);
  if (!tls.ok) return tls;
  const centreAuthorities = loadAuthorities(config.issuanceCenter.authorities);
  if (!centreAuthorities.ok) return centreAuthorities;
  const municipalityAuthorities = loadAuthorities(config.municipalityAuthorities);
  if (!municipalityAuthorities.ok) return municipalityAuthorities;
  const words = loadWords(config.locales);
  if (!words.ok) return words;
  const ids = createIdSource(clock);
  const journal = openLedger({ folder: config.data, clock });
  if (!journal.ok) return journal;
  const devices = createDevices(config, { clock, logger }, journal.value);
  if (!devices.ok) {
    journal.value.close();
    return devices;
  }
  const { certificatePrinter } = devices.value;
  const deterrent = createDeterrentSetting({ folder: config.data, printerUuid: certificatePrinter.uuid, logger });
  const detection = createDetectionSetting({
    wanted: config.devices.detectionImage,
    takesOverlays: certificatePrinter.takesOverlays,
  });
  return ok({
    clock,
    logger,
    ids,
    signer: signer.value,
    words: words.value,
    journal: journal.value,
    devices: devices.value,
    renderer: createRenderer({ clock, logger, deterrent: deterrent.choice, overlays: detection.overlays }),
    deterrentCalibrated: deterrent.calibrated,
    binding: createBinding({
      centreAuthorities: centreAuthorities.value,
      municipalityAuthorities: municipalityAuthorities.value,
      kioskCertificate: signer.value.certificate,
      clock,
    }),
    uplink: createUplink({
      operatorUrl: config.operatorCenter.url,
      operatorParty: config.operatorCenter.party,
      tls: tls.value,
      ...(config.operatorCenter.name ? { operatorName: config.operatorCenter.name } : {}),
      centre: { sealingPublicKey: config.issuanceCenter.sealingKey, authorities: centreAuthorities.value },
      signer: signer.value,
      clock,
      logger,
      ids,
    }),
  });
}

function createDevices(config: KioskConfig, surroundings: Surroundings, ledger: Ledger): Result<KioskDevices> {
  const { devices } = config;
  const openers = {
    coinVendor: openerFor(devices.coinVendor),
    receiptPrinter: openerFor(devices.receiptPrinter),
    cabinet: openerFor(devices.cabinet),
  };
  const noteOpener = devices.noteAcceptor === undefined ? undefined : openerFor(devices.noteAcceptor);
  if (noteOpener && !noteOpener.ok) return noteOpener;
  if (!openers.coinVendor.ok) return openers.coinVendor;
  if (!openers.receiptPrinter.ok) return openers.receiptPrinter;
  if (!openers.cabinet.ok) return openers.cabinet;
  const cardReader = createCardReader({ name: "cardReader", address: devices.cardReader, ...surroundings });
  if (!cardReader.ok) return cardReader;
  const certificatePrinter = createCertificatePrinter({
    name: "certificatePrinter",
    address: devices.certificatePrinter,
    overlays: devices.detectionImage,
    ...surroundings,
  });
  if (!certificatePrinter.ok) {
    void cardReader.value.close();
    return certificatePrinter;
  }
  return ok({
    cardReader: cardReader.value,
    certificatePrinter: certificatePrinter.value,
    coinVendor: createCoinVendor({
      name: "coinVendor",
      opener: openers.coinVendor.value,
      credits: ledger.credits,
      exchanges: ledger.exchanges,
      options: coinVendorOptions(config),
      ...(noteOpener ? { noteOpener: noteOpener.value } : {}),
      ...surroundings,
    }),
    receiptPrinter: createReceiptPrinter({
      name: "receiptPrinter",
      opener: openers.receiptPrinter.value,
      ...surroundings,
    }),
    cabinet: createCabinet({ name: "cabinet", opener: openers.cabinet.value, ...surroundings }),
  });
}

function coinVendorOptions({ devices: { coinTravelMs, coinBus } }: KioskConfig): CoinVendorOptions {
  const { check, echo, furtherAcceptors, noteValidator, reserves, lowMarkCoins } = coinBus;
  return {
    coinTravelMs,
    check,
    echo,
    addresses: {
      ...defaultAddresses,
      furtherAcceptors,
      ...(noteValidator === undefined ? {} : { notes: noteValidator }),
    },
    change: { reserves, lowMarkCoins },
  };
}
