import { encodeIpp } from "../ipp/encode.ts";
import {
  attribute,
  charset,
  groupsOf,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
  naturalLanguage,
  text,
  textsOf,
} from "../ipp/message.ts";
import { type OperationName, operationNames, type StatusName, statuses } from "../ipp/registry.ts";

/** What an operation answers. */
export interface Answer {
  readonly status: StatusName;
  readonly groups?: readonly IppGroup[];
  readonly message?: string;
}

/** A request after the checks that every operation has in common. */
export interface Request {
  readonly message: IppMessage;
  readonly operation: IppGroup;
  readonly job: IppGroup | undefined;
}

/** The checks that RFC 8011, section 4.1, asks of every request, then the operation. */
export function answerTo(message: IppMessage, handlers: Record<OperationName, (request: Request) => Answer>): Answer {
  if (message.version.major < 1 || message.version.major > 2) return { status: "server-error-version-not-supported" };
  if (message.requestId <= 0) return { status: "client-error-bad-request", message: "request-id" };
  const [operation] = message.groups;
  const [first, second] = operation?.attributes ?? [];
  const inOrder = first?.name === "attributes-charset" && second?.name === "attributes-natural-language";
  if (operation?.tag !== "operation" || !inOrder) return { status: "client-error-bad-request", message: "charset" };
  if (!["utf-8", "us-ascii"].includes(textsOf(operation, "attributes-charset")[0]?.toLowerCase() ?? "")) {
    return { status: "client-error-charset-not-supported" };
  }
  if (hasDuplicates(operation.attributes))
    return { status: "client-error-bad-request", message: "duplicate attribute" };
  const name = operationNames.get(message.code);
  if (!name) return { status: "server-error-operation-not-supported" };
  const addressed = textsOf(operation, "printer-uri").length > 0 || textsOf(operation, "job-uri").length > 0;
  if (!addressed) return { status: "client-error-bad-request", message: "printer-uri" };
  return handlers[name]({ message, operation, job: groupsOf(message, "job")[0] });
}

function hasDuplicates(attributes: readonly IppAttribute[]): boolean {
  return new Set(attributes.map((a) => a.name)).size !== attributes.length;
}

/** The answer's octets, in the version that the request spoke. */
export function encodeAnswer(request: IppMessage, answer: Answer): Uint8Array {
  const { major, minor } = request.version;
  return encodeIpp({
    version: major === 1 || major === 2 ? { major, minor: major === 1 ? 1 : minor } : { major: 2, minor: 0 },
    code: statuses[answer.status],
    requestId: request.requestId,
    groups: [
      {
        tag: "operation",
        attributes: [
          attribute("attributes-charset", charset("utf-8")),
          attribute("attributes-natural-language", naturalLanguage("en")),
          attribute("status-message", text(answer.message ?? answer.status)),
        ],
      },
      ...(answer.groups ?? []),
    ],
    data: new Uint8Array(0),
  });
}
