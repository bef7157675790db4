import { createServer, type Socket } from "node:net";
import { socketPort } from "../../devices/contract/openers.ts";
import {
  createReceiptPrinterSimulator,
  type ReceiptPrinterSimulator,
} from "../../devices/receipt-printer/simulator/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";

/** The simulated receipt printer on the network, as a printer with an Ethernet card is. */
export interface TcpReceiptPrinter {
  readonly simulator: ReceiptPrinterSimulator;
  /** Its address on the loopback network; the port is 9100. */
  readonly ip: string;
  /** Nobody listens any more; the address stays. */
  close(): Promise<void>;
}

/** The port of printers on a network. receiptio knows no other, so each printer gets an address of its own. */
const PRINTER_PORT = 9100;
const ATTEMPTS = 200;

/** Starts one on a free address of 127.0.0.0/8. */
export async function startTcpReceiptPrinter(): Promise<TcpReceiptPrinter> {
  const simulator = createReceiptPrinterSimulator({ clock: systemClock });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    simulator.attach(socketPort(socket));
  });
  for (let i = 0; i < ATTEMPTS; i++) {
    const ip = `127.91.${(process.pid >> 8) & 0xff}.${((process.pid + i) % 254) + 1}`;
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once("error", resolve);
      server.listen(PRINTER_PORT, ip, () => {
        server.off("error", resolve);
        resolve(undefined);
      });
    });
    if (error?.code === "EADDRINUSE") continue;
    if (error) throw error;
    return {
      simulator,
      ip,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    };
  }
  throw new Error("no free address for a printer");
}
