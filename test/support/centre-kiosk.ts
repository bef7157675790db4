import { createPrivateKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import {
  type OutgoingMessage,
  openReply,
  type ReplyOf,
  type RequestOf,
  sealRequest,
} from "../../src/kiosk/tunnel/exchange.ts";
import {
  type Application,
  type ApplicationFields,
  applicationBytes,
  applicationHash,
} from "../../src/protocol/application.ts";
import { hashText, toBase64Url } from "../../src/protocol/encoding.ts";
import { createJsonClient, type JsonClient } from "../../src/protocol/http/client.ts";
import { loadAuthorities, loadSigner, loadTlsIdentity } from "../../src/protocol/identity-files.ts";
import {
  type KioskOperation,
  type OpenReply,
  type PrepareReply,
  relayReply,
} from "../../src/protocol/messages/kiosk.ts";
import { tags } from "../../src/protocol/roles.ts";
import { generateSealingKeyPair, type SealedMessage, type SealingKeyPair } from "../../src/protocol/sealing.ts";
import {
  certificateHash,
  type SignedStatement,
  type Signer,
  signStatement,
  statementHash,
} from "../../src/protocol/statement.ts";
import type { ChoiceStatement, PrintStatement } from "../../src/protocol/statements.ts";
import { makeCertificate } from "../../src/town/pki/certificate-maker.ts";
import { makeCitizenCertificate } from "../../src/town/pki/citizens.ts";
import { type CentreTown, CITY, KIOSK } from "./centre-town.ts";

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

/** A prepared request with so many copies. */
export async function prepared(
  town: CentreTown,
  kiosk: TestKiosk,
  card: TestCard,
  copies = 1,
): Promise<{ requestId: string; application: Application; choice: SignedStatement; reply: PrepareReply }> {
  const { requestId, application } = await applied(kiosk, card);
  const choice = kiosk.choice(application, { copies, feeYen: 300 * copies, confirmedAtMs: town.clock.nowMs() });
  const reply = unwrap(await kiosk.call("prepare", { requestId, choice }));
  return { requestId, application, choice, reply };
}

/** P for a prepared document. `bend` changes the body before it is signed. */
export function print(
  town: CentreTown,
  kiosk: TestKiosk,
  reply: PrepareReply,
  index: number,
  bend: Partial<PrintStatement> = {},
  by: Signer = kiosk.signer,
): SignedStatement {
  const document = reply.documents[index];
  if (!document) throw new Error("no such document");
  const release = JSON.parse(Buffer.from(document.release.statement, "base64url").toString("utf8"));
  const body: PrintStatement = {
    requestId: reply.requestId,
    documentId: release.documentId,
    centreHash: statementHash(document.centre),
    rasterHashes: [hashText(Buffer.from("front", "utf8"))],
    impressionsBefore: 10,
    impressionsAfter: 12,
    result: "done",
    printedAtMs: town.clock.nowMs(),
    ...bend,
  };
  return signStatement(tags.print, body, by);
}

/** What a renewal gives: a new key and certificate for the same kiosk, from the same authority. */
export async function secondCertificate(town: CentreTown, kiosk: string): Promise<Signer> {
  const file = town.pki.authorities.device;
  const authority = {
    certificate: new X509Certificate(readFileSync(file)),
    key: createPrivateKey(readFileSync(file.replace(/\.pem$/, ".key.pem"))),
  };
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = makeCertificate(
    {
      subject: [
        ["O", kiosk],
        ["OU", "kiosk"],
      ],
      serial: Buffer.of(0x42),
      notBeforeMs: town.clock.nowMs() - 60_000,
      notAfterMs: town.clock.nowMs() + 3_600_000,
      usage: "signature",
    },
    publicKey,
    authority,
  );
  return { certificate, key: privateKey };
}

/** `ok`, or the code of the failure. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? "ok" : result.error.code;
}
