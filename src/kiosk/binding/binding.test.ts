import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import {
  createParties,
  hanako,
  type Issuance,
  issuance,
  type Lie,
  NOW_MS,
  type Parties,
  reader,
  stranger,
  taro,
} from "../../../test/support/issuance.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import type { Result } from "../../kernel/result.ts";
import type { PrepareReply } from "../../protocol/messages/kiosk.ts";
import { tags } from "../../protocol/roles.ts";
import { generateSealingKeyPair, seal } from "../../protocol/sealing.ts";
import { signStatement } from "../../protocol/statement.ts";
import type { PageReading } from "../../security-print/pages/reading.ts";
import { readForm } from "../../security-print/reading/read-form.ts";
import type { VerifiedPreparation } from "../ports.ts";
import { type BindingChecks, bindingChecks, createBinding } from "./binding.ts";

const parties = createParties();

function bindingOf(of: Parties = parties, checks: BindingChecks = bindingChecks) {
  return createBinding({
    centreAuthorities: [of.centreAuthority.certificate],
    municipalityAuthorities: [of.municipalityAuthority.certificate],
    kioskCertificate: of.kiosk.certificate,
    clock: createFakeClock(NOW_MS),
    checks,
  });
}

const judge = (it: Issuance): Promise<Result<VerifiedPreparation>> => bindingOf().verifyPrepared(it.input);

async function told(lie: Lie): Promise<Failure> {
  const result = await judge(await issuance(parties, lie));
  if (result.ok) throw new Error("the lie was believed");
  return result.error;
}

/** The same issuance with another reply before the kiosk. */
function answered(honest: Issuance, reply: PrepareReply): Issuance {
  return { ...honest, input: { ...honest.input, reply } };
}

describe("the binding refuses", () => {
  it("a k that is sealed to another session", async () => {
    const other = await generateSealingKeyPair();
    const personKey = await seal(other.publicKey, "MDG-SEAL-PERSON-KEY-1", Buffer.alloc(32), "");
    expect(await told({ onTheWay: (reply) => ({ ...reply, personKey }) })).toMatchObject({ code: "K-BIND-105" });
  });

  it("a k that is no key", async () => {
    const honest = await issuance(parties);
    const { requestId, sessionKey, reply } = honest.input;
    const personKey = await seal(sessionKey.publicKey, "MDG-SEAL-PERSON-KEY-1", Buffer.alloc(31), requestId);
    expect(await judge(answered(honest, { ...reply, personKey }))).toMatchObject({ error: { code: "K-BIND-105" } });
  });

  it.each(["register", "release", "centre"] as const)("a %s statement of another form", async (which) => {
    const strange = signStatement(tags.register, { any: "thing" }, parties.attestor);
    const onTheWay = (reply: PrepareReply): PrepareReply =>
      which === "register"
        ? { ...reply, register: strange }
        : { ...reply, documents: reply.documents.map((d) => ({ ...d, [which]: strange })) };
    expect(await told({ onTheWay })).toMatchObject({ code: "K-BIND-103" });
  });

  it("a statement without a certificate", async () => {
    const onTheWay = (r: PrepareReply) => ({ ...r, register: { ...r.register, certificate: "AAAA" } });
    expect(await told({ onTheWay })).toMatchObject({ code: "K-BIND-103" });
  });

  it("an attestation of nobody", async () => {
    const register: Lie["register"] = (r) => ({ ...r, values: r.values.filter((value) => value.person === undefined) });
    expect(await told({ register })).toMatchObject({ code: "K-BIND-103" });
  });

  it("an attestation of two persons for one seal", async () => {
    const register: Lie["register"] = (r) => ({
      ...r,
      values: r.values.flatMap((v) => (v.person === 0 ? [v, { ...v, person: 1 }] : [v])),
    });
    const choice: Lie["choice"] = { choice: { kind: "seal-registration", options: {} } };
    expect(await told({ choice, register })).toMatchObject({ code: "K-BIND-103" });
  });

  it("page 2 of another household (徳島 2023)", async () => {
    const everybody = [hanako, taro, stranger, hanako, taro];
    const choice: Lie["choice"] = {
      choice: {
        kind: "resident-record",
        options: { scope: "household", headAndRelationship: true, domicile: true, myNumber: false },
      },
    };
    const text: Lie["text"] = (field, who, page) =>
      page === 1 && field === "name" && who === 4 ? stranger.name : undefined;
    expect(await told({ choice, shown: everybody, text })).toMatchObject({ code: "K-BIND-130" });
  });

  it("a page that cannot be read, without reading another", async () => {
    const honest = await issuance(parties);
    const unread = { ...honest, input: { ...honest.input, read: reader() } };
    expect(await judge(unread)).toMatchObject({ ok: false, error: { code: "K-BIND-138" } });
  });

  it("a PDF that was not released before it is even read", async () => {
    const honest = await issuance(parties, { release: (m) => ({ ...m, pdfHash: m.registerHash }) });
    let read = false;
    const input = {
      ...honest.input,
      read: (pdf: Parameters<typeof honest.input.read>[0]) => {
        read = true;
        return honest.input.read(pdf);
      },
    };
    expect((await bindingOf().verifyPrepared(input)).ok).toBe(false);
    expect(read).toBe(false);
  });
});

