import { fail, ok } from "../../src/kernel/result.ts";
import type { BytePort, PortOpener } from "./port.ts";

/** Two ends of one in-process connection. Bytes arrive in a later microtask, in order; closing one end closes both. */
export function memoryPortPair(): [BytePort, BytePort] {
  const a = createEnd();
  const b = createEnd();
  a.peer = b;
  b.peer = a;
  return [a.port, b.port];
}

interface End {
  peer: End | undefined;
  readonly port: BytePort;
  deliver(bytes: Uint8Array): void;
  shut(): void;
}

function createEnd(): End {
  let data: ((bytes: Uint8Array) => void) | undefined;
  let closed: (() => void) | undefined;
  let open = true;
  let closeTold = false;
  // What arrives before anybody listens is kept, as a socket keeps it.
  let early: Uint8Array[] = [];
  const tellClose = () => {
    if (open || closeTold || !closed) return;
    closeTold = true;
    closed();
  };
  const end: End = {
    peer: undefined,
    deliver(bytes) {
      if (!open) return;
      if (data) data(bytes);
      else early.push(bytes);
    },
    shut() {
      if (!open) return;
      open = false;
      queueMicrotask(tellClose);
    },
    port: {
      async write(bytes) {
        if (!open) return fail("K-LINK-102");
        const copy = Uint8Array.from(bytes);
        queueMicrotask(() => end.peer?.deliver(copy));
        return ok();
      },
      onData(listener) {
        data = listener;
        const waiting = early;
        early = [];
        for (const bytes of waiting) queueMicrotask(() => end.deliver(bytes));
      },
      onClose(listener) {
        closed = listener;
        if (!open) queueMicrotask(tellClose);
      },
      close() {
        // Bytes already written still arrive: closing waits behind them.
        queueMicrotask(() => {
          end.shut();
          end.peer?.shut();
        });
      },
    },
  };
  return end;
}

/** An opener without a wire, for tests and for devices in one process with their simulator. */
export interface MemoryOpener extends PortOpener {
  /** While true every opening fails with `K-LINK-101`. */
  refuse(on: boolean): void;
  /** Closes the open connection, as pulling the plug does. */
  cut(): void;
  /** How often `open` was called. */
  openings(): number;
}

/** Each opening makes a fresh pair and gives the far end to `accept` (usually a simulator's `attach`). */
export function memoryOpener(accept: (port: BytePort) => void, address = "memory:"): MemoryOpener {
  let refusing = false;
  let openings = 0;
  let current: BytePort | undefined;
  return {
    address,
    async open() {
      openings += 1;
      if (refusing) return fail("K-LINK-101", { address });
      const [near, far] = memoryPortPair();
      current = near;
      accept(far);
      return ok(near);
    },
    refuse(on) {
      refusing = on;
    },
    cut() {
      current?.close();
    },
    openings: () => openings,
  };
}
