import { rmSync } from "node:fs";
import type { Server } from "node:net";
import { messageOf } from "./errors/failure.ts";
import { fail, ok, type Result } from "./result.ts";

/**
 * Lets a server listen on a unix socket that only this user can open. What a killed process has left at the path is
 * removed: whoever calls holds something else (a data folder, a serial port) that two cannot hold. `K-NET-101` when the
 * socket cannot be made.
 */
export function listenPrivately(server: Server, path: string): Promise<Result<void>> {
  return new Promise((resolve) => {
    const mask = process.umask(0o177);
    server.once("error", (error) => {
      process.umask(mask);
      resolve(fail("K-NET-101", { path, why: messageOf(error) }));
    });
    rmSync(path, { force: true });
    server.listen(path, () => {
      process.umask(mask);
      resolve(ok());
    });
  });
}
