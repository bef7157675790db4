import { createServer, type Socket } from "node:net";
import { listenPrivately } from "../../src/kernel/private-socket.ts";
import { ok, type Result } from "../../src/kernel/result.ts";
import { createLineReader, encodeLine, type ToBridge, type ToKiosk, toBridge } from "../protocol.ts";

/** The socket that the kiosk connects to: one kiosk at a time, a later one takes the place of an earlier one. */
export interface KioskSocket {
  connected(): boolean;
  /** Dropped when nobody is connected. */
  say(message: ToKiosk): void;
  close(): Promise<void>;
}

/** A kiosk that does not read is cut off before its unread lines fill the memory. */
const MAX_UNREAD_BYTES = 256 * 1_024;

/** Listens on a unix socket that only this user can open. `K-NET-101` when it cannot. */
export async function listenForKiosk(
  path: string,
  on: {
    connection(connected: boolean): void;
    message(message: ToBridge): void;
    garbage(bytes: number): void;
  },
): Promise<Result<KioskSocket>> {
  let current: Socket | undefined;

  function leave(socket: Socket): void {
    if (current !== socket) return;
    current = undefined;
    on.connection(false);
  }

  const server = createServer((socket) => {
    const earlier = current;
    current = socket;
    earlier?.destroy();
    const read = createLineReader(toBridge);
    socket.on("error", () => {});
    socket.on("close", () => leave(socket));
    socket.on("data", (bytes: Buffer) => {
      for (const line of read(bytes)) {
        if (current !== socket) return;
        if ("message" in line) on.message(line.message);
        else on.garbage(line.garbageBytes);
      }
    });
    on.connection(true);
  });

  const listening = await listenPrivately(server, path);
  if (!listening.ok) return listening;
  return ok({
    connected: () => current !== undefined,
    say(message) {
      if (!current) return;
      if (current.writableLength > MAX_UNREAD_BYTES) current.destroy();
      else current.write(encodeLine(message));
    },
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        current?.destroy();
      }),
  });
}
