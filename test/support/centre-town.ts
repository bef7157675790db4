import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IssuanceCenterConfig } from "../../src/issuance-center/config.ts";
import type { PageDrawer } from "../../src/issuance-center/requests/context.ts";
import { startIssuanceCenter } from "../../src/issuance-center/start.ts";
import type { DatabaseConfig } from "../../src/kernel/database/config.ts";
import { createIdSource, type IdSource } from "../../src/kernel/ids.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import type { Running } from "../../src/kernel/process.ts";
import { ok, unwrap } from "../../src/kernel/result.ts";
import type { OperatorCenterConfig } from "../../src/operator-center/config.ts";
import { startOperatorCenter } from "../../src/operator-center/start.ts";
import { type OcspResponder, ocspGenerations, startOcspResponder } from "../../src/town/ocsp/responder.ts";
import { ensureTownPki, type TownPki } from "../../src/town/pki/town-pki.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { type FakeMunicipality, fakeFrontHashes, fakePage, startFakeMunicipality } from "./fake-municipality.ts";

export const CITY = "131016";
export const OTHER_CITY = "141003";
export const KIOSK = "kiosk-1";
export const OTHER_KIOSK = "kiosk-2";

/** Both centres over real TLS, with fakes around them: municipalities, an OCSP responder, kiosks by hand. */
export interface CentreTown {
  readonly pki: TownPki;
  readonly clock: FakeClock;
  readonly ids: IdSource;
  readonly ocsp: OcspResponder;
  readonly city: FakeMunicipality;
  readonly otherCity: FakeMunicipality;
  readonly centre: Running;
  readonly operator: Running;
  /** Events that the centres logged, with their fields. */
  readonly events: { readonly name: string; readonly fields: Readonly<Record<string, unknown>> }[];
  /** Stops the issuance centre and starts it again on the same database and, if the port is free, the same port. */
  restartCentre(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the town's centres on the given databases. `pages` stands in for the process that draws pages. */
export async function startCentreTown(options: {
  readonly database: (name: string) => DatabaseConfig;
  readonly pages?: PageDrawer;
  readonly frontHashes?: (pdf: Uint8Array) => Promise<readonly string[]>;
  readonly rate?: OperatorCenterConfig["rate"];
  /** Instead of image keys in a file. */
  readonly imageKeys?: Pick<IssuanceCenterConfig, "imageKeys" | "pkcs11">;
}): Promise<CentreTown> {
  const folder = mkdtempSync(join(tmpdir(), "centre-town-"));
  const clock = createFakeClock();
  const ids = createIdSource(clock);
  const pki = await ensureTownPki(folder, { municipalities: [CITY, OTHER_CITY], kiosks: [KIOSK, OTHER_KIOSK] });
  const events: { name: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const logger: Logger = { event: (name, fields) => events.push({ name, fields }) };
  const generations = ocspGenerations(pki);
  const ocsp = unwrap(await startOcspResponder({ generations, unlisted: "good", port: 0, clock, logger }));
  const centreSealingKey = readFileSync(pki.issuanceCenter.sealing.publicKey, "utf8").trim();
  const municipality = (code: string) =>
    startFakeMunicipality({
      code,
      pki,
      centreSealingKey,
      clock,
      ids,
      ...(options.frontHashes ? { frontHashes: options.frontHashes } : {}),
    });
  const [city, otherCity] = [await municipality(CITY), await municipality(OTHER_CITY)];
  const config: IssuanceCenterConfig = {
    production: false,
    listen: { host: "127.0.0.1", port: 0 },
    tls: { ...pki.issuanceCenter.tls, authorities: [pki.authorities.centre] },
    signer: pki.issuanceCenter.signer,
    sealingKey: pki.issuanceCenter.sealing.privateKey,
    ...(options.imageKeys ?? { imageKeys: pki.issuanceCenter.imageKeys }),
    kioskAuthorities: [pki.authorities.device],
    municipalityAuthorities: [pki.authorities.municipality],
    jpkiAuthorities: [...pki.authorities.jpki],
    ocsp: { url: ocsp.url, timeoutMs: 4_000 },
    nonceLifeMs: 120_000,
    sessionLifeMs: 1_200_000,
    municipalities: [
      {
        code: CITY,
        name: bilingual("緑野市"),
        prefecture: bilingual("県"),
        relations: ["residence", "domicile"],
        url: city.url,
      },
      {
        code: OTHER_CITY,
        name: bilingual("海辺市"),
        prefecture: bilingual("県"),
        relations: ["residence"],
        url: otherCity.url,
      },
    ],
    database: options.database("issuance"),
  };
  const pages = options.pages ?? { draw: async (pdf: Uint8Array) => ok(fakeFrontHashes(pdf).map(fakePage)) };
  const start = async (port: number) =>
    unwrap(await startIssuanceCenter({ ...config, listen: { ...config.listen, port } }, { clock, logger, pages }));
  let centre = await start(0);
  const operator = unwrap(
    await startOperatorCenter(
      {
        production: false,
        listen: { host: "127.0.0.1", port: 0 },
        tls: { ...pki.operatorCenter.tls, authorities: [pki.authorities.device] },
        issuanceCenter: {
          url: centre.addresses.https ?? "",
          party: "issuance-center",
          authorities: [pki.authorities.centre],
        },
        rate: options.rate ?? { burst: 1_000, perMinute: 1_000 },
        database: options.database("operator"),
      },
      { clock, logger },
    ),
  );
  return {
    pki,
    clock,
    ids,
    ocsp,
    city,
    otherCity,
    get centre() {
      return centre;
    },
    operator,
    events,
    async restartCentre() {
      const port = Number(new URL(centre.addresses.https ?? "").port);
      await centre.stop();
      centre = await start(port);
    },
    async stop() {
      await operator.stop();
      await centre.stop();
      await Promise.all([city.close(), otherCity.close(), ocsp.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function bilingual(ja: string) {
  return { ja, en: ja };
}
