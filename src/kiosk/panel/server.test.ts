import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { silentLogger } from "../../kernel/logger.ts";
import { unwrap } from "../../kernel/result.ts";
import type { PanelView, Touch } from "../../protocol/panel.ts";
import { type PanelServer, startPanelServer } from "./server.ts";

const view = (revision: number): PanelView => ({
  revision,
  language: "ja",
  view: { step: "notice" },
  canCancel: true,
  canBack: false,
});

let server: PanelServer;
const touches: { revision: number; touch: Touch }[] = [];
let tellView: (v: PanelView) => void = () => {};
afterEach(async () => {
  await server.close();
  touches.length = 0;
});

const quiet = { subject: { view: () => view(1), onView: () => () => {}, touch: () => {} }, logger: silentLogger };

async function start(options: { page?: string; framedBy?: string[] } = {}): Promise<URL> {
  server = unwrap(
    await startPanelServer({
      ...options,
      port: 0,
      origins: ["http://panel.test"],
      logger: silentLogger,
      subject: {
        view: () => view(1),
        onView(listener) {
          tellView = listener;
          return () => {};
        },
        touch: (revision, touch) => touches.push({ revision, touch }),
      },
    }),
  );
  return new URL(server.url);
}

/** How a connection began: opened, or refused with a status. */
function connect(url: URL, origin: string | undefined): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, origin === undefined ? {} : { origin });
    socket.on("open", () => resolve(socket));
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
    socket.on("error", () => {});
  });
}

function messages(socket: WebSocket): () => Promise<PanelView> {
  const got: PanelView[] = [];
  const waiting: ((v: PanelView) => void)[] = [];
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as PanelView;
    const next = waiting.shift();
    if (next) next(message);
    else got.push(message);
  });
  return () => {
    const first = got.shift();
    return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
  };
}

const own = (url: URL) => `http://${url.host}`;
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.on("close", resolve));

describe("the panel's socket", () => {
  test("lets in the page of its own address, and of a configured one, with this boot's token", async () => {
    const url = await start();
    expect(await connect(url, own(url))).toBeInstanceOf(WebSocket);
    expect(await connect(url, "http://panel.test")).toBeInstanceOf(WebSocket);
  });

  test.each([
    ["another Origin", (url: URL) => ({ url, origin: "http://evil.test" }), 403],
    ["no Origin", (url: URL) => ({ url, origin: undefined }), 403],
    ["another token", (url: URL) => ({ url: with_(url, { token: "A".repeat(32) }), origin: own(url) }), 401],
    ["no token", (url: URL) => ({ url: with_(url, { token: "" }), origin: own(url) }), 401],
    ["another path", (url: URL) => ({ url: with_(url, { path: "/" }), origin: own(url) }), 404],
  ])("refuses %s", async (_, of, status) => {
    const knock = of(await start());
    expect(await connect(knock.url, knock.origin)).toBe(status);
  });

  test("every boot has a token of its own", async () => {
    const first = (await start()).searchParams.get("token");
    await server.close();
    expect((await start()).searchParams.get("token")).not.toBe(first);
  });

  test("sends the whole view at once and on every change", async () => {
    const url = await start();
    const socket = new WebSocket(url, { origin: own(url) });
    const next = messages(socket);
    expect(await next()).toEqual(view(1));
    tellView(view(2));
    expect(await next()).toEqual(view(2));
  });

  test("passes a touch on with its revision", async () => {
    const url = await start();
    const socket = (await connect(url, own(url))) as WebSocket;
    socket.send(JSON.stringify({ revision: 7, touch: { touch: "pinDigit", digit: 4 } }));
    socket.close();
    await closed(socket);
    expect(touches).toEqual([{ revision: 7, touch: { touch: "pinDigit", digit: 4 } }]);
  });

  test.each([
    ["text that is not JSON", "hello"],
    ["a touch that there is not", JSON.stringify({ revision: 1, touch: { touch: "openTheSafe" } })],
    ["a digit that is none", JSON.stringify({ revision: 1, touch: { touch: "pinDigit", digit: 12 } })],
    ["a field too many", JSON.stringify({ revision: 1, touch: { touch: "agree", twice: true } })],
    ["bytes", Buffer.from([1, 2, 3])],
    ["more than a touch can be", `{"revision":1,"touch":{"touch":"${"x".repeat(5000)}"}}`],
  ])("ends the connection at %s, and nothing is touched", async (_, data) => {
    const url = await start();
    const socket = (await connect(url, own(url))) as WebSocket;
    const end = closed(socket);
    socket.send(data);
    expect([1008, 1009]).toContain(await end);
    expect(touches).toEqual([]);
  });

  test("tells its socket's path with the token to a page of its own, under its own name only", async () => {
    const url = await start();
    const [status, text] = await get(url, "/socket");
    expect([status, JSON.parse(text)]).toEqual([200, { path: `/panel${url.search}` }]);
    expect(await get(url, "/socket", { "sec-fetch-site": "same-origin" })).toEqual([200, text]);
    expect(await get(url, "/socket", { "sec-fetch-site": "same-site" })).toEqual([403, ""]);
    expect(await get(url, "/socket", { "sec-fetch-site": "cross-site" })).toEqual([403, ""]);
    expect(await get(url, "/socket", { host: `evil.test:${url.port}` })).toEqual([421, ""]);
  });

  test("serves the built page and nothing beside it, with a policy that lets it reach nothing else", async () => {
    const page = mkdtempSync(join(tmpdir(), "madoguchi-page-"));
    writeFileSync(join(page, "index.html"), "<!doctype html>");
    writeFileSync(join(page, "a-1234.js"), "1");
    const url = await start({ page, framedBy: ["http://bench.test"] });
    expect(await get(url, "/")).toEqual([200, "<!doctype html>"]);
    expect(await get(url, "/a-1234.js")).toEqual([200, "1"]);
    for (const path of ["/../server.ts", "/%2e%2e/server.ts", "/b.js", "//etc/passwd"])
      expect(await get(url, path)).toEqual([404, ""]);
    const policy = (await headers(url, "/"))["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors http://bench.test");
    rmSync(page, { recursive: true });
  });

  test("a page that was not built is a failure with its own code; without one only the socket is served", async () => {
    const url = await start();
    expect(await get(url, "/")).toEqual([404, expect.stringContaining("panel.page")]);
    const folder = mkdtempSync(join(tmpdir(), "madoguchi-page-"));
    expect(await startPanelServer({ ...quiet, port: 0, page: folder })).toMatchObject({
      ok: false,
      error: { code: "K-CONF-101" },
    });
    rmSync(folder, { recursive: true });
  });

  test("a port that is taken is a failure with its own code", async () => {
    const url = await start();
    const second = await startPanelServer({ ...quiet, port: Number(url.port) });
    expect(second).toMatchObject({ ok: false, error: { code: "K-CONF-105" } });
  });
});

function with_(url: URL, change: { token?: string; path?: string }): URL {
  const other = new URL(url);
  if (change.token !== undefined) other.searchParams.set("token", change.token);
  if (change.path !== undefined) other.pathname = change.path;
  return other;
}

function get(url: URL, path: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  return new Promise((resolve) => {
    const asked = request({ host: url.hostname, port: url.port, path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    });
    asked.end();
  });
}

async function headers(url: URL, path: string): Promise<Record<string, string | undefined>> {
  const response = await fetch(new URL(path, `http://${url.host}`));
  return Object.fromEntries(response.headers);
}
