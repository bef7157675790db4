import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { z } from "zod";
import type { bridgeConfig } from "../../../firmware-bridge/bridge/config.ts";
import type { issuanceCenterConfig } from "../../issuance-center/config.ts";
import type { inquiryConfig } from "../../issuance-center/inquiry/config.ts";
import type { attestorConfig } from "../../issuing-server/attestor/config.ts";
import type { issuingServerConfig } from "../../issuing-server/config.ts";
import type { TownPolicy } from "../../issuing-server/town-folder/load-town.ts";
import { municipalityFiles } from "../../issuing-server/town-folder/prepare-town.ts";
import { unwrap } from "../../kernel/result.ts";
import type { kioskConfig } from "../../kiosk/config.ts";
import type { operatorCenterConfig } from "../../operator-center/config.ts";
import type { SignerFiles } from "../../protocol/identity-files.ts";
import { writeChoice } from "../../security-print/deterrent/choice.ts";
import type { DeterrentChoice } from "../../security-print/deterrent/steps.ts";
import type { benchConfig } from "../bench/config.ts";
import { ISSUANCE_CENTER_PARTY, type TownPki } from "../pki/town-pki.ts";
import { journalFile } from "./journal-file.ts";
import type { TownPaths } from "./paths.ts";

const LOCALES = fileURLToPath(new URL("../../../ui/locales", import.meta.url));

/** A simulated printer spreads no toner: as much ink in the ground as in the letters. */
export const simulatedPrinterSteps: DeterrentChoice = { front: "2b", back: "2b" };

/** The kiosk of the embedded default. */
export const KIOSK_ID = "kiosk-0001";
/** The name of its process. */
export const KIOSK_PROCESS = "kiosk";

/** Which port each process serves on; all on 127.0.0.1. */
export interface TownPorts {
  readonly bench: number;
  readonly panel: number;
  readonly inquiry: number;
  readonly printer: number;
  readonly ocsp: number;
  readonly issuanceCenter: number;
  readonly operatorCenter: number;
  /** By municipality code. */
  readonly issuingServers: Readonly<Record<string, number>>;
}

function loopback(port: number | undefined): string {
  if (port === undefined) throw new Error("a process of the town has no port");
  return `https://127.0.0.1:${port}`;
}

