import type { Result } from "../../src/kernel/result.ts";

/** One open connection that carries bytes: a serial port, a unix or TCP socket, or an in-process pair. */
export interface BytePort {
  /** Resolves when the bytes are handed to the system; `K-LINK-102` when the port closed. */
  write(bytes: Uint8Array): Promise<Result<void>>;
  /** One listener each; set before anything else is awaited, so that nothing is missed. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called exactly once, also after `close()`. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Opens connections to one address, one after the other. */
export interface PortOpener {
  /** The address as configured, for logs: `unix:/run/…`, `tcp:host:port`, `serial:/dev/…`. */
  readonly address: string;
  open(signal: AbortSignal): Promise<Result<BytePort>>;
}
