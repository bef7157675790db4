import { afterEach, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { smallPdf } from "../../../test/support/small-pdf.ts";
import { systemClock } from "../../kernel/clock.ts";
import { unwrap } from "../../kernel/result.ts";
import { createPdfEngine, withPdf } from "../pages/engine.ts";
import { codeFront } from "../scramble/strips.ts";
import { createPageProcess, type PageProcess } from "./page-process.ts";

const twoPages = smallPdf({ pages: ["BT /F1 20 Tf 100 700 Td (one) Tj ET", "BT /F1 20 Tf 100 700 Td (two) Tj ET"] });
const made: PageProcess[] = [];
const pageProcess = (options: Partial<Parameters<typeof createPageProcess>[0]> = {}) => {
  const made1 = createPageProcess({ clock: systemClock, ...options });
  made.push(made1);
  return made1;
};

afterEach(async () => {
  for (const process of made.splice(0)) await process.close();
});

describe("the page process", () => {
  it("gives the same front hashes as this process does: every party sees the same page", async () => {
    const engine = createPdfEngine();
    const here = unwrap(await withPdf(engine, twoPages, (pdf) => pdf.frontHash(1)));
    const there = unwrap(await pageProcess().frontHashes(twoPages));
    expect(there).toHaveLength(2);
    expect(there[1]).toBe(here);
    expect(there[0]).not.toBe(here);
  });

  it("reads pages, several documents at once in their turn", async () => {
    const process = pageProcess();
    const [first, second] = await Promise.all([process.read(twoPages), process.read(twoPages)]);
    expect(unwrap(first).map((page) => page.chars.map((c) => c.text).join(""))).toEqual(["one", "two"]);
    expect(second).toEqual(first);
  });

  it("draws pages for a centre: the front to seal, its hash, and what the page says", async () => {
    const process = pageProcess();
    const drawn = unwrap(await process.draw(twoPages));
    expect(drawn.map((page) => page.frontHash)).toEqual(unwrap(await process.frontHashes(twoPages)));
    expect(drawn.map((page) => page.reading)).toEqual(unwrap(await process.read(twoPages)));
    const front = unwrap(await withPdf(createPdfEngine(), twoPages, (pdf) => pdf.front(1)));
    expect(drawn[1]?.front).toEqual(codeFront(front));
  });

  it("passes on why a document is refused and serves the next one", async () => {
    const process = pageProcess();
    expect(await process.read(Buffer.from("not a PDF"))).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
    expect((await process.read(twoPages)).ok).toBe(true);
  });

  it("kills a child that hangs and puts another in its place", async () => {
    const clock = createFakeClock();
    const pages = pageProcess({ clock, timeoutMs: 1000 });
    expect((await pages.frontHashes(twoPages)).ok).toBe(true);
    const pid = pages.pid();
    process.kill(pid ?? 0, "SIGSTOP");
    const stuck = pages.frontHashes(twoPages);
    await clock.advance(1000);
    expect(await stuck).toMatchObject({ ok: false, error: { code: "K-CERT-104" } });
    expect((await pages.frontHashes(twoPages)).ok).toBe(true);
    expect(pages.pid()).not.toBe(pid);
  });

  it("answers when its child is killed at its work", async () => {
    const pages = pageProcess();
    pages.warm();
    const work = pages.frontHashes(twoPages);
    process.kill(pages.pid() ?? 0, "SIGKILL");
    expect(await work).toMatchObject({ ok: false, error: { code: "K-CERT-104" } });
    expect((await pages.frontHashes(twoPages)).ok).toBe(true);
  });

  it("replaces its child after a number of documents", async () => {
    const pages = pageProcess({ documentsPerChild: 2 });
    await pages.frontHashes(twoPages);
    const first = pages.pid();
    await pages.frontHashes(twoPages);
    expect(pages.pid()).not.toBe(first);
    expect((await pages.frontHashes(twoPages)).ok).toBe(true);
  });

  it("does no more work after close", async () => {
    const pages = pageProcess();
    await pages.close();
    expect(await pages.read(twoPages)).toMatchObject({ ok: false, error: { code: "K-CERT-104" } });
  });
});
