import { connect } from "node:net";
import { messageOf } from "../../kernel/errors/failure.ts";
import { createJsonLineReader, encodeJsonLine } from "../../kernel/json-lines.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import {
  type FixupId,
  type HealthPart,
  MAX_STAFF_LINE_BYTES,
  type StaffHealth,
  type StaffReply,
  type StaffRequest,
  toStaff,
} from "../../protocol/staff.ts";

/** A connection to the kiosk on this machine, for staff. Every request ends with `K-KIOSK-134` when the kiosk goes away. */
export interface StaffClient {
  health(): Promise<Result<StaffHealth>>;
  /** The kiosk's refusal or its device's answer as the error; `mended` when what was wrong is gone. */
  fix(part: HealthPart, fixup: FixupId): Promise<Result<{ readonly mended: boolean; readonly health: StaffHealth }>>;
  close(): Promise<void>;
}

type Unnumbered<R> = R extends { id: number } ? Omit<R, "id"> : never;

/** Connects to a kiosk's staff socket. `K-KIOSK-134` when none answers there. */
export function connectStaff(path: string): Promise<Result<StaffClient>> {
  const socket = connect(path);
  const waiting = new Map<number, (reply: Result<StaffReply>) => void>();
  const read = createJsonLineReader(toStaff, MAX_STAFF_LINE_BYTES);
  let nextId = 1;
  let why = "";

  const ask = (request: Unnumbered<StaffRequest>) =>
    new Promise<Result<StaffReply>>((resolve) => {
      if (socket.destroyed) return resolve(fail("K-KIOSK-134", { path }));
      const id = nextId++;
      waiting.set(id, resolve);
      socket.write(encodeJsonLine({ ...request, id }));
    });

  const client: StaffClient = {
    async health() {
      const reply = await ask({ ask: "health" });
      if (!reply.ok) return reply;
      return reply.value.say === "health" ? ok(reply.value.health) : fail("K-NET-103", { path });
    },
    async fix(part, fixup) {
      const reply = await ask({ ask: "fix", part, fixup });
      if (!reply.ok) return reply;
      if (reply.value.say === "refused") return fail(reply.value.code, { part, fixup });
      return reply.value.say === "fixed" ? ok(reply.value) : fail("K-NET-103", { path });
    },
    close: () =>
      new Promise((closed) => {
        if (socket.destroyed) return closed();
        socket.once("close", () => closed());
        socket.destroy();
      }),
  };

  return new Promise((resolve) => {
    socket.once("connect", () => resolve(ok(client)));
    socket.on("error", (error) => {
      why = messageOf(error);
    });
    socket.on("data", (bytes: Buffer) => {
      for (const line of read(bytes)) {
        if (!("message" in line)) continue;
        waiting.get(line.message.id)?.(ok(line.message));
        waiting.delete(line.message.id);
      }
    });
    socket.on("close", () => {
      const gone = fail("K-KIOSK-134", { path, why });
      resolve(gone);
      for (const settle of waiting.values()) settle(gone);
      waiting.clear();
    });
  });
}