/** Where a page of this machine is opened. */
function pageOrigin(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** The bench may also be opened by this name. */
function benchByName(ports: TownPorts): string {
  return `http://localhost:${ports.bench}`;
}

/** One municipality of the town: its folder and what was read from it. */
export interface Member {
  readonly folder: string;
  readonly policy: TownPolicy;
}

/** Writes a configuration as the YAML file that the process will read, and check, like anybody else's. */
export function writeConfig<S extends z.ZodType>(paths: TownPaths, name: string, config: z.input<S>): string {
  const file = join(paths.config, `${name}.yaml`);
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

function tls(pair: SignerFiles, authorities: string[]) {
  return { certificate: pair.certificate, key: pair.key, authorities };
}

/** `bench.yaml`: the simulated machine of this town. Returns the file. */
export function benchFile(
  paths: TownPaths,
  members: readonly Member[],
  options: {
    readonly ports: TownPorts;
    readonly card: string;
    readonly pace: z.input<typeof benchConfig>["pace"];
    readonly pages: string | undefined;
  },
): string {
  return writeConfig<typeof benchConfig>(paths, "bench", {
    port: options.ports.bench,
    printerPort: options.ports.printer,
    ocspPort: options.ports.ocsp,
    sockets: {
      card: options.card,
      coinVendor: `unix:${paths.socket("coins")}`,
      receiptPrinter: `unix:${paths.socket("receipt")}`,
      cabinet: `unix:${paths.socket("io-board")}`,
    },
    pki: paths.pki,
    municipalities: members.map((m) => ({ code: m.policy.town.code, folder: m.folder })),
    kiosks: [KIOSK_ID],
    follow: { logs: paths.logs, journals: { [KIOSK_PROCESS]: journalFile(paths.kiosk) } },
    pace: options.pace,
    ...(options.pages === undefined
      ? {}
      : { page: { folder: join(options.pages, "bench"), panel: pageOrigin(options.ports.panel) } }),
  });
}

/** `io-bridge.yaml`: between the UART of the bench's I/O board and the kiosk. Returns the file. */
export function ioBridgeFile(paths: TownPaths): string {
  return writeConfig<typeof bridgeConfig>(paths, "io-bridge", {
    port: `unix:${paths.socket("io-board")}`,
    socket: paths.socket("cabinet"),
  });
}

/** `attestor-<code>.yaml` of one municipality. Returns the file. */
export function attestorFile(paths: TownPaths, pki: TownPki, { policy }: Member): string {
  const { code, mayor, refusals } = policy.town;
  const { register, links, attested } = municipalityFiles(paths.municipality(code));
  return writeConfig<typeof attestorConfig>(paths, `attestor-${code}`, {
    municipality: code,
    mayor,
    refusals,
    socket: paths.socket(`attestor-${code}`),
    files: { register, links, attested },
    signer: municipalityKeys(pki, code).attestor,
    kioskAuthorities: [pki.authorities.device],
  });
}

/** `issuing-server-<code>.yaml` of one municipality. Returns the file. */
export function issuingServerFile(
  paths: TownPaths,
  pki: TownPki,
  { folder, policy }: Member,
  options: { readonly port: number; readonly archiveDocuments: boolean },
): string {
  const { code } = policy.town;
  const keys = municipalityKeys(pki, code);
  return writeConfig<typeof issuingServerConfig>(paths, `issuing-server-${code}`, {
    town: folder,
    data: paths.municipality(code),
    ...(options.archiveDocuments ? { archive: paths.archive(code) } : {}),
    listen: { port: options.port },
    tls: tls(keys.issuingServer, [pki.authorities.centre]),
    issuanceCenter: { sealingKey: sealingPublicKey(pki) },
    kioskAuthorities: [pki.authorities.device],
    municipalityAuthorities: [pki.authorities.municipality],
    cardAuthorities: [...pki.authorities.jpki],
    renderer: keys.renderer,
    gate: keys.gate,
    attestor: { socket: paths.socket(`attestor-${code}`) },
  });
}

/** `issuance-center.yaml`, with a route to every municipality of the town. Returns the file. */
export function issuanceCenterFile(
  paths: TownPaths,
  pki: TownPki,
  members: readonly Member[],
  ports: TownPorts,
): string {
  return writeConfig<typeof issuanceCenterConfig>(paths, "issuance-center", {
    listen: { port: ports.issuanceCenter },
    tls: tls(pki.issuanceCenter.tls, [pki.authorities.centre]),
    signer: pki.issuanceCenter.signer,
    sealingKey: pki.issuanceCenter.sealing.privateKey,
    imageKeys: pki.issuanceCenter.imageKeys,
    kioskAuthorities: [pki.authorities.device],
    municipalityAuthorities: [pki.authorities.municipality],
    jpkiAuthorities: [...pki.authorities.jpki],
    ocsp: { url: `http://127.0.0.1:${ports.ocsp}/` },
    municipalities: members.map(({ policy: { town } }) => ({
      code: town.code,
      name: town.name,
      prefecture: town.prefecture,
      relations: ["residence"],
      url: loopback(ports.issuingServers[town.code]),
    })),
    database: { kind: "embedded", folder: paths.issuanceCenter, template: paths.databaseTemplate },
  });
}

/** `inquiry.yaml`: the site where the town's certificates are checked, with its built page. Returns the file. */
export function inquiryFile(paths: TownPaths, pki: TownPki, ports: TownPorts, pages: string): string {
  return writeConfig<typeof inquiryConfig>(paths, "inquiry", {
    listen: { port: ports.inquiry },
    inspectionKeys: pki.issuanceCenter.inspectionKeys,
    page: join(pages, "inquiry"),
  });
}

/** A scripted citizen has no thinking time: what would be a flood from one kiosk in a store is a bench run here. */
const UNHURRIED = { burst: 1_000, perMinute: 6_000 };

/** `operator-center.yaml`. Returns the file. */
export function operatorCenterFile(paths: TownPaths, pki: TownPki, ports: TownPorts): string {
  return writeConfig<typeof operatorCenterConfig>(paths, "operator-center", {
    listen: { port: ports.operatorCenter },
    tls: tls(pki.operatorCenter.tls, [pki.authorities.device]),
    issuanceCenter: {
      url: loopback(ports.issuanceCenter),
      party: ISSUANCE_CENTER_PARTY,
      authorities: [pki.authorities.centre],
    },
    rate: UNHURRIED,
    database: { kind: "embedded", folder: paths.operatorCenter, template: paths.databaseTemplate },
  });
}

/** A simulated coin is at the sensor after a few paces; the rest is room for a busy machine. */
const COIN_PATH_PACES = 7;
const MIN_COIN_TRAVEL_MS = 100;

/** `kiosk.yaml`: the town's kiosk with links to the simulated devices, or to the given printer and reader. Returns the file. */
export function kioskFile(
  paths: TownPaths,
  pki: TownPki,
  links: {
    readonly ports: TownPorts;
    readonly printer: string;
    readonly card: string;
    readonly coinMs: number;
    readonly pages: string | undefined;
  },
): string {
  const device = pki.kiosks[KIOSK_ID];
  if (!device) throw new Error(`the town's PKI has no kiosk ${KIOSK_ID}`);
  unwrap(writeChoice(paths.kiosk, { version: 1, printer: null, ...simulatedPrinterSteps, chosenAtMs: 0 }));
  return writeConfig<typeof kioskConfig>(paths, "kiosk", {
    id: KIOSK_ID,
    data: paths.kiosk,
    signer: device,
    operatorCenter: { url: loopback(links.ports.operatorCenter), tls: tls(device, [pki.authorities.centre]) },
    issuanceCenter: { sealingKey: sealingPublicKey(pki), authorities: [pki.authorities.centre] },
    municipalityAuthorities: [pki.authorities.municipality],
    devices: {
      cardReader: links.card,
      coinVendor: `unix:${paths.socket("coins")}`,
      certificatePrinter: links.printer,
      receiptPrinter: `unix:${paths.socket("receipt")}`,
      cabinet: `unix:${paths.socket("cabinet")}`,
      coinTravelMs: Math.max(MIN_COIN_TRAVEL_MS, links.coinMs * COIN_PATH_PACES),
    },
    panel: {
      port: links.ports.panel,
      ...(links.pages === undefined
        ? {}
        : { page: join(links.pages, "citizen"), framedBy: [pageOrigin(links.ports.bench), benchByName(links.ports)] }),
    },
    staffSocket: paths.socket("staff"),
    locales: LOCALES,
  });
}

/** The issuance centre's public sealing key, 32 bytes as base64url, as it is pinned everywhere else. */
export function sealingPublicKey(pki: TownPki): string {
  return readFileSync(pki.issuanceCenter.sealing.publicKey, "utf8").trim();
}

function municipalityKeys(pki: TownPki, code: string) {
  const keys = pki.municipalities[code];
  if (!keys) throw new Error(`the town's PKI has no municipality ${code}`);
  return keys;
}
