import { join } from "node:path";
import { type InquiryConfig, inquiryConfig } from "../../src/issuance-center/inquiry/config.ts";
import { startInquiry } from "../../src/issuance-center/inquiry/start.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import type { Running } from "../../src/kernel/process.ts";
import { unwrap } from "../../src/kernel/result.ts";

/** The inquiry site as visitors see it, on a free port, with its page of the folder of `built` ones. */
export async function startBuiltInquiry(
  inspectionKeys: string,
  built: string,
  change: Partial<InquiryConfig> = {},
): Promise<Running> {
  const config = inquiryConfig.parse({ listen: { port: 0 }, inspectionKeys, page: join(built, "inquiry") });
  return unwrap(await startInquiry({ ...config, ...change }, { clock: systemClock, logger: silentLogger }));
}

/** Gives the site a file and reads its answer to the end, line by line. */
export async function giveFile<Line extends { readonly kind: string }>(
  address: string,
  body: Uint8Array,
  headers: Record<string, string> = {},
) {
  const response = await fetch(address, { method: "POST", body: Buffer.from(body), headers });
  const lines = (await response.text())
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  return { status: response.status, headers: response.headers, kinds: lines.map(({ kind }) => kind), lines };
}
