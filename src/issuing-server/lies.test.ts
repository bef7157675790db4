import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startMunicipality, type TestMunicipality } from "../../test/support/municipality.ts";
import { type Result, unwrap } from "../kernel/result.ts";
import { fromBase64Url } from "../protocol/encoding.ts";
import { personHash } from "../protocol/folding.ts";
import { layoutForm } from "../protocol/forms/layout.ts";
import { openSealed } from "../protocol/sealing.ts";
import { signStatement } from "../protocol/statement.ts";
import { createPdfEngine, everyPage, withPdf } from "../security-print/pages/engine.ts";
import { readForm } from "../security-print/reading/read-form.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/towns");
const MIDORINO = { town: join(EXAMPLES, "midorino"), code: "482013" };
const EBISAWA = { town: join(EXAMPLES, "ebisawa"), code: "483419" };
const MINUTE_MS = 60_000;

let town: TestMunicipality | undefined;
afterEach(async () => {
  await town?.stop();
  town = undefined;
});

async function start(options: Parameters<typeof startMunicipality>[0], ...linked: string[]): Promise<TestMunicipality> {
  town = await startMunicipality(options);
  for (const id of linked) await town.link(id);
  return town;
}

const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.error.code);

async function issueTo(
  at: TestMunicipality,
  residentId: string,
  statement: Parameters<TestMunicipality["choice"]>[1] = {},
) {
  const visit = await at.visit(residentId);
  const offered = await at.offer(visit);
  return offered.ok ? at.issue(visit, at.choice(visit, statement)) : offered;
}

const SELF = {
  kind: "resident-record" as const,
  options: { scope: "self" as const, headAndRelationship: false, domicile: false, myNumber: false },
};

describe("a lying renderer", () => {
  it("that draws other residents and says so is stopped by the gate", async () => {
    const at = await start(
      { ...MIDORINO, render: (real) => (order) => real({ ...order, residentIds: ["mi-005"] }) },
      "mi-001",
    );
    expect(codeOf(await issueTo(at, "mi-001"))).toBe("K-CERT-124");
  });

  it("that answers with another document is stopped by the gate", async () => {
    const kept: Awaited<ReturnType<Parameters<typeof startMunicipality>[0]["render"] & object>>[] = [];
    const at = await start(
      {
        ...MIDORINO,
        render: (real) => async (order) => {
          const drawn = await real(order);
          kept.push(async () => drawn);
          return kept[0]?.(order) ?? drawn;
        },
      },
      "mi-001",
      "mi-005",
    );
    expect(codeOf(await issueTo(at, "mi-001"))).toBe("ok");
    expect(codeOf(await issueTo(at, "mi-005"))).toBe("K-BIND-110");
  });

  it("that prints a field which was not chosen is stopped by the gate", async () => {
    const at = await start(
      {
        ...MIDORINO,
        render: (real) => (order) => {
          if (order.choice.kind !== "resident-record") return real(order);
          return real({ ...order, choice: { ...order.choice, options: { ...order.choice.options, myNumber: true } } });
        },
      },
      "mi-001",
    );
    expect(codeOf(await issueTo(at, "mi-001"))).toBe("K-BIND-136");
  });

  it("that signs another resident's page as the right one passes the gate, and R gives it away to whoever has k", async () => {
    const at = await start(
      {
        ...MIDORINO,
        render: (real) => async (order) => {
          const drawn = unwrap(await real({ ...order, residentIds: ["mi-005"] }));
          const d = JSON.parse(fromBase64Url(drawn.rendering.statement).toString());
          const rendering = signStatement("MDG-RENDERING-1", { ...d, residentIds: order.residentIds }, order.signer);
          return { ok: true, value: { pdf: drawn.pdf, rendering } };
        },
      },
      "mi-001",
    );
    const visit = await at.visit("mi-001");
    unwrap(await at.offer(visit));
    const answer = unwrap(await at.issue(visit, at.choice(visit, { choice: SELF })));
    const { requestId } = visit.application.fields;
    const k = unwrap(await openSealed(visit.session, "MDG-SEAL-PERSON-KEY-1", answer.personKey, requestId));
    const pdf = fromBase64Url(answer.documents[0]?.pdf ?? "");
    const read = unwrap(
      await withPdf(createPdfEngine(), pdf, (open) => everyPage(open, (page) => open.readPage(page))),
    );
    const { values } = unwrap(readForm(read, layoutForm(SELF, [{ foreign: false }])));
    const name = values.find((v) => v.field === "name")?.text ?? "";
    expect(name).toBe("高橋　文子");
    const { persons } = JSON.parse(fromBase64Url(answer.register.statement).toString());
    expect(persons).not.toContain(personHash(k, { name, birthDate: "1948-01-21" }));
    expect(persons).toEqual([personHash(k, { name: "佐藤　健一", birthDate: "1984-05-12" })]);
  });
});

