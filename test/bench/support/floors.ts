import { readFileSync } from "node:fs";
import { z } from "zod";
import { systemClock } from "../../../src/kernel/clock.ts";
import { silentLogger } from "../../../src/kernel/logger.ts";
import { ok, unwrap } from "../../../src/kernel/result.ts";
import { createJsonClient } from "../../../src/protocol/http/client.ts";
import { route, startJsonServer } from "../../../src/protocol/http/server.ts";
import { loadTlsIdentity } from "../../../src/protocol/identity-files.ts";
import { createPdfEngine, withPdf } from "../../../src/security-print/pages/engine.ts";
import { ensureTownPki } from "../../../src/town/pki/town-pki.ts";
import { sampleMs } from "./samples.ts";

/** One empty request and answer over a kept mutual TLS connection on this machine: no message can cost less. */
export async function tlsRoundTrips(pkiFolder: string, count: number): Promise<number[]> {
  const pki = await ensureTownPki(pkiFolder, { municipalities: [], kiosks: ["kiosk-0001"] });
  const device = pki.kiosks["kiosk-0001"];
  if (!device) throw new Error("no kiosk in the town's PKI");
  const server = unwrap(
    await startJsonServer({
      port: 0,
      tls: unwrap(loadTlsIdentity({ ...pki.operatorCenter.tls, authorities: [pki.authorities.device] })),
      routes: { "POST /": route({ schema: z.strictObject({}), maxBytes: 100, handle: async () => ok({}) }) },
      logger: silentLogger,
    }),
  );
  const client = createJsonClient({
    url: server.url,
    clock: systemClock,
    timeoutMs: 5_000,
    tls: unwrap(loadTlsIdentity({ ...device, authorities: [pki.authorities.centre] })),
  });
  const samples = await sampleMs(count, async () => unwrap(await client.call("POST", "/", {}, z.strictObject({}))));
  client.close();
  await server.close();
  return samples;
}

/** Drawing the first page of a certificate at 600 dpi with pdfium, and nothing else. */
export async function pageDrawings(pdfFile: string, count: number): Promise<number[]> {
  const engine = createPdfEngine();
  const pdf = readFileSync(pdfFile);
  return sampleMs(count, async () =>
    unwrap(await withPdf(engine, pdf, (document) => document.renderGrey(0, 4960, 7016))),
  );
}
