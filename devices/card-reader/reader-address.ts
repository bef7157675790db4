import { fail, ok, type Result } from "../../src/kernel/result.ts";

/** Where the reader is: a PC/SC reader by a part of its name, or the embedded reader's unix socket. */
export type ReaderAddress =
  | { readonly scheme: "pcsc"; readonly readerName: string }
  | { readonly scheme: "unix"; readonly path: string };

/** Reads `pcsc:NAME` (a part of the reader's name that only this reader has; empty where there is only one) or `unix:/path`. Else `K-LINK-103`. */
export function parseReaderAddress(address: string): Result<ReaderAddress> {
  const colon = address.indexOf(":");
  const scheme = address.slice(0, Math.max(colon, 0));
  const rest = address.slice(colon + 1);
  if (scheme === "pcsc") return ok({ scheme, readerName: rest });
  if (scheme === "unix" && rest.startsWith("/")) return ok({ scheme, path: rest });
  return fail("K-LINK-103", { address, why: "a card reader is pcsc:NAME or unix:/path" });
}