describe("a wrong link", () => {
  it("attests the person whom it names: only the card's own items can tell", async () => {
    const at = await start(MIDORINO);
    await at.link("mi-001", "mi-005");
    const visit = await at.visit("mi-001");
    unwrap(await at.offer(visit));
    const answer = unwrap(await at.issue(visit, at.choice(visit)));
    const { requestId } = visit.application.fields;
    const k = unwrap(await openSealed(visit.session, "MDG-SEAL-PERSON-KEY-1", answer.personKey, requestId));
    const { holder } = JSON.parse(fromBase64Url(answer.register.statement).toString());
    expect(holder).toBe(personHash(k, { name: "高橋　文子", birthDate: "1948-01-21" }));
  });
});

describe("the attestor", () => {
  it("refuses with a register that nobody confirmed for too long, at the offer and at the issue", async () => {
    const at = await start({ ...MIDORINO, config: { register: "replica" } }, "mi-001");
    await at.clock.advance(9 * MINUTE_MS);
    const visit = await at.visit("mi-001");
    expect(codeOf(await at.offer(visit))).toBe("ok");
    await at.clock.advance(2 * MINUTE_MS);
    expect(codeOf(await at.issue(visit, at.choice(visit)))).toBe("K-CERT-121");
    expect(codeOf(await at.offer(await at.visit("mi-001")))).toBe("K-CERT-121");
  });

  it("goes on with a register that its own server keeps confirming", async () => {
    const at = await start(MIDORINO, "mi-001");
    await at.clock.advance(60 * MINUTE_MS);
    expect(codeOf(await issueTo(at, "mi-001"))).toBe("ok");
  });

  it("that does not answer is told apart from a refusal, and the request can be tried again", async () => {
    const at = await start(MIDORINO, "mi-001");
    const visit = await at.visit("mi-001");
    unwrap(await at.offer(visit));
    await at.stopAttestor();
    const choice = at.choice(visit);
    expect(codeOf(await at.issue(visit, choice))).toBe("K-CERT-122");
    await at.startAttestor();
    expect(codeOf(await at.issue(visit, choice))).toBe("ok");
  });

  it("remembers across a restart what a request chose", async () => {
    const at = await start(MIDORINO, "mi-001");
    const visit = await at.visit("mi-001");
    unwrap(await at.offer(visit));
    unwrap(await at.attest(visit, at.choice(visit)));
    await at.stopAttestor();
    await at.startAttestor();
    expect(codeOf(await at.attest(visit, at.choice(visit, { copies: 2 })))).toBe("K-BIND-118");
    expect(codeOf(await at.attest(visit, at.choice(visit)))).toBe("ok");
  });

  it("verifies A and S itself, whatever the issuing server thinks of them", async () => {
    const at = await start(MIDORINO, "mi-001");
    const visit = await at.visit("mi-001");
    expect(codeOf(await at.attest(visit, at.choice(visit)))).toBe("K-CERT-118");
    unwrap(await at.offer(visit));
    expect(codeOf(await at.attest(visit, at.choice(visit, {}, "kiosk-2")))).toBe("K-BIND-115");
    const { application } = visit;
    const forged = { ...visit, application: { ...application, signature: application.signature.replace(/^../, "AA") } };
    expect(codeOf(await at.attest(forged, at.choice(visit)))).toBe("K-BIND-120");
    await at.clock.advance(16 * MINUTE_MS);
    expect(codeOf(await at.attest(visit, at.choice(visit)))).toBe("K-CERT-118");
  });
});

describe("sessions", () => {
  it("end by themselves", async () => {
    const at = await start(MIDORINO, "mi-001");
    const visit = await at.visit("mi-001");
    unwrap(await at.offer(visit));
    await at.clock.advance(15 * MINUTE_MS);
    expect(codeOf(await at.issue(visit, at.choice(visit)))).toBe("K-CERT-118");
  });

  it("are refused when there is no room", async () => {
    const at = await start({ ...MIDORINO, config: { maxSessions: 1 } }, "mi-001", "mi-005");
    unwrap(await at.offer(await at.visit("mi-001")));
    expect(codeOf(await at.offer(await at.visit("mi-005")))).toBe("K-CERT-120");
  });
});

