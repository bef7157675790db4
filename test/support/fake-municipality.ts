import type { Clock } from "../../src/kernel/clock.ts";
import type { IdSource } from "../../src/kernel/ids.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { fail, ok, type Result, unwrap } from "../../src/kernel/result.ts";
import { type Application, applicationHash, verifyApplication } from "../../src/protocol/application.ts";
import { chosenFields } from "../../src/protocol/certificates.ts";
import { fromBase64Url, hashText, toBase64Url } from "../../src/protocol/encoding.ts";
import { type JsonServer, route, startJsonServer } from "../../src/protocol/http/server.ts";
import { loadSigner, loadTlsIdentity } from "../../src/protocol/identity-files.ts";
import {
  type IssueAnswer,
  issueRequest,
  type OfferAnswer,
  offerRequest,
} from "../../src/protocol/messages/municipality.ts";
import { tags } from "../../src/protocol/roles.ts";
import { seal } from "../../src/protocol/sealing.ts";
import {
  parseJson,
  type SignedStatement,
  type Signer,
  signStatement,
  statementHash,
} from "../../src/protocol/statement.ts";
import { choiceStatement, type RegisterStatement, type ReleaseStatement } from "../../src/protocol/statements.ts";
import type { DrawnPage } from "../../src/security-print/page-process/messages.ts";
import type { TownPki } from "../../src/town/pki/town-pki.ts";

/** How the municipality lies; each is given what an honest one would say. */
export interface Lies {
  register?: (honest: RegisterStatement) => RegisterStatement;
  release?: (honest: ReleaseStatement, copy: number) => ReleaseStatement;
  /** After everything was signed. */
  answer?: (honest: IssueAnswer) => IssueAnswer;
  offer?: (honest: OfferAnswer) => OfferAnswer;
  attestor?: Signer;
  gate?: Signer;
  /** Seals to another key than the centre's. */
  sealTo?: string;
  /** Refuses as a municipality does. */
  refusal?: Result<never>;
}

/** An issuing server that answers with the agreed forms and signatures, but whose pages are not pages. */
export interface FakeMunicipality {
  readonly url: string;
  /** What it was asked, as it was asked. */
  readonly asked: { readonly path: string; readonly body: unknown }[];
  lies: Lies;
  /** The bytes of the next documents, by copy. */
  pdfOf: (copy: number) => Uint8Array;
  close(): Promise<void>;
}

/** What the tests' page hasher says of bytes: one page for every `page` in them. */
export function fakeFrontHashes(pdf: Uint8Array): string[] {
  const text = Buffer.from(pdf).toString("utf8");
  const pages = text.split("page").length - 1;
  return Array.from({ length: pages }, (_, index) => hashText(Buffer.from(`${text} ${index}`, "utf8")));
}

/** A page with that front hash on which nothing stands. */
export function fakePage(frontHash: string): DrawnPage {
  const reading = { widthMm: 210, heightMm: 297, chars: [], objects: [], annotations: 0 };
  const strips = Array.from({ length: 8 }, () => Buffer.alloc(100));
  return { frontHash, front: { widthPx: 1654, heightPx: 2339, strips }, reading };
}

