import { createListeners } from "../../../devices/contract/listeners.ts";
import type { Clock } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { RendererLie } from "../lies/lies.ts";
import { type ToSupervisor, type TownReport, toBench } from "./protocol.ts";

/** The bench's end of the channel to the supervisor that started it. */
export interface TownControl {
  /** What the supervisor said last; nothing runs as far as a bench without a supervisor knows. */
  town(): TownReport;
  onChange(listener: () => void): () => void;
  /** `K-TOWN-107` when the supervisor refuses, `K-TOWN-108` without one, `K-NET-102` when it does not answer. */
  process(name: string, action: "stop" | "start" | "kill"): Promise<Result<void>>;
  lie(municipality: string, lie: RendererLie): Promise<Result<void>>;
}

/** A two-way channel of messages, as `process` has one when it was forked. */
export interface MessageChannel {
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** The channel to the process that forked this one, if one did. */
export function parentChannel(): MessageChannel | undefined {
  if (!process.send) return undefined;
  return {
    // The callback takes the error of a parent that went away just now; without it that would be thrown.
    send: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => {})),
    onMessage: (listener) => void process.on("message", listener),
  };
}

/** Longer than a process may take to stop, to be killed, and to start again on a busy machine. */
const ANSWER_TIMEOUT_MS = 70_000;

/** Speaks with the supervisor over `channel`; without one every request fails with `K-TOWN-108`. */
export function createTownControl(channel: MessageChannel | undefined, clock: Clock): TownControl {
  const changes = createListeners<void>();
  const waiting = new Map<number, (result: Result<void>) => void>();
  let town: TownReport = { processes: [], lies: {} };
  let nextId = 1;

  channel?.onMessage((message) => {
    const heard = toBench.safeParse(message);
    if (!heard.success) return;
    const { data } = heard;
    if (data.say === "town") {
      town = data.town;
      changes.emit();
      return;
    }
    const { failure } = data;
    waiting.get(data.id)?.(failure ? fail("K-TOWN-107", { ...failure.detail, code: failure.code }) : ok());
  });

  const ask = (question: (id: number) => ToSupervisor) =>
    new Promise<Result<void>>((resolve) => {
      if (!channel) return resolve(fail("K-TOWN-108"));
      const id = nextId++;
      const timer = clock.setTimer(ANSWER_TIMEOUT_MS, () => settle(fail("K-NET-102", { method: "supervisor" })));
      const settle = (result: Result<void>) => {
        timer.cancel();
        waiting.delete(id);
        resolve(result);
      };
      waiting.set(id, settle);
      channel.send(question(id));
    });

  channel?.send({ ask: "town", id: 0 } satisfies ToSupervisor);
  return {
    town: () => town,
    onChange: changes.add,
    process: (name, action) => ask((id) => ({ ask: "process", id, name, action })),
    lie: (municipality, lie) => ask((id) => ({ ask: "lie", id, municipality, lie })),
  };
}
