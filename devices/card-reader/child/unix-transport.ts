import { unlinkSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { Result } from "../../../src/kernel/result.ts";
import { control, createFrameParser, encodeFrame } from "../vpcd-framing.ts";
import { done, failure, refuse } from "./outcome.ts";
import type { ReaderTransport, TransportNews } from "./transport.ts";

/** One card: a connection, and who waits for its next message. */
interface Card {
  readonly socket: Socket;
  waiting: ((answer: Result<Uint8Array>) => void) | undefined;
}

/**
 * The embedded reader: listens on a unix socket as vpcd listens for its slot. A client is a card on the reader, closing is
 * taking it off. The slot holds one card: a second client is turned away until the first has gone.
 */
export function createUnixTransport(path: string, news: TransportNews): ReaderTransport {
  let card: Card | undefined;
  /** The card of the open session; not the one that lies there after a change. */
  let session: Card | undefined;

  const server = createServer((socket) => {
    socket.on("error", () => {});
    if (card) {
      socket.destroy();
      return;
    }
    const inserted: Card = { socket, waiting: undefined };
    card = inserted;
    const parser = createFrameParser();
    socket.on("data", (bytes: Buffer) => {
      for (const message of parser.push(bytes)) {
        const waiting = inserted.waiting;
        inserted.waiting = undefined;
        waiting?.(done(message));
      }
      bytes.fill(0);
    });
    socket.on("close", () => {
      card = undefined;
      inserted.waiting?.(refuse("K-CARD-103"));
      inserted.waiting = undefined;
      news.presence(false);
    });
    news.presence(true);
  });
  server.on("error", (error) => news.giveUp(failure("K-CARD-112", { why: error.message })));
  // A reader's process that was killed leaves its socket file behind; the parent never runs two at a time.
  try {
    unlinkSync(path);
  } catch {
    // Nothing was left behind; if the path is unusable, listening says so.
  }
  server.listen(path, () => news.available());

  const exchange = (to: Card, message: Uint8Array): Promise<Result<Uint8Array>> =>
    new Promise((resolve) => {
      if (to.socket.destroyed) return resolve(refuse("K-CARD-103"));
      to.waiting = resolve;
      post(to, message);
    });

  return {
    async connect() {
      if (!card) return refuse("K-CARD-101");
      session = card;
      post(session, Uint8Array.of(control.on));
      const atr = await exchange(session, Uint8Array.of(control.atr));
      return atr.ok ? done(undefined) : atr;
    },
    async transmit(apdu) {
      return session ? exchange(session, apdu) : refuse("K-CARD-103");
    },
    async disconnect() {
      if (session && !session.socket.destroyed) post(session, Uint8Array.of(control.reset));
      session = undefined;
    },
  };
}

function post(to: Card, message: Uint8Array): void {
  const frame = encodeFrame(message);
  to.socket.write(frame, () => frame.fill(0));
}
