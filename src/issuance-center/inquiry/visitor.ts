import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * Who is counted as one visitor: an address, of IPv6 the network of 64 bits that one household or firm has. Behind `proxies`
 * proxies it is the address that the outermost of them wrote into `x-forwarded-for`; what stands further left the visitor may
 * have written himself, and does not count. Where the header has no such address, a request counts as its sender's.
 */
export function visitorOf(request: Pick<IncomingMessage, "socket" | "headers">, proxies: number): string {
  const sender = request.socket.remoteAddress ?? "";
  if (proxies === 0) return networkOf(sender);
  const forwarded = [request.headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const told = (forwarded.at(-proxies) ?? "").trim();
  return networkOf(isIP(told) > 0 ? told : sender);
}

function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) while (groups.length < 4) groups.push("0");
  return groups.slice(0, 4).join(":");
}
