import { type Clock, withTimeout } from "../../src/kernel/clock.ts";
import { type Failure, failure } from "../../src/kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../src/kernel/result.ts";
import { decodeIpp } from "./ipp/decode.ts";
import { encodeAttributes } from "./ipp/encode.ts";
import {
  attribute,
  charset,
  type IppAttribute,
  type IppMessage,
  integer,
  nameText,
  naturalLanguage,
  uri,
} from "./ipp/message.ts";
import { isSuccess, type OperationName, operations, statuses, statusName } from "./ipp/registry.ts";
import type { IppTransport } from "./transport.ts";

/** The only name that a printer ever sees: who prints is the machine, never a citizen. */
export const REQUESTING_USER = "madoguchi";

/** What one operation says besides the attributes that every request has. */
export interface IppRequest {
  /** The job that is meant; stands right after `printer-uri` (RFC 8011, section 4.1.5). */
  readonly jobId?: number;
  readonly operation?: readonly IppAttribute[];
  readonly job?: readonly IppAttribute[];
  readonly document?: Uint8Array;
}

/** Speaks operations with one printer. */
export interface IppClient {
  /**
   * One operation. Errors: those of the transport, `K-CMD-101` when there is no answer in time, `K-PRINT-102` when the
   * answer is no IPP or belongs to another request, and what `statusFailure` makes of a refusal.
   */
  call(
    operation: OperationName,
    request: IppRequest,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Result<IppMessage>>;
}

const MAX_REQUEST_ID = 0x7fffffff;

/** A client for the printer at `printerUri`. */
export function createIppClient(clock: Clock, printerUri: string, transport: IppTransport): IppClient {
  let lastRequestId = 0;
  return {
    async call(operation, request, options) {
      lastRequestId = lastRequestId === MAX_REQUEST_ID ? 1 : lastRequestId + 1;
      const requestId = lastRequestId;
      const attributes = encodeAttributes({
        version: { major: 2, minor: 0 },
        code: operations[operation],
        requestId,
        groups: [
          {
            tag: "operation",
            attributes: [
              attribute("attributes-charset", charset("utf-8")),
              attribute("attributes-natural-language", naturalLanguage("en")),
              attribute("printer-uri", uri(printerUri)),
              ...(request.jobId === undefined ? [] : [attribute("job-id", integer(request.jobId))]),
              attribute("requesting-user-name", nameText(REQUESTING_USER)),
              ...(request.operation ?? []),
            ],
          },
          ...(request.job ? [{ tag: "job", attributes: request.job } as const] : []),
        ],
        data: new Uint8Array(0),
      });
      const answer = await withTimeout(clock, { ...options, what: operation }, (signal) =>
        transport.send(attributes, request.document, signal),
      );
      if (!answer.ok) return answer;
      const message = decodeIpp(answer.value);
      if (!message.ok) return message;
      if (message.value.requestId !== requestId) return fail("K-PRINT-102", { why: "another-request", operation });
      if (!isSuccess(message.value.code)) return err(statusFailure(message.value.code, operation));
      return ok(message.value);
    },
  };
}

/** A refusal of the printer as a failure of the catalogue; the status keyword stays in the detail. */
export function statusFailure(code: number, operation: OperationName): Failure {
  const detail = { operation, status: statusName(code) };
  switch (code) {
    case statuses["server-error-busy"]:
      return failure("K-PRINT-103", detail);
    case statuses["server-error-not-accepting-jobs"]:
    case statuses["server-error-printer-is-deactivated"]:
      return failure("K-PRINT-104", detail);
    case statuses["client-error-document-format-not-supported"]:
    case statuses["client-error-document-format-error"]:
      return failure("K-PRINT-105", detail);
    case statuses["client-error-not-found"]:
    case statuses["client-error-gone"]:
      return failure("K-PRINT-108", detail);
    case statuses["server-error-device-error"]:
      return failure("K-PRINT-207", detail);
    default:
      return failure("K-PRINT-106", detail);
  }
}
