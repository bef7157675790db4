import type { Clock } from "../../kernel/clock.ts";
import type { Personal } from "../../kernel/personal.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Application } from "../../protocol/application.ts";
import type { IssueAnswer } from "../../protocol/messages/municipality.ts";
import type { Identified } from "../attestor/messages.ts";

/** A request between offer and answer. It holds who it is about by id only; names are read again when they are needed. */
export interface Session {
  readonly application: Application;
  readonly applicationHash: string;
  readonly identified: Identified;
  readonly openedAtMs: number;
  /** The one choice of this request and what came of it; a retry gets the same. Wiped when the session ends. */
  issue: { readonly choiceHash: string; readonly answer: Promise<Result<Personal<IssueAnswer>>> } | undefined;
}

/**
 * Open requests by their id: never "the next one" (docs/domain.md, 横浜). They end by themselves after `lifeMs` on the
 * monotonic clock, with what they hold.
 */
export interface Sessions {
  /** Opens a session, or finds the one that is open. `K-CERT-120` when there is no room. */
  open(requestId: string, session: Session): Result<Session>;
  find(requestId: string): Session | undefined;
  /** Forgets everything. */
  clear(): void;
}

/** Sessions in memory only: each ends `lifeMs` after it began, and past `maxSessions` no new one is taken. */
export function createSessions(options: {
  readonly clock: Pick<Clock, "setTimer">;
  readonly lifeMs: number;
  readonly maxSessions: number;
}): Sessions {
  const open = new Map<string, { session: Session; timer: { cancel(): void } }>();
  const end = (requestId: string) => {
    const { session, timer } = open.get(requestId) ?? {};
    open.delete(requestId);
    timer?.cancel();
    void session?.issue?.answer.then((answer) => answer.ok && answer.value.wipe());
  };
  return {
    open(requestId, session) {
      const there = open.get(requestId);
      if (there) return ok(there.session);
      if (open.size >= options.maxSessions) return fail("K-CERT-120");
      const timer = options.clock.setTimer(options.lifeMs, () => end(requestId));
      open.set(requestId, { session, timer });
      return ok(session);
    },
    find: (requestId) => open.get(requestId)?.session,
    clear() {
      for (const requestId of [...open.keys()]) end(requestId);
    },
  };
}
