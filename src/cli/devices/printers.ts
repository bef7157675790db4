import { spawnSync } from "node:child_process";
import { createCertificatePrinter } from "../../../devices/certificate-printer/printer.ts";
import { systemClock } from "../../kernel/clock.ts";
import { describeFailure } from "../../kernel/errors/failure.ts";
import { silentLogger } from "../../kernel/logger.ts";
import type { Attached } from "./attached.ts";

const CHECK_TIMEOUT_MS = 5_000;

/** Printers that announce themselves on the network; empty where nobody can search for them. */
export function announcedPrinters(): readonly string[] {
  const search = spawnSync("ippfind", ["-T", "1"], { encoding: "utf8", timeout: 10_000 });
  return (search.stdout ?? "").split("\n").filter((line) => line.startsWith("ipp:"));
}

/** Asks the printer at an address whether it could print a certificate. */
export async function askPrinter(address: string): Promise<Attached> {
  const about = { kind: "ippPrinter", address, path: address } as const;
  const created = createCertificatePrinter({ name: "printer", address, clock: systemClock, logger: silentLogger });
  if (!created.ok) return { ...about, what: describeFailure(created.error), couldBe: [] };
  const checked = await created.value.check({ timeoutMs: CHECK_TIMEOUT_MS });
  await created.value.close();
  if (checked.ok) return { ...about, what: "prints certificates as it is", couldBe: ["certificate-printer"] };
  return { ...about, what: describeFailure(checked.error), couldBe: [] };
}