describe("text outside the form", () => {
  /** Somebody's name below the footer, where the form has nothing. */
  const withNote = (pages: PageReading[]): PageReading[] =>
    pages.map((page) => ({
      ...page,
      chars: [...page.chars, ...noteOf(page).chars],
      objects: [...page.objects, noteOf(page).object],
    }));
  const noteOf = (page: PageReading) => {
    const [object] = page.objects.filter((candidate) => candidate.kind === "text");
    if (!object) throw new Error("a form has text");
    const box = { x: 20, y: 291, width: 3, height: 2 };
    return { object: { ...object, box }, chars: [{ text: "山", box, object: page.objects.length, mapped: true }] };
  };
  /** A reader that looks at the cells only. */
  const careless: BindingChecks["readForm"] = (pages, form) =>
    readForm(
      pages.map((page) => ({
        ...page,
        chars: page.chars.filter((char) => char.box.y < 290),
        objects: page.objects.filter((object) => object.box.y < 290),
      })),
      form,
    );

  it("is refused, and would be believed by a reader that looks at the cells only", async () => {
    const lie = await issuance(parties, { pages: withNote });
    expect(await judge(lie)).toMatchObject({ ok: false, error: { code: "K-BIND-136" } });
    const binding = bindingOf(parties, { ...bindingChecks, readForm: careless });
    expect(await binding.verifyPrepared(lie.input)).toMatchObject({ ok: true });
  });
});

describe("what the binding hands on", () => {
  it("keeps pages and bytes out of sight, and forgets k", async () => {
    const honest = await issuance(parties);
    const result = await judge(honest);
    expect(JSON.stringify(result)).not.toContain("花子");
    if (!result.ok) throw new Error("an honest issuance");
    expect(String(result.value.documents[0]?.pdf)).toBe("[personal]");
  });

  it("says nothing personal in a refusal", async () => {
    const failure = await told({ text: (field) => (field === "domicile" ? stranger.domicile : undefined) });
    expect(failure).toEqual({ code: "K-BIND-139", detail: { check: "pages.values", which: expect.any(Number) } });
  });
});

