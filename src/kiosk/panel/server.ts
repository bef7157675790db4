import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Logger } from "../../kernel/logger.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { fromOwnPage, toOwnHost } from "../../protocol/http/own-host.ts";
import { loadPages, type Pages } from "../../protocol/http/pages.ts";
import type { PanelTouch, PanelView, Touch } from "../../protocol/panel.ts";
import { parseJson } from "../../protocol/statement.ts";
import { panelTouch } from "./touch-schema.ts";

/** What the panel shows and touches. */
export interface PanelSubject {
  view(): PanelView;
  onView(listener: (view: PanelView) => void): () => void;
  touch(revision: number, touch: Touch): void;
}

export interface PanelServer {
  /** `ws://127.0.0.1:PORT/panel?token=…` */
  readonly url: string;
  /** `http://127.0.0.1:PORT/`: what the kiosk's browser opens. */
  readonly pageUrl: string;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const PATH = "/panel";
/** Where the page asks for the socket's path with this boot's token, at its start and after the kiosk was started again. */
const WHERE = "/socket";
/** A touch is some eighty bytes. */
const MAX_TOUCH_BYTES = 1_024;
/** The panel itself, and a bench that shows it beside the machine. */
const MAX_PAGES = 4;
/** A page that does not read is let go before it holds more than this. */
const MAX_WAITING_BYTES = 1_000_000;
const POLICY_VIOLATION = 1008;

/**
 * The panel's page and WebSocket on the loopback address. A page needs this boot's token in the query and an Origin that is
 * ours; it gets the whole view at once and on every change, and its touches are checked before they are believed.
 * `K-CONF-105` when the port is taken, `K-CONF-101` when the page was not built.
 */
export function startPanelServer(options: {
  /** 0: one of the system's choice. */
  readonly port: number;
  /** Origins besides the server's own. */
  readonly origins?: readonly string[];
  /** Folder of the built page; without it only the socket is served. */
  readonly page?: string | undefined;
  /** Origins that may show the page in a frame: the bench. */
  readonly framedBy?: readonly string[];
  readonly subject: PanelSubject;
  readonly logger: Logger;
}): Promise<Result<PanelServer>> {
  const token = randomBytes(24).toString("base64url");
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_TOUCH_BYTES, perMessageDeflate: false });
  const pages =
    options.page === undefined ? ok(undefined) : loadPages(options.page, { framedBy: options.framedBy ?? [] });
  if (!pages.ok) return Promise.resolve(pages);
  let port = options.port;
  const server = createServer((request, response) => answer(request, response, { port, token, pages: pages.value }));
  let origins: ReadonlySet<string> = new Set(options.origins);

  const refuse = (socket: Socket, status: string, why: string) => {
    options.logger.event("panel.refused", { why });
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const url = new URL(request.url ?? "/", `http://${HOST}`);
    if (url.pathname !== PATH) return refuse(socket, "404 Not Found", "path");
    if (!origins.has(request.headers.origin ?? "")) return refuse(socket, "403 Forbidden", "origin");
    if (!sameToken(url.searchParams.get("token") ?? "", token)) return refuse(socket, "401 Unauthorized", "token");
    if (sockets.clients.size >= MAX_PAGES) return refuse(socket, "503 Service Unavailable", "too many pages");
    sockets.handleUpgrade(request, socket, head, (page) => serve(page, options.subject, options.logger));
  });
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(
        fail(error.code === "EADDRINUSE" ? "K-CONF-105" : "K-NET-101", { port: options.port, why: error.message }),
      ),
    );
    server.listen(options.port, HOST, () => {
      port = (server.address() as AddressInfo).port;
      origins = new Set([...origins, `http://${HOST}:${port}`, `http://localhost:${port}`]);
      resolve(
        ok({
          url: `ws://${HOST}:${port}${PATH}?token=${token}`,
          pageUrl: `http://${HOST}:${port}/`,
          close: () =>
            new Promise<void>((done) => {
              for (const page of sockets.clients) page.terminate();
              server.close(() => done());
              server.closeAllConnections();
            }),
        }),
      );
    });
  });
}

function serve(page: WebSocket, subject: PanelSubject, logger: Logger): void {
  const send = (view: PanelView) => {
    if (page.bufferedAmount > MAX_WAITING_BYTES) page.terminate();
    else page.send(JSON.stringify(view));
  };
  const stop = subject.onView(send);
  page.on("close", stop);
  page.on("error", () => page.terminate());
  page.on("message", (data: RawData, isBinary: boolean) => {
    const touch = isBinary ? fail("K-NET-104", { why: "binary" }) : parseJson(bytesOf(data), panelTouch);
    if (touch.ok) {
      const { revision, touch: touched }: PanelTouch = touch.value;
      subject.touch(revision, touched);
      return;
    }
    logger.event("panel.refused", { why: "touch" });
    page.close(POLICY_VIOLATION, "not a touch");
  });
  send(subject.view());
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  panel: { readonly port: number; readonly token: string; readonly pages: Pages | undefined },
): void {
  const plain = (status: number, text: string, type = "text/plain") => {
    response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" }).end(text);
  };
  const own = toOwnHost(request, panel.port);
  if (own && request.method === "GET" && request.url === WHERE) {
    if (!fromOwnPage(request, panel.port)) plain(403, "");
    else plain(200, JSON.stringify({ path: `${PATH}?token=${panel.token}` }), "application/json");
  } else if (own && panel.pages) panel.pages.answer(request, response);
  else if (own) plain(404, "This kiosk was started without a page (panel.page in kiosk.yaml).\n");
  else plain(421, "");
}

function sameToken(given: string, token: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}