/** Starts the fake on a port of the system's choice, with the town's own keys of that municipality. */
export async function startFakeMunicipality(options: {
  readonly code: string;
  readonly pki: TownPki;
  readonly centreSealingKey: string;
  readonly clock: Pick<Clock, "nowMs">;
  readonly ids: IdSource;
  readonly frontHashes?: (pdf: Uint8Array) => Promise<readonly string[]>;
}): Promise<FakeMunicipality> {
  const files = options.pki.municipalities[options.code];
  if (!files) throw new Error(`the town has no municipality ${options.code}`);
  const attestor = unwrap(loadSigner(files.attestor));
  const gate = unwrap(loadSigner(files.gate));
  const hashes = options.frontHashes ?? (async (pdf: Uint8Array) => fakeFrontHashes(pdf));
  const applications = new Map<string, Application>();
  const asked: { path: string; body: unknown }[] = [];
  const sealed = async (answer: OfferAnswer | IssueAnswer) => ({
    sealed: await seal(
      fake.lies.sealTo ?? options.centreSealingKey,
      "MDG-SEAL-MUNICIPALITY-TO-CENTRE-1",
      Buffer.from(JSON.stringify(answer), "utf8"),
      answer.requestId,
    ),
  });

  const issue = async (requestId: string, choice: SignedStatement): Promise<Result<IssueAnswer>> => {
    const application = applications.get(requestId);
    if (!application) return fail("K-BIND-110");
    const body = parseJson(fromBase64Url(choice.statement), choiceStatement);
    if (!body.ok) return body;
    const common = {
      requestId,
      applicationHash: applicationHash(application),
      choiceHash: statementHash(choice),
    };
    const secret = hashText(Buffer.from("k", "utf8"));
    const honestRegister: RegisterStatement = {
      ...common,
      asOfMs: options.clock.nowMs(),
      linkVersion: 1,
      holder: secret,
      persons: [secret],
      address: secret,
      values: [{ field: "name", person: 0, hash: secret }],
    };
    const { lies } = fake;
    const register = signStatement(
      tags.register,
      lies.register?.(honestRegister) ?? honestRegister,
      lies.attestor ?? attestor,
    );
    const documents: { release: SignedStatement; pdf: string }[] = [];
    for (let copy = 1; copy <= body.value.copies; copy++) {
      const pdf = fake.pdfOf(copy);
      const pageHashes = [...(await hashes(pdf))];
      const honest: ReleaseStatement = {
        ...common,
        registerHash: statementHash(register),
        renderingHash: secret,
        documentId: options.ids(),
        copy,
        copies: body.value.copies,
        printedFields: chosenFields(body.value.choice),
        pageCount: pageHashes.length,
        pageHashes,
        pdfHash: hashText(pdf),
        softwareVersion: "fake",
        printByMs: options.clock.nowMs() + 600_000,
      };
      const release = signStatement(tags.release, lies.release?.(honest, copy) ?? honest, lies.gate ?? gate);
      documents.push({ release, pdf: toBase64Url(pdf) });
    }
    const personKey = await seal(
      application.fields.sessionKey,
      "MDG-SEAL-PERSON-KEY-1",
      Buffer.alloc(32, 1),
      requestId,
    );
    const answer = { requestId, register, personKey, documents };
    return ok(lies.answer?.(answer) ?? answer);
  };

  const server: JsonServer = unwrap(
    await startJsonServer({
      port: 0,
      tls: unwrap(loadTlsIdentity({ ...files.issuingServer, authorities: [options.pki.authorities.centre] })),
      logger: silentLogger,
      routes: {
        "POST /v1/offer": route({
          schema: offerRequest,
          maxBytes: 100_000,
          async handle(body) {
            asked.push({ path: "/v1/offer", body });
            const verified = verifyApplication(body.application);
            if (!verified.ok) return verified;
            const { requestId } = body.application.fields;
            applications.set(requestId, body.application);
            if (fake.lies.refusal) return fake.lies.refusal;
            const offer = { municipality: options.code, asOfMs: options.clock.nowMs(), items: [], members: [] };
            const honest = { requestId, offer };
            return ok(await sealed(fake.lies.offer?.(honest) ?? honest));
          },
        }),
        "POST /v1/issue": route({
          schema: issueRequest,
          maxBytes: 100_000,
          async handle(body) {
            asked.push({ path: "/v1/issue", body });
            if (fake.lies.refusal) return fake.lies.refusal;
            const answer = await issue(body.requestId, body.choice);
            return answer.ok ? ok(await sealed(answer.value)) : answer;
          },
        }),
      },
    }),
  );
  let made = 0;
  const fake: FakeMunicipality = {
    url: server.url,
    asked,
    lies: {},
    pdfOf: (copy) => Buffer.from(`${options.code} page ${copy} ${made++}`, "utf8"),
    close: () => server.close(),
  };
  return fake;
}
