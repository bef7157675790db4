import { createPrivateKey, type KeyObject, sign, type X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IssuanceCenterConfig } from "../../src/issuance-center/config.ts";
import type { PageHasher } from "../../src/issuance-center/requests/context.ts";
import { startIssuanceCenter } from "../../src/issuance-center/start.ts";
import type { DatabaseConfig } from "../../src/kernel/database/config.ts";
import { createIdSource, type IdSource } from "../../src/kernel/ids.ts";
import type { Logger } from "../../src/kernel/logger.ts";
import type { Running } from "../../src/kernel/process.ts";
import { ok, type Result, unwrap } from "../../src/kernel/result.ts";
import {
  type OutgoingMessage,
  openReply,
  type ReplyOf,
  type RequestOf,
  sealRequest,
} from "../../src/kiosk/tunnel/exchange.ts";
import type { OperatorCenterConfig } from "../../src/operator-center/config.ts";
import { startOperatorCenter } from "../../src/operator-center/start.ts";
import {
  type Application,
  type ApplicationFields,
  applicationBytes,
  applicationHash,
} from "../../src/protocol/application.ts";
import { toBase64Url } from "../../src/protocol/encoding.ts";
import { createJsonClient, type JsonClient } from "../../src/protocol/http/client.ts";
import { loadAuthorities, loadSigner, loadTlsIdentity } from "../../src/protocol/identity-files.ts";
import { type KioskOperation, type OpenReply, relayReply } from "../../src/protocol/messages/kiosk.ts";
import { tags } from "../../src/protocol/roles.ts";
import { generateSealingKeyPair, type SealedMessage, type SealingKeyPair } from "../../src/protocol/sealing.ts";
import { certificateHash, type SignedStatement, type Signer, signStatement } from "../../src/protocol/statement.ts";
import type { ChoiceStatement } from "../../src/protocol/statements.ts";
import { type OcspResponder, ocspGenerations, startOcspResponder } from "../../src/town/ocsp/responder.ts";
import { makeCitizenCertificate } from "../../src/town/pki/citizens.ts";
import { ensureTownPki, type TownPki } from "../../src/town/pki/town-pki.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { type FakeMunicipality, fakeFrontHashes, startFakeMunicipality } from "./fake-municipality.ts";

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
  readonly pages?: PageHasher;
  readonly frontHashes?: (pdf: Uint8Array) => Promise<readonly string[]>;
  readonly rate?: OperatorCenterConfig["rate"];
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
  const pages = options.pages ?? { frontHashes: async (pdf: Uint8Array) => ok(fakeFrontHashes(pdf)) };
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

