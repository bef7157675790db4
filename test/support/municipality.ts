import { createPrivateKey, randomBytes, sign, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certIdOf } from "../../src/issuance-center/validity/ocsp/cert-id.ts";
import { ocspRequest } from "../../src/issuance-center/validity/ocsp/request.ts";
import type { RenderCertificate } from "../../src/issuing-server/api/ports.ts";
import { type AttestorConfig, attestorConfig } from "../../src/issuing-server/attestor/config.ts";
import { connectAttestor } from "../../src/issuing-server/attestor/serve.ts";
import { startAttestor } from "../../src/issuing-server/attestor/start.ts";
import { type IssuingServerConfig, issuingServerConfig } from "../../src/issuing-server/config.ts";
import { openLinkTable } from "../../src/issuing-server/registry/link-table.ts";
import { openSqliteRegister } from "../../src/issuing-server/registry/sqlite-register.ts";
import { checkGlyphs } from "../../src/issuing-server/renderer/glyphs.ts";
import { createRenderer } from "../../src/issuing-server/renderer/renderer.ts";
import { startIssuingServer } from "../../src/issuing-server/start.ts";
import { municipalityFiles, prepareTown } from "../../src/issuing-server/town-folder/prepare-town.ts";
import { createIdSource } from "../../src/kernel/ids.ts";
import { type Logger, silentLogger } from "../../src/kernel/logger.ts";
import { ok, type Result, unwrap } from "../../src/kernel/result.ts";
import { type Application, applicationBytes, applicationHash } from "../../src/protocol/application.ts";
import { toBase64Url } from "../../src/protocol/encoding.ts";
import { createJsonClient } from "../../src/protocol/http/client.ts";
import { loadSealingKeyPair, loadSigner, loadTlsIdentity } from "../../src/protocol/identity-files.ts";
import {
  type IssueAnswer,
  issueAnswer,
  type OfferAnswer,
  offerAnswer,
  sealedAnswer,
} from "../../src/protocol/messages/municipality.ts";
import { generateSealingKeyPair, openSealed, type SealingKeyPair } from "../../src/protocol/sealing.ts";
import {
  certificateHash,
  parseJson,
  type SignedStatement,
  type Signer,
  signStatement,
} from "../../src/protocol/statement.ts";
import type { ChoiceStatement } from "../../src/protocol/statements.ts";
import { createPageProcess } from "../../src/security-print/page-process/page-process.ts";
import { type OcspStatus, ocspAnswer } from "../../src/town/ocsp/answer.ts";
import { ocspGenerations } from "../../src/town/ocsp/responder.ts";
import { type CitizenCertificate, makeCitizenCertificate } from "../../src/town/pki/citizens.ts";
import { ensureTownPki } from "../../src/town/pki/town-pki.ts";
import { createFakeClock } from "./fake-clock.ts";

/** Somebody at a kiosk: their A, the session's key E, and the OCSP answer about their card. */
export interface Visit {
  readonly application: Application;
  readonly session: SealingKeyPair;
  readonly ocspResponse: string;
}

const LINKED_AT_MS = Date.UTC(2025, 3, 1);

/** Keys and the renderer's font cost more than a whole issuance; tests of one file share them. */
const shared = mkdtempSync(join(tmpdir(), "mdg-pki-"));
process.once("exit", () => rmSync(shared, { recursive: true, force: true }));
let drawing: ReturnType<typeof createRenderer> | undefined;

/**
 * One municipality with its attestor behind a real unix socket and its issuing server behind real HTTPS, and what an
 * issuance centre and a kiosk would send to it. Everything lies in a temporary folder; the clock is a fake one.
 */
