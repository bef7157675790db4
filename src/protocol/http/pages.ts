import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** The files of a built page, held in memory: nothing of a request ever becomes a path. */
export interface Pages {
  /** Answers a request for one of the files (404 otherwise), with headers that keep the page to itself. */
  answer(request: IncomingMessage, response: ServerResponse): void;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".ttf": "font/ttf",
};

interface File {
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  /** Read when it is asked for the first time: a page has hundreds of font slices, of which few are ever used. */
  bytes(): Buffer;
}

/**
 * Reads the list of files of a built page once. `framedBy`: origins that may show it in a frame. `connectTo`: origins that
 * the page may talk to besides its own, `frames`: origins that it may show. `K-CONF-101` when the folder has no `index.html`.
 */
export function loadPages(
  folder: string,
  allow: {
    readonly framedBy?: readonly string[];
    readonly connectTo?: readonly string[];
    readonly frames?: readonly string[];
  } = {},
): Result<Pages> {
  const files = new Map<string, File>();
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      const file = servable(folder, entry);
      if (file) files.set(file.path, file);
    }
  } catch (thrown) {
    return fail("K-CONF-101", { file: folder, why: messageOf(thrown) });
  }
  const index = files.get("/index.html");
  if (!index) return fail("K-CONF-101", { file: join(folder, "index.html"), why: "the page was not built" });
  files.set("/", index);
  const headers = headersOf(allow);
  return ok({
    answer(request, response) {
      const file = files.get(request.url?.split("?", 1)[0] ?? "");
      if (!file || (request.method !== "GET" && request.method !== "HEAD")) {
        response.writeHead(file ? 405 : 404, headers).end();
        return;
      }
      // Names of built files carry a hash of their content; the page itself must be looked at anew each time.
      const cache = file === index ? "no-cache" : "public, max-age=31536000, immutable";
      const head = { ...headers, "content-type": file.type, "cache-control": cache, etag: file.etag };
      if (request.headers["if-none-match"] === file.etag) {
        response.writeHead(304, head).end();
        return;
      }
      response.writeHead(200, head).end(request.method === "HEAD" ? undefined : file.bytes());
    },
  });
}

function servable(folder: string, entry: Dirent): File | undefined {
  const type = types[extname(entry.name)];
  if (!entry.isFile() || !type) return undefined;
  const full = join(entry.parentPath, entry.name);
  let bytes: Buffer | undefined;
  const path = `/${relative(folder, full).split(sep).join("/")}`;
  // index.html is the only file whose name says nothing about its content.
  const etag = `"${createHash("sha256")
    .update(entry.name === "index.html" ? readFileSync(full) : path)
    .digest("base64url")}"`;
  return {
    path,
    type,
    etag,
    bytes() {
      bytes ??= readFileSync(full);
      return bytes;
    },
  };
}

/** A page loads nothing from anywhere else, runs only its own scripts, and is shown in nobody else's frame. */
function headersOf(allow: {
  readonly framedBy?: readonly string[];
  readonly connectTo?: readonly string[];
  readonly frames?: readonly string[];
}): Record<string, string> {
  const list = (origins: readonly string[] | undefined, otherwise: string) =>
    origins && origins.length > 0 ? origins.join(" ") : otherwise;
  return {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "img-src 'self' data: blob:",
      `connect-src 'self' ${(allow.connectTo ?? []).join(" ")}`.trim(),
      `frame-src ${list(allow.frames, "'none'")}`,
      `frame-ancestors ${list(allow.framedBy, "'none'")}`,
      "base-uri 'none'",
      "form-action 'none'",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  };
}
