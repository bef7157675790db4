import type { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { type Route, route } from "../../protocol/http/server.ts";
import {
  issueAnswer,
  issueRequest,
  offerAnswer,
  offerRequest,
  sealedAnswer,
} from "../../protocol/messages/municipality.ts";
import { seal } from "../../protocol/sealing.ts";
import { checkSigner, type Trust } from "../../protocol/statement.ts";
import type { IssuingService } from "./service.ts";

const MAX_REQUEST_BYTES = 256 * 1024;

/**
 * The routes of an issuing server. Every client must be an issuance centre by its certificate (`K-NET-105`); every answer
 * is sealed to the one issuance centre that is configured, so that nobody between can read it.
 */
export function issuingRoutes(options: {
  readonly service: IssuingService;
  /** Authorities of the issuance centre, pinned. */
  readonly centreAuthorities: Trust["authorities"];
  /** Public sealing key of the issuance centre. */
  readonly sealingKey: string;
  readonly clock: Pick<Clock, "nowMs">;
}): Readonly<Record<string, Route>> {
  const { service, centreAuthorities, sealingKey, clock } = options;
  const fromCentre = (peer: X509Certificate | undefined): Result<void> => {
    const trust = { authorities: centreAuthorities, nowMs: clock.nowMs() };
    const checked = peer ? checkSigner(peer, { role: "issuance-center" }, trust) : fail("K-NET-105");
    return checked.ok ? ok() : fail("K-NET-105", undefined, checked.error);
  };
  const sealed = async (requestId: string, answer: Result<unknown>): Promise<Result<unknown>> => {
    if (!answer.ok) return answer;
    const plain = Buffer.from(JSON.stringify(answer.value), "utf8");
    return ok({ sealed: await seal(sealingKey, "MDG-SEAL-MUNICIPALITY-TO-CENTRE-1", plain, requestId) });
  };
  return {
    "POST /v1/offer": route({
      schema: offerRequest,
      maxBytes: MAX_REQUEST_BYTES,
      async handle({ application, ocspResponse }, peer) {
        const client = fromCentre(peer);
        if (!client.ok) return client;
        return sealed(application.fields.requestId, await service.offer(application, ocspResponse));
      },
    }),
    "POST /v1/issue": route({
      schema: issueRequest,
      maxBytes: MAX_REQUEST_BYTES,
      async handle({ requestId, choice }, peer) {
        const client = fromCentre(peer);
        if (!client.ok) return client;
        return sealed(requestId, await service.issue(requestId, choice));
      },
    }),
    "GET /v1/schema": route({
      schema: z.strictObject({}),
      maxBytes: 0,
      async handle(_, peer) {
        const client = fromCentre(peer);
        return client.ok ? ok(apiSchema()) : client;
      },
    }),
  };
}

/** The API as JSON Schema (draft 2020-12), made from the schemas that check the messages. */
export function apiSchema(): Readonly<Record<string, unknown>> {
  const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema);
  return {
    "POST /v1/offer": {
      request: schemaOf(offerRequest),
      answer: schemaOf(sealedAnswer),
      sealedContent: schemaOf(offerAnswer),
    },
    "POST /v1/issue": {
      request: schemaOf(issueRequest),
      answer: schemaOf(sealedAnswer),
      sealedContent: schemaOf(issueAnswer),
    },
  };
}
