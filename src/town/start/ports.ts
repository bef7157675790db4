import { type AddressInfo, createServer, type Server } from "node:net";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/**
 * Ports on 127.0.0.1 that the system chose and that were free a moment ago, so that processes which must know each other's
 * address can start together. Somebody else may take one in between: the start then fails with `K-CONF-105` and is tried
 * again with others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** `K-CONF-105` when one of these ports on 127.0.0.1 is taken: known before a town is made and its processes are started. */
export async function portsFree(ports: readonly number[]): Promise<Result<void>> {
  for (const port of ports) {
    try {
      const server = await listen(port);
      await new Promise((done) => server.close(done));
    } catch (thrown) {
      return fail("K-CONF-105", { port, why: messageOf(thrown) });
    }
  }
  return ok();
}

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
