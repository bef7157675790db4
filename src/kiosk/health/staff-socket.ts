import { createServer, type Socket } from "node:net";
import { createJsonLineReader, encodeJsonLine } from "../../kernel/json-lines.ts";
import type { Logger } from "../../kernel/logger.ts";
import { listenPrivately } from "../../kernel/private-socket.ts";
import { ok, type Result } from "../../kernel/result.ts";
import {
  type FixupId,
  type HealthPart,
  MAX_STAFF_LINE_BYTES,
  type StaffHealth,
  type StaffReply,
  type StaffRequest,
  toKiosk,
} from "../../protocol/staff.ts";
import type { Health } from "./health.ts";

export interface StaffSocket {
  close(): Promise<void>;
}

/** The maintenance menu, a command, and one that somebody forgot to end. */
const MAX_CONNECTIONS = 4;

/**
 * Answers staff at the machine over a unix socket that only the kiosk's user can open (`src/protocol/staff.ts`). Without a
 * path nothing is served. `K-NET-101` when the socket cannot be made.
 */
export async function startStaffSocket(options: {
  readonly path: string | undefined;
  readonly health: () => Health;
  readonly serving: () => boolean;
  readonly fix: (part: HealthPart, fixup: FixupId) => Promise<Result<boolean>>;
  readonly logger: Logger;
}): Promise<Result<StaffSocket>> {
  const { path, logger } = options;
  if (path === undefined) return ok({ close: async () => {} });
  const open = new Set<Socket>();

  const health = (): StaffHealth => {
    const { serviceable, parts, issues } = options.health();
    return { serviceable, serving: options.serving(), parts, issues };
  };

  async function answer(request: StaffRequest): Promise<StaffReply> {
    const { id } = request;
    if (request.ask === "health") return { id, say: "health", health: health() };
    const fixed = await options.fix(request.part, request.fixup);
    return fixed.ok
      ? { id, say: "fixed", mended: fixed.value, health: health() }
      : { id, say: "refused", code: fixed.error.code };
  }

  const server = createServer((socket) => {
    if (open.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    open.add(socket);
    const read = createJsonLineReader(toKiosk, MAX_STAFF_LINE_BYTES);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.on("data", (bytes: Buffer) => {
      for (const line of read(bytes)) {
        if ("message" in line) void answer(line.message).then((reply) => say(socket, reply));
        else logger.event("staff.garbage", { bytes: line.garbageBytes });
      }
    });
  });

  const listening = await listenPrivately(server, path);
  if (!listening.ok) return listening;
  return ok({
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        for (const socket of open) socket.destroy();
      }),
  });
}

/** Somebody who asks and never reads is cut off before the answers fill the memory. */
function say(socket: Socket, reply: StaffReply): void {
  if (socket.writableLength > MAX_STAFF_LINE_BYTES) socket.destroy();
  else if (!socket.destroyed) socket.write(encodeJsonLine(reply));
}