export async function startMunicipality(options: {
  readonly town: string;
  readonly code: string;
  /** Wraps the real renderer, to lie. */
  readonly render?: (real: RenderCertificate) => RenderCertificate;
  readonly config?: Partial<IssuingServerConfig>;
  readonly attestor?: Partial<AttestorConfig>;
  readonly logger?: Logger;
  readonly startMs?: number;
}) {
  const clock = createFakeClock(options.startMs);
  const logger = options.logger ?? silentLogger;
  const folder = mkdtempSync(join(tmpdir(), "mdg-town-"));
  const { code } = options;
  const pki = await ensureTownPki(join(shared, code), { municipalities: [code], kiosks: ["kiosk-1", "kiosk-2"] });
  const own = pki.municipalities[code];
  if (!own) throw new Error("the municipality has no keys");
  const data = join(folder, "data");
  const files = municipalityFiles(data);
  const policy = unwrap(prepareTown(options.town, data, { clock, logger }));
  const socket = join(folder, "a.sock");
  const attestorSettings: AttestorConfig = {
    ...attestorConfig.parse({
      municipality: code,
      mayor: policy.town.mayor,
      refusals: policy.town.refusals,
      socket,
      files: { register: files.register, links: files.links, attested: files.attested },
      signer: own.attestor,
      kioskAuthorities: [pki.authorities.device],
    }),
    ...options.attestor,
  };
  const links = unwrap(openLinkTable(files.links));
  const citizens = new Map<string, Promise<CitizenCertificate>>();
  const citizen = (residentId: string) => {
    const serial = Buffer.from(residentId).toString("hex").slice(0, 30);
    const made = citizens.get(residentId) ?? makeCitizenCertificate(pki, { ca: 1, serial });
    citizens.set(residentId, made);
    return made;
  };
  const link = async (residentId: string, as = residentId, linkedAtMs = LINKED_AT_MS) => {
    const { certificate } = await citizen(residentId);
    links.link([{ certificateHash: certificateHash(certificate), residentId: as, linkedAtMs }]);
  };
  let attestor = unwrap(await startAttestor(attestorSettings, { clock, logger }));
  const toAttestor = connectAttestor({ socketPath: socket, clock, timeoutMs: 60_000 });
  drawing ??= createRenderer();
  const renderer = unwrap(await drawing);
  const pages = createPageProcess({ clock });
  const real: RenderCertificate = (order) => renderer.renderCertificate(order);
  const config: IssuingServerConfig = {
    ...issuingServerConfig.parse({
      town: options.town,
      data,
      listen: { port: 0 },
      tls: { ...own.issuingServer, authorities: [pki.authorities.centre] },
      issuanceCenter: { sealingKey: readFileSync(pki.issuanceCenter.sealing.publicKey, "utf8").trim() },
      kioskAuthorities: [pki.authorities.device],
      municipalityAuthorities: [pki.authorities.municipality],
      cardAuthorities: pki.authorities.jpki,
      renderer: own.renderer,
      gate: own.gate,
      attestor: { socket },
    }),
    ...options.config,
  };
  const server = unwrap(
    await startIssuingServer(config, {
      clock,
      logger,
      render: options.render ? options.render(real) : real,
      checkGlyphs: (texts) => checkGlyphs(renderer.glyphs, texts),
      pages,
    }),
  );
  const centreKey = unwrap(await loadSealingKeyPair(pki.issuanceCenter.sealing.privateKey));
  const clientOf = (pair: { certificate: string; key: string }, authority: string) =>
    createJsonClient({
      url: server.addresses.https ?? "",
      clock,
      timeoutMs: 60_000,
      tls: unwrap(loadTlsIdentity({ ...pair, authorities: [authority] })),
    });
  const centre = clientOf(pki.issuanceCenter.tls, pki.authorities.municipality);
  const kiosks = {
    "kiosk-1": signerOf(pki.kiosks["kiosk-1"]),
    "kiosk-2": signerOf(pki.kiosks["kiosk-2"]),
  };
  const generations = ocspGenerations(pki);
  const nextId = createIdSource(clock);
  const register = unwrap(openSqliteRegister(files.register));

  const opened = async <T>(
    requestId: string,
    answer: Result<{ sealed: unknown }>,
    schema: typeof offerAnswer | typeof issueAnswer,
  ) => {
    if (!answer.ok) return answer as Result<T>;
    const { sealed } = sealedAnswer.parse(answer.value);
    const plain = unwrap(await openSealed(centreKey, "MDG-SEAL-MUNICIPALITY-TO-CENTRE-1", sealed, requestId));
    return ok(unwrap(parseJson(plain, schema)) as T);
  };

  return {
    clock,
    folder,
    files,
    policy,
    pki,
    config,
    attestorSettings,
    register,
    links,
    citizen,
    link,
    centre,
    clientOf,
    generations,
    kiosks,
    url: server.addresses.https ?? "",
    /** What the validity service says about a card. */
    async ocsp(residentId: string, status: OcspStatus = "good"): Promise<string> {
      const authority = generations[1]?.authority;
      if (!authority) throw new Error("no generation");
      const { certificate } = await citizen(residentId);
      const request = ocspRequest(certIdOf(certificate, authority), randomBytes(32));
      const context = { generations, nowMs: clock.nowMs(), misbehaviour: undefined, statusOf: () => status };
      return toBase64Url(ocspAnswer(request, context));
    },
    /** A citizen puts their card on the reader: A, E and the OCSP answer. */
    async visit(residentId: string, fields: Partial<Application["fields"]> = {}): Promise<Visit> {
      const { certificate, keyPem } = await citizen(residentId);
      const session = await generateSealingKeyPair();
      const all = {
        requestId: nextId(),
        nonce: toBase64Url(randomBytes(32)),
        municipality: code,
        relation: "residence" as const,
        kioskCertificateHash: certificateHash(kiosks["kiosk-1"].certificate),
        sessionKey: session.publicKey,
        notAfterMs: clock.nowMs() + 120_000,
        ...fields,
      };
      const signature = sign("sha256", applicationBytes(all), createPrivateKey(keyPem));
      return {
        application: {
          fields: all,
          authCertificate: toBase64Url(certificate.raw),
          signature: toBase64Url(signature),
        },
        session,
        ocspResponse: await this.ocsp(residentId),
      };
    },
    /** S for a visit: by default one copy of the whole household's resident record at the fee of the day. */
    choice(
      visit: Visit,
      statement: Partial<ChoiceStatement> = {},
      kiosk: keyof typeof kiosks = "kiosk-1",
    ): SignedStatement {
      const copies = statement.copies ?? 1;
      const feePerCopyYen = statement.feePerCopyYen ?? 200;
      const body: ChoiceStatement = {
        requestId: visit.application.fields.requestId,
        applicationHash: applicationHash(visit.application),
        choice: {
          kind: "resident-record",
          options: { scope: "household", headAndRelationship: true, domicile: false, myNumber: false },
        },
        members: [],
        copies,
        feePerCopyYen,
        feeYen: feePerCopyYen * copies,
        confirmedAtMs: clock.nowMs(),
        ...statement,
      };
      return signStatement("MDG-CHOICE-1", body, kiosks[kiosk]);
    },
    async offer(visit: Visit): Promise<Result<OfferAnswer>> {
      const { application, ocspResponse } = visit;
      const answer = await centre.call("POST", "/v1/offer", { application, ocspResponse }, sealedAnswer);
      return opened<OfferAnswer>(application.fields.requestId, answer, offerAnswer);
    },
    async issue(visit: Visit, choice: SignedStatement): Promise<Result<IssueAnswer>> {
      const { requestId } = visit.application.fields;
      const answer = await centre.call("POST", "/v1/issue", { requestId, choice }, sealedAnswer);
      return opened<IssueAnswer>(requestId, answer, issueAnswer);
    },
    /** Asks the attestor itself, past the issuing server. */
    attest: (visit: Visit, choice: SignedStatement) => toAttestor.attest(visit.application, choice),
    async stopAttestor() {
      await attestor.stop();
    },
    async startAttestor() {
      attestor = unwrap(await startAttestor(attestorSettings, { clock, logger }));
    },
    async stop() {
      centre.close();
      await server.stop();
      toAttestor.close();
      await attestor.stop();
      await pages.close();
      links.close();
      register.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestMunicipality = Awaited<ReturnType<typeof startMunicipality>>;

function signerOf(files: { certificate: string; key: string } | undefined): Signer {
  if (!files) throw new Error("no such kiosk");
  return unwrap(loadSigner(files));
}

/** A certificate from a PEM file. */
export function pemFile(file: string): X509Certificate {
  return new X509Certificate(readFileSync(file));
}
