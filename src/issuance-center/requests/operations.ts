import { fail, ok, type Result } from "../../kernel/result.ts";
import { type KioskOperation, kioskOperations } from "../../protocol/messages/kiosk.ts";
import { applyRequest } from "./apply.ts";
import type { RequestContext, Sender } from "./context.ts";
import { openRequest } from "./open.ts";
import { prepareRequest } from "./prepare.ts";
import { settleRequest } from "./settle.ts";

/**
 * Carries out one operation for a verified sender. `K-NET-104` when the body does not have the operation's form. Two
 * messages that want the same step of one request at the same moment: the later gets `K-CENT-123`.
 */
export function createOperations(
  context: RequestContext,
): (operation: KioskOperation, body: unknown, sender: Sender) => Promise<Result<unknown>> {
  const underWay = new Set<string>();
  const alone = async <T>(requestId: string, work: () => Promise<Result<T>>): Promise<Result<T>> => {
    if (underWay.has(requestId)) return fail("K-CENT-123", { requestId });
    underWay.add(requestId);
    try {
      return await work();
    } finally {
      underWay.delete(requestId);
    }
  };
  return async (operation, body, sender) => {
    switch (operation) {
      case "directory":
        return ok({ asOfMs: context.clock.nowMs(), municipalities: context.routing.directory() });
      case "open":
        return openRequest(context, sender);
      case "apply": {
        const request = form(kioskOperations.apply.request, body);
        if (!request.ok) return request;
        const { requestId } = request.value.application.fields;
        return alone(requestId, () => applyRequest(context, sender, request.value));
      }
      case "prepare": {
        const request = form(kioskOperations.prepare.request, body);
        return request.ok
          ? alone(request.value.requestId, () => prepareRequest(context, sender, request.value))
          : request;
      }
      case "settle": {
        const request = form(kioskOperations.settle.request, body);
        return request.ok
          ? alone(request.value.requestId, () => settleRequest(context, sender, request.value))
          : request;
      }
    }
  };
}

type Parses<T> = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
};

function form<T>(schema: Parses<T>, body: unknown): Result<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return fail("K-NET-104", { key: issue?.path.map(String).join(".") ?? "", allowed: issue?.message ?? "" });
}
