import { connect, type Socket } from "node:net";
import { messageOf } from "../../src/kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { type LinkAddress, parseLinkAddress } from "./address.ts";
import type { BytePort, PortOpener } from "./port.ts";

/**
 * The opener for a configured address. `K-LINK-103` when the address is not understood. Opening fails with `K-LINK-101`
 * and the system's own words.
 */
export function openerFor(address: string): Result<PortOpener> {
  const parsed = parseLinkAddress(address);
  if (!parsed.ok) return parsed;
  const at = parsed.value;
  return ok({
    address,
    open: (signal) => (at.scheme === "serial" ? openSerial(at, signal) : openSocket(at, address, signal)),
  });
}

function openSocket(
  at: Exclude<LinkAddress, { scheme: "serial" }>,
  address: string,
  signal: AbortSignal,
): Promise<Result<BytePort>> {
  return new Promise((resolve) => {
    const socket = at.scheme === "unix" ? connect(at.path) : connect({ host: at.host, port: at.port, noDelay: true });
    const refuse = (why: string) => {
      socket.destroy();
      resolve(fail("K-LINK-101", { address, why }));
    };
    const onAbort = () => refuse("given up");
    const onError = (error: Error) => {
      signal.removeEventListener("abort", onAbort);
      refuse(error.message);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      resolve(ok(socketPort(socket)));
    });
  });
}

/** A connected socket of `node:net` as a `BytePort`; also for the accepting side. The socket must not be read elsewhere. */
export function socketPort(socket: Socket): BytePort {
  // An error is always followed by `close`, which is what counts here; without a listener it would end the process.
  socket.on("error", () => {});
  return {
    write: (bytes) => writeTo(socket, bytes),
    onData(listener) {
      socket.on("data", listener);
    },
    onClose(listener) {
      if (socket.closed) queueMicrotask(listener);
      else socket.once("close", () => listener());
    },
    close: () => void socket.destroy(),
  };
}

interface Writes {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
  off(event: "close", listener: () => void): unknown;
}

function writeTo(stream: Writes, bytes: Uint8Array): Promise<Result<void>> {
  return new Promise((resolve) => {
    const closed = () => resolve(fail("K-LINK-102"));
    if (stream.destroyed) return closed();
    stream.once("close", closed);
    stream.write(bytes, (error) => {
      stream.off("close", closed);
      resolve(error ? fail("K-LINK-102", { why: error.message }) : ok());
    });
  });
}

async function openSerial(
  at: Extract<LinkAddress, { scheme: "serial" }>,
  signal: AbortSignal,
): Promise<Result<BytePort>> {
  // Loaded only here: most kiosks of the embedded default have no serial port, and its native part takes memory.
  const { SerialPort } = await import("serialport");
  const refuse = (why: string) => fail("K-LINK-101", { address: at.path, why });
  let serial: InstanceType<typeof SerialPort>;
  try {
    serial = new SerialPort({
      path: at.path,
      baudRate: at.baud,
      parity: at.parity,
      dataBits: at.dataBits,
      stopBits: at.stopBits,
      lock: true,
      autoOpen: false,
    });
  } catch (thrown) {
    return refuse(messageOf(thrown));
  }
  // serialport 13 notices an unplugged adapter only while somebody reads: with no data listener there is no `close` and
  // `isOpen` stays true. So one is attached before the port is even open and it is never taken off.
  let listener: (bytes: Uint8Array) => void = () => {};
  serial.on("data", (bytes: Buffer) => listener(bytes));
  serial.on("error", () => {});
  const opened = await new Promise<Result<void>>((resolve) =>
    serial.open((error) => resolve(error ? refuse(error.message) : ok())),
  );
  if (!opened.ok) return opened;
  if (signal.aborted) {
    serial.close();
    return refuse("given up");
  }
  // Adapters that have modem lines want them raised; a pty has none and refuses, which is no fault.
  serial.set({ dtr: true, rts: true }, () => {});
  let closed = false;
  serial.once("close", () => {
    closed = true;
  });
  return ok({
    write: (bytes) => (serial.isOpen ? writeTo(serial, bytes) : Promise.resolve(fail("K-LINK-102"))),
    onData(next) {
      listener = next;
    },
    onClose(told) {
      if (closed) queueMicrotask(told);
      else serial.once("close", () => told());
    },
    close() {
      if (serial.isOpen) serial.close();
    },
  });
}