/** A citizen's card: certificate and key. */
export interface TestCard {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** A card whose certificate is of a generation; the responder says "good" of it unless told otherwise. */
export async function makeCard(
  town: CentreTown,
  options: { ca?: 0 | 1 | 2; serial?: string; notAfterMs?: number; notBeforeMs?: number } = {},
): Promise<TestCard> {
  const { ca = 1, serial = "4711", ...dates } = options;
  const made = await makeCitizenCertificate(town.pki, { ca, serial, ...dates });
  return { certificate: made.certificate, key: createPrivateKey(made.keyPem) };
}

/** A kiosk by hand: it speaks through the kiosk's own sealing code, and lets a test bend everything on the way. */
export interface TestKiosk {
  readonly id: string;
  readonly signer: Signer;
  readonly session: SealingKeyPair;
  readonly certificateHash: string;
  /** Seals a request without sending it. */
  message<O extends KioskOperation>(
    operation: O,
    body: RequestOf<O>,
    bend?: { messageId?: string; session?: SealingKeyPair; signer?: Signer; atMs?: number },
  ): Promise<OutgoingMessage<O>>;
  /** Sends through the operator's relay and opens the reply. */
  send<O extends KioskOperation>(message: OutgoingMessage<O>): Promise<Result<ReplyOf<O>>>;
  /** Sends through the relay, and gives the reply as it came. */
  sendRaw(message: SealedMessage): Promise<Result<{ message: SealedMessage }>>;
  call<O extends KioskOperation>(operation: O, body: RequestOf<O>): Promise<Result<ReplyOf<O>>>;
  /** A, signed by a card, for an opened request. `bend` changes fields before the card signs. */
  application(card: TestCard, opened: OpenReply, bend?: Partial<ApplicationFields>): Application;
  /** S for an application. `bend` changes the body before it is signed. */
  choice(application: Application, bend?: Partial<ChoiceStatement>, signer?: Signer): SignedStatement;
  readonly client: JsonClient;
  close(): void;
}

/** A kiosk of the town with a fresh session. */
export async function makeKiosk(town: CentreTown, id: string = KIOSK): Promise<TestKiosk> {
  const files = town.pki.kiosks[id];
  if (!files) throw new Error(`the town has no kiosk ${id}`);
  const signer = unwrap(loadSigner(files));
  const session = await generateSealingKeyPair();
  const centre = {
    sealingPublicKey: readFileSync(town.pki.issuanceCenter.sealing.publicKey, "utf8").trim(),
    authorities: unwrap(loadAuthorities([town.pki.authorities.centre])),
  };
  const client = createJsonClient({
    url: town.operator.addresses.https ?? "",
    clock: town.clock,
    timeoutMs: 30_000,
    tls: unwrap(loadTlsIdentity({ ...files, authorities: [town.pki.authorities.centre] })),
  });
  const kiosk: TestKiosk = {
    id,
    signer,
    session,
    certificateHash: certificateHash(signer.certificate),
    message: (operation, body, bend = {}) =>
      sealRequest(
        { operation, messageId: bend.messageId ?? town.ids(), body, replyTo: bend.session ?? session },
        bend.signer ?? signer,
        centre,
        { nowMs: () => bend.atMs ?? town.clock.nowMs() },
      ),
    async send(message) {
      const reply = await kiosk.sendRaw(message.sealed);
      return reply.ok ? openReply(message, reply.value.message, centre, town.clock) : reply;
    },
    sendRaw: (message) => client.call("POST", "/v1/relay", { message }, relayReply),
    call: async (operation, body) => kiosk.send(await kiosk.message(operation, body)),
    application(card, opened, bend = {}) {
      const fields: ApplicationFields = {
        requestId: opened.requestId,
        nonce: opened.nonce,
        municipality: CITY,
        relation: "residence",
        kioskCertificateHash: kiosk.certificateHash,
        sessionKey: session.publicKey,
        notAfterMs: opened.notAfterMs,
        ...bend,
      };
      return {
        fields,
        authCertificate: toBase64Url(card.certificate.raw),
        signature: toBase64Url(sign("sha256", applicationBytes(fields), card.key)),
      };
    },
    choice(application, bend = {}, by = signer) {
      const body: ChoiceStatement = {
        requestId: application.fields.requestId,
        applicationHash: applicationHash(application),
        choice: {
          kind: "resident-record",
          options: { scope: "self", headAndRelationship: true, domicile: false, myNumber: false },
        },
        members: [],
        copies: 1,
        feePerCopyYen: 300,
        feeYen: 300,
        confirmedAtMs: town.clock.nowMs(),
        ...bend,
      };
      return signStatement(tags.choice, body, by);
    },
    client,
    close: () => client.close(),
  };
  return kiosk;
}

/** Opens a request and applies with a card: where most tests begin. */
export async function applied(
  kiosk: TestKiosk,
  card: TestCard,
): Promise<{ readonly requestId: string; readonly application: Application }> {
  const opened = unwrap(await kiosk.call("open", {}));
  const application = kiosk.application(card, opened);
  unwrap(await kiosk.call("apply", { application }));
  return { requestId: opened.requestId, application };
}
