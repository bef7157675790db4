import type { IncomingMessage } from "node:http";
import { isIP, isIPv4 } from "node:net";

/**
 * Who is counted as one visitor: an address, of IPv6 the network of 64 bits that one household or firm has. Behind `proxies`
 * proxies it is the address that the outermost of them wrote into `x-forwarded-for`; what stands further left the visitor may
 * have written himself, and does not count. Where the header has no such address, a request counts as its sender's.
 */
export function visitorOf(request: Pick<IncomingMessage, "socket" | "headers">, proxies: number): string {
  const sender = request.socket.remoteAddress ?? "";
  if (proxies === 0) return networkOf(sender);
  const forwarded = [request.headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const told = withoutPort((forwarded.at(-proxies) ?? "").trim());
  return networkOf(isIP(told) > 0 ? told : sender);
}

/** Some gateways write a port behind the address: `192.0.2.7:4711`, `[2001:db8::7]:4711`. */
function withoutPort(address: string): string {
  const [, bracketed] = /^\[(.*)\](?::\d+)?$/.exec(address) ?? [];
  return bracketed ?? address.replace(/^([\d.]+):\d+$/, "$1");
}

function networkOf(address: string): string {
  const [plain = ""] = address.split("%");
  if (plain === "" || isIPv4(plain)) return plain;
  const groups = groupsOf(plain);
  const mapped = groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff";
  return mapped ? groups.slice(6).flatMap(bytesOf).join(".") : groups.slice(0, 4).join(":");
}

/** The eight groups of an IPv6 address, in the form that URLs have: hexadecimal without zeros in front (RFC 5952). */
function groupsOf(address: string): string[] {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const [first, last] = [head, tail ?? ""].map((part) => (part === "" ? [] : part.split(":"))) as [string[], string[]];
  return [...first, ...Array<string>(8 - first.length - last.length).fill("0"), ...last];
}

function bytesOf(group: string): number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 255];
}
