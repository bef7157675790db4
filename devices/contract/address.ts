import { fail, ok, type Result } from "../../src/kernel/result.ts";

/** A byte link's address taken apart. */
export type LinkAddress =
  | { readonly scheme: "unix"; readonly path: string }
  | { readonly scheme: "tcp"; readonly host: string; readonly port: number }
  | ({ readonly scheme: "serial"; readonly path: string } & SerialSettings);

export interface SerialSettings {
  readonly baud: number;
  readonly parity: "none" | "even" | "odd";
  readonly dataBits: 7 | 8;
  readonly stopBits: 1 | 2;
}

const BAUD = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200];
// Linux takes no `mark` and `space` from serialport 13, so they are refused here and not at the first opening.
const PARITIES = ["none", "even", "odd"] as const;
const DATA_BITS = [7, 8] as const;
const STOP_BITS = [1, 2] as const;
const SERIAL_KEYS = ["baud", "parity", "data", "stop"];

/**
 * Reads `unix:/path`, `tcp:host:port` (`tcp:[::1]:port`) or `serial:/dev/x?baud=9600&parity=even&data=8&stop=1` (what is
 * not said is 9600 8N1). Anything else is `K-LINK-103` with the reason; `pcsc:` and `ipp:` carry no plain bytes and are
 * read by their own devices.
 */
export function parseLinkAddress(address: string): Result<LinkAddress> {
  const refuse = (why: string) => fail("K-LINK-103", { address, why });
  const colon = address.indexOf(":");
  const scheme = address.slice(0, Math.max(colon, 0));
  const rest = address.slice(colon + 1);
  if (scheme === "unix") {
    return rest.startsWith("/") ? ok({ scheme, path: rest }) : refuse("unix: needs an absolute path");
  }
  if (scheme === "tcp") {
    const parts = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/]+):([0-9]{1,5})$/.exec(rest);
    const port = Number(parts?.[2]);
    if (!parts?.[1] || port < 1 || port > 65535) return refuse("tcp: needs host:port, port 1 to 65535");
    return ok({ scheme, host: parts[1].replace(/^\[|\]$/g, ""), port });
  }
  if (scheme === "serial") return parseSerial(rest, refuse);
  return refuse("a byte link is serial:, unix: or tcp:");
}

function parseSerial(rest: string, refuse: (why: string) => Result<never>): Result<LinkAddress> {
  const question = rest.indexOf("?");
  const path = question < 0 ? rest : rest.slice(0, question);
  if (!path.startsWith("/")) return refuse("serial: needs an absolute path");
  const query = new URLSearchParams(question < 0 ? "" : rest.slice(question + 1));
  for (const key of query.keys()) {
    if (!SERIAL_KEYS.includes(key)) return refuse(`serial: takes ${SERIAL_KEYS.join(", ")}, not ${key}`);
    if (query.getAll(key).length > 1) return refuse(`serial: ${key} is given twice`);
  }
  const baud = pick(query.get("baud") ?? "9600", BAUD);
  const parity = pick(query.get("parity") ?? "none", PARITIES);
  const dataBits = pick(query.get("data") ?? "8", DATA_BITS);
  const stopBits = pick(query.get("stop") ?? "1", STOP_BITS);
  if (baud === undefined) return refuse(`baud is one of ${BAUD.join(", ")}`);
  if (parity === undefined) return refuse(`parity is one of ${PARITIES.join(", ")}`);
  if (dataBits === undefined) return refuse(`data is one of ${DATA_BITS.join(", ")}`);
  if (stopBits === undefined) return refuse(`stop is one of ${STOP_BITS.join(", ")}`);
  return ok({ scheme: "serial", path, baud, parity, dataBits, stopBits });
}

function pick<T extends string | number>(text: string, allowed: readonly T[]): T | undefined {
  return allowed.find((value) => String(value) === text);
}
