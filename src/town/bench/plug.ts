import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { socketPort } from "../../../devices/contract/openers.ts";
import type { BytePort } from "../../../devices/contract/port.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** The cable between a simulated device and the kiosk: a unix socket that the device serves. */
export interface Plug {
  /** Pulls the cable (every connection breaks, new ones are refused) or puts it back. */
  setConnected(connected: boolean): Promise<Result<void>>;
  connected(): boolean;
  close(): Promise<void>;
}

/** Serves a simulated device on `path`; each connection's bytes go to `attach`. `K-NET-101` when it cannot listen. */
export async function startPlug(path: string, attach: (port: BytePort) => void): Promise<Result<Plug>> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    attach(socketPort(socket));
  });
  const listen = () =>
    new Promise<Result<void>>((resolve) => {
      const refuse = (error: Error) => resolve(fail("K-NET-101", { path, why: messageOf(error) }));
      server.once("error", refuse);
      rmSync(path, { force: true });
      server.listen(path, () => {
        server.off("error", refuse);
        resolve(ok());
      });
    });
  const pull = () =>
    new Promise<void>((done) => {
      if (!server.listening) return done();
      server.close(() => done());
      for (const socket of connections) socket.destroy();
    });
  const listening = await listen();
  if (!listening.ok) return listening;
  return ok({
    async setConnected(connected) {
      if (connected === server.listening) return ok();
      if (connected) return listen();
      await pull();
      return ok();
    },
    connected: () => server.listening,
    close: pull,
  });
}
