import type { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Relation } from "../../protocol/application.ts";
import { createJsonClient, type JsonClient } from "../../protocol/http/client.ts";
import type { TlsIdentity } from "../../protocol/http/server.ts";
import type { DirectoryReply } from "../../protocol/messages/kiosk.ts";
import {
  type IssueAnswer,
  issueAnswer,
  type issueRequest,
  type OfferAnswer,
  offerAnswer,
  type offerRequest,
  sealedAnswer,
} from "../../protocol/messages/municipality.ts";
import { openSealed, type SealingKeyPair } from "../../protocol/sealing.ts";
import { parseJson } from "../../protocol/statement.ts";
import type { MunicipalityConfig } from "../config.ts";

/** The issuing server of one municipality. Its answers are opened and of the agreed form, nothing more. */
export interface IssuingServer {
  readonly code: string;
  offer(request: z.input<typeof offerRequest>): Promise<Result<OfferAnswer>>;
  issue(request: z.input<typeof issueRequest>): Promise<Result<IssueAnswer>>;
}

/** Which municipalities take part, and the way to each. */
export interface Routing {
  directory(): DirectoryReply["municipalities"];
  /** `K-CENT-120` when the municipality does not take part, or not for this relation. */
  find(code: string, relation: Relation): Result<IssuingServer>;
  /** The municipality of a request that was routed before, also when its relations changed since. */
  member(code: string): Result<IssuingServer>;
  close(): void;
}

/** Less than the kiosk waits for one attempt, so that the failure it hears names the municipality. */
const OFFER_TIMEOUT_MS = 10_000;
const ISSUE_TIMEOUT_MS = 20_000;

/** Routes from the configuration; connections are mutual TLS, and the other side must be that municipality's server. */
export function createRouting(options: {
  readonly municipalities: readonly MunicipalityConfig[];
  readonly tls: TlsIdentity;
  readonly sealing: SealingKeyPair;
  readonly clock: Clock;
}): Routing {
  const members = new Map(
    options.municipalities.map((config) => {
      const client = createJsonClient({
        url: config.url,
        clock: options.clock,
        timeoutMs: OFFER_TIMEOUT_MS,
        tls: options.tls,
        server: { role: "issuing-server", party: config.code },
      });
      return [config.code, { config, client, server: issuingServer(config.code, client, options.sealing) }] as const;
    }),
  );
  const member = (code: string): Result<IssuingServer> => {
    const found = members.get(code);
    return found ? ok(found.server) : fail("K-CENT-120", { municipality: code });
  };
  return {
    directory: () => options.municipalities.map(({ url: _, ...shown }) => shown),
    find: (code, relation) =>
      members.get(code)?.config.relations.includes(relation)
        ? member(code)
        : fail("K-CENT-120", { municipality: code, relation }),
    member,
    close: () => {
      for (const { client } of members.values()) client.close();
    },
  };
}

function issuingServer(code: string, client: JsonClient, sealing: SealingKeyPair): IssuingServer {
  const ask = async <S extends z.ZodType<{ requestId: string }>>(
    path: string,
    requestId: string,
    body: unknown,
    schema: S,
    timeoutMs: number,
  ): Promise<Result<z.output<S>>> => {
    const answer = await client.call("POST", path, body, sealedAnswer, { timeoutMs });
    if (!answer.ok) return answer;
    const opened = await openSealed(sealing, "MDG-SEAL-MUNICIPALITY-TO-CENTRE-1", answer.value.sealed, requestId);
    if (!opened.ok) return opened;
    const parsed = parseJson(opened.value, schema);
    if (!parsed.ok) return fail("K-NET-103", { path, municipality: code }, parsed.error);
    return parsed.value.requestId === requestId ? parsed : fail("K-BIND-110", { municipality: code });
  };
  return {
    code,
    offer: async (request) => {
      const { requestId } = request.application.fields;
      const answer = await ask("/v1/offer", requestId, request, offerAnswer, OFFER_TIMEOUT_MS);
      if (!answer.ok || answer.value.offer.municipality === code) return answer;
      return fail("K-NET-103", { municipality: code, why: "the offer is another municipality's" });
    },
    issue: (request) => ask("/v1/issue", request.requestId, request, issueAnswer, ISSUE_TIMEOUT_MS),
  };
}
