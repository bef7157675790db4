import type { IncomingMessage } from "node:http";

/**
 * Whether a request was made to this loopback server by its own name, and by a page of its own or by no page. A site of
 * the internet whose name was bent to 127.0.0.1 (DNS rebinding) has its own name in `Host`; a page of another origin says
 * so in `Sec-Fetch-Site` (Fetch Metadata, W3C).
 */
export function fromOwnPage(request: IncomingMessage, port: number): boolean {
  const site = request.headers["sec-fetch-site"];
  return toOwnHost(request, port) && (site === undefined || site === "same-origin" || site === "none");
}

/** Whether `Host` is one of the two loopback names of this server. */
export function toOwnHost(request: IncomingMessage, port: number): boolean {
  return request.headers.host === `127.0.0.1:${port}` || request.headers.host === `localhost:${port}`;
}