describe("a town with ordinary hours", () => {
  const japanTime = (text: string) => Date.parse(`${text}+09:00`);

  it("offers each certificate in its own hours, and words them", async () => {
    const at = await start({ ...EBISAWA, startMs: japanTime("2026-11-24T17:14:59") }, "eb-001");
    const { offer } = unwrap(await at.offer(await at.visit("eb-001")));
    expect(offer.items.map((i) => [i.kind, i.feePerCopyYen, i.hours.ja])).toEqual([
      [
        "resident-record",
        300,
        "サービス提供時間は6時30分から23時までです（12月29日から1月3日までを除く）。12月5日は設備の点検のため休止します。",
      ],
      [
        "seal-registration",
        250,
        "サービス提供時間は平日8時30分から17時15分まで、土曜日9時から12時までです（12月29日から1月3日までを除く）。12月5日は設備の点検のため休止します。",
      ],
    ]);
    await at.clock.advance(1_000);
    const later = unwrap(await at.offer(await at.visit("eb-001")));
    expect(later.offer.items.map((i) => i.kind)).toEqual(["resident-record"]);
  });

  it("refuses at night, whoever it is", async () => {
    const at = await start({ ...EBISAWA, startMs: japanTime("2026-11-24T23:00:00") }, "eb-001", "eb-025");
    for (const id of ["eb-001", "eb-025"]) expect(codeOf(await at.offer(await at.visit(id)))).toBe("K-CERT-113");
  });

  it("refuses what closed between offer and confirmation", async () => {
    const at = await start({ ...EBISAWA, startMs: japanTime("2026-11-24T22:59:00") }, "eb-001");
    const visit = await at.visit("eb-001");
    unwrap(await at.offer(visit));
    await at.clock.advance(MINUTE_MS);
    expect(codeOf(await at.issue(visit, at.choice(visit, { feePerCopyYen: 300 })))).toBe("K-CERT-113");
  });

  it("does not print what it does not offer", async () => {
    const at = await start({ ...EBISAWA, startMs: japanTime("2026-11-24T12:00:00") }, "eb-001");
    const choice = { ...SELF, options: { ...SELF.options, myNumber: true } };
    expect(codeOf(await issueTo(at, "eb-001", { choice, feePerCopyYen: 300 }))).toBe("K-CERT-116");
  });

  it("charges the fee of the day", async () => {
    const at = await start({ ...EBISAWA, startMs: japanTime("2026-12-28T22:00:00") }, "eb-001");
    at.clock.jumpWallClock(japanTime("2027-01-07T12:00:00"));
    await at.clock.advance(MINUTE_MS);
    const { offer } = unwrap(await at.offer(await at.visit("eb-001")));
    expect(offer.items[0]?.feePerCopyYen).toBe(10);
  });
});

describe("a town of one's own", () => {
  it("made in a test, with residents of a seed, issues to whoever lives there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mdg-own-"));
    writeTown(folder);
    const at = await start({ town: folder, code: "499013" });
    const [first] = at.register.residentIds().filter((id) => {
      const resident = at.register.resident(id);
      return resident && resident.birthDate < "2000" && !resident.protectiveMeasure;
    });
    if (!first) throw new Error("nobody lives there");
    await at.link(first);
    const answer = unwrap(await issueTo(at, first, { feePerCopyYen: 150 }));
    expect(answer.documents).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });
});

/** A third municipality, from the first one's `town.yaml` and a seed. */
function writeTown(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const yaml = readFileSync(join(MIDORINO.town, "town.yaml"), "utf8")
    .replace('"482013"', '"499013"')
    .replace("areas: []", "areas: [{ name: 本町, blocks: 9 }]")
    .replace("generator: none", "generator: { seed: 三つめの町, residents: 50, asOf: 2026-04-01 }");
  writeFileSync(join(folder, "town.yaml"), yaml);
  for (const file of ["residents.csv", "households.csv", "calendar.csv"]) {
    writeFileSync(join(folder, file), readFileSync(join(MIDORINO.town, file), "utf8").split("\n")[0] ?? "");
  }
  writeFileSync(join(folder, "fees.csv"), "certificate,feeYen,validFrom,validTo\nresident-record,150,2020-01-01,\n");
}