describe("one changed bit", () => {
  let honest: Issuance;
  beforeAll(async () => {
    honest = await issuance(parties);
  });

  const flipped = (text: string, at: number): string => {
    const bytes = Buffer.from(text, "base64url");
    const bit = at % (bytes.length * 8);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return bytes.toString("base64url");
  };
  const places: Readonly<Record<string, (reply: PrepareReply, at: number) => PrepareReply>> = Object.fromEntries([
    ...(["statement", "signature", "certificate"] as const).flatMap((part) => [
      [
        `R's ${part}`,
        (r: PrepareReply, at: number) => ({ ...r, register: { ...r.register, [part]: flipped(r.register[part], at) } }),
      ],
      ...(["release", "centre"] as const).map((which) => [
        `${which}'s ${part}`,
        (r: PrepareReply, at: number) => ({
          ...r,
          documents: r.documents.map((d) => ({ ...d, [which]: { ...d[which], [part]: flipped(d[which][part], at) } })),
        }),
      ]),
    ]),
    [
      "the PDF",
      (r: PrepareReply, at: number) => ({
        ...r,
        documents: r.documents.map((d) => ({ ...d, pdf: flipped(d.pdf, at) })),
      }),
    ],
    [
      "k",
      (r: PrepareReply, at: number) => ({
        ...r,
        personKey: { ...r.personKey, ciphertext: flipped(r.personKey.ciphertext, at) },
      }),
    ],
  ]);

  it.each(Object.keys(places))("in %s is refused", async (place) => {
    const change = places[place];
    if (!change) throw new Error("no such place");
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (at) => {
        const result = await judge(answered(honest, change(honest.input.reply, at)));
        return !result.ok;
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe("two issuances whose parts are exchanged", () => {
  /** Everything that can be taken from one reply and put into another. */
  const parts = ["requestId", "register", "personKey", "release", "centre", "pdf", "payloads"] as const;

  function mixed(own: PrepareReply, other: PrepareReply, taken: ReadonlySet<string>): PrepareReply {
    const from = (part: (typeof parts)[number]) => (taken.has(part) ? other : own);
    return {
      requestId: from("requestId").requestId,
      register: from("register").register,
      personKey: from("personKey").personKey,
      documents: own.documents.map((document, index) => ({
        release: from("release").documents[index]?.release ?? document.release,
        centre: from("centre").documents[index]?.centre ?? document.centre,
        pdf: from("pdf").documents[index]?.pdf ?? document.pdf,
        payloads: from("payloads").documents[index]?.payloads ?? document.payloads,
      })),
    };
  }

  const subsets = Array.from({ length: 2 ** parts.length - 1 }, (_, mask) =>
    parts.filter((_part, index) => ((mask + 1) >> index) & 1),
  );

  async function expectRefused(own: Issuance, other: Issuance): Promise<void> {
    expect((await judge(own)).ok).toBe(true);
    const read = reader(own.readings, other.readings);
    for (const taken of subsets) {
      const reply = mixed(own.input.reply, other.input.reply, new Set(taken));
      const result = await bindingOf().verifyPrepared({ ...own.input, reply, read });
      expect(result.ok, `believed with ${taken.join(", ")} of the other`).toBe(false);
    }
  }

  it("of two sessions of one citizen are refused in every combination", async () => {
    await expectRefused(await issuance(parties), await issuance(parties));
  });

  it("of two citizens are refused in every combination", async () => {
    const others = { ...parties, card: parties.deviceAuthority.card() };
    await expectRefused(await issuance(parties), await issuance(others, { shown: [stranger], holder: stranger }));
  });

  it("of two kiosks are refused in every combination", async () => {
    const others = { ...parties, kiosk: parties.deviceAuthority.signer("kiosk", "kiosk-2") };
    await expectRefused(await issuance(parties), await issuance(others));
  });

  it("of two copies of one citizen are refused when a document is exchanged for the other", async () => {
    const own = await issuance(parties, { choice: { copies: 2 } });
    const [first, second] = own.input.reply.documents;
    if (!first || !second) throw new Error("two copies");
    for (const documents of [
      [second, first],
      [first, first],
      [{ ...first, pdf: second.pdf }, second],
      [{ ...first, centre: second.centre }, second],
    ]) {
      expect((await judge(answered(own, { ...own.input.reply, documents }))).ok).toBe(false);
    }
  });
});
