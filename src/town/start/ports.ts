import { type AddressInfo, createServer, type Server } from "node:net";

/**
 * Ports on 127.0.0.1 that the system chose and that were free a moment ago, so that processes which must know each other's
 * address can start together. Somebody else may take one in between: the start then fails with `K-CONF-105` and is tried
 * again with others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function listen(): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
