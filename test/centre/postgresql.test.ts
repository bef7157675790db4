import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { ok, unwrap } from "../../src/kernel/result.ts";
import { hashText } from "../../src/protocol/encoding.ts";
import { createPageProcess, type PageProcess } from "../../src/security-print/page-process/page-process.ts";
import { applied, makeCard, makeKiosk, type TestKiosk } from "../support/centre-kiosk.ts";
import { type CentreTown, startCentreTown } from "../support/centre-town.ts";
import { createTestPostgres, type TestPostgres } from "../support/postgres.ts";
import { smallPdf } from "../support/small-pdf.ts";

/** The centres as in a real installation: Debian's PostgreSQL, and the process that draws real PDFs. */
describe("both centres on PostgreSQL, with real pages", () => {
  let server: TestPostgres;
  let pages: PageProcess;
  let town: CentreTown;
  let kiosk: TestKiosk;
  let drawn = 0;

  beforeAll(async () => {
    server = createTestPostgres();
    pages = createPageProcess({ clock: systemClock });
    town = await startCentreTown({
      database: (name) => ({ kind: "postgresql", url: server.databaseUrl(name), maxConnections: 4 }),
      pages,
      frontHashes: async (pdf) => unwrap(await pages.frontHashes(pdf)),
    });
    const page = (text: string) => `BT /F1 24 Tf 100 700 Td (${text}) Tj ET`;
    town.city.pdfOf = (copy) => smallPdf({ pages: [page(`first ${copy} ${drawn++}`), page("second")] });
    kiosk = await makeKiosk(town);
  });
  afterAll(async () => {
    kiosk.close();
    await town.stop();
    await pages.close();
    server.destroy();
  });

  it("prepares documents whose pages it drew again and found the same", async () => {
    const { requestId, application } = await applied(kiosk, await makeCard(town));
    const choice = kiosk.choice(application, { copies: 2, feeYen: 600 });
    const reply = unwrap(await kiosk.call("prepare", { requestId, choice }));
    const statements = reply.documents.map(({ centre }) =>
      JSON.parse(Buffer.from(centre.statement, "base64url").toString("utf8")),
    );
    expect(statements.map((c) => c.antiForgery.length)).toEqual([2, 2]);
    expect(statements[0].antiForgery[1].frontHash).toBe(statements[1].antiForgery[1].frontHash);
    expect(statements[0].antiForgery[0].frontHash).not.toBe(statements[1].antiForgery[0].frontHash);
  });

  it("finds a page that is not the one that was signed, by its picture", async () => {
    const { requestId, application } = await applied(kiosk, await makeCard(town));
    town.city.lies = { release: (m) => ({ ...m, pageHashes: [m.pageHashes[1] ?? "", m.pageHashes[0] ?? ""] }) };
    const swapped = await kiosk.call("prepare", { requestId, choice: kiosk.choice(application) });
    town.city.lies = {};
    expect(swapped).toMatchObject({ ok: false, error: { code: "K-BIND-123", detail: { page: 1 } } });
  });

  it("refuses bytes that are no document", async () => {
    const { requestId, application } = await applied(kiosk, await makeCard(town));
    const soup = Buffer.from("%PDF-1.7 soup", "utf8");
    town.city.lies = {
      release: (m) => ({ ...m, pdfHash: hashText(soup) }),
      answer: (a) => ({
        ...a,
        documents: a.documents.map((d) => ({ ...d, pdf: soup.toString("base64url") })),
      }),
    };
    const refused = await kiosk.call("prepare", { requestId, choice: kiosk.choice(application) });
    town.city.lies = {};
    expect(refused).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
  });

  it("says that its database is gone, and answers the same message when it is back", async () => {
    const message = await kiosk.message("open", {});
    server.stopNow();
    expect(await kiosk.send(message)).toMatchObject({ ok: false, error: { code: "K-CENT-140" } });
    server.start();
    const opened = await kiosk.send(message);
    expect(opened).toEqual(
      ok({ requestId: expect.any(String), nonce: expect.any(String), notAfterMs: expect.any(Number) }),
    );
    expect(await kiosk.send(message)).toEqual(opened);
  });
});
