import { beforeAll, describe, expect, it } from "vitest";
import {
  sampleForeignResident,
  sampleMunicipality,
  sampleRegister,
  sampleResident,
} from "../../../test/support/sample-people.ts";
import { createAuthority } from "../../../test/support/signing-parties.ts";
import { unwrap } from "../../kernel/result.ts";
import type { CertificateChoice } from "../../protocol/certificates.ts";
import { hashText } from "../../protocol/encoding.ts";
import type { FieldName } from "../../protocol/forms/cells.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import { toJapaneseDate, toWesternDate } from "../../protocol/japanese-date.ts";
import { tags } from "../../protocol/roles.ts";
import { openStatement } from "../../protocol/statement.ts";
import { renderingStatement } from "../../protocol/statements.ts";
import { createPdfEngine, everyPage, withPdf } from "../../security-print/pages/engine.ts";
import { readForm } from "../../security-print/reading/read-form.ts";
import type { Resident } from "../registry/types.ts";
import { createRenderer, type Renderer, type RenderOrder } from "./renderer.ts";

const engine = createPdfEngine();
const authority = createAuthority("municipality CA");
const signer = authority.signer("renderer", sampleMunicipality.code);
const documentId = "019364e2-6a00-7000-8000-0123456789ab";
const requestId = "019364e2-6a00-7000-8000-0123456789ac";
let renderer: Renderer;

beforeAll(async () => {
  renderer = unwrap(await createRenderer());
});

const record = (options: Partial<Extract<CertificateChoice, { kind: "resident-record" }>["options"]> = {}) =>
  ({
    kind: "resident-record",
    options: { scope: "household", headAndRelationship: true, domicile: true, myNumber: true, ...options },
  }) as const satisfies CertificateChoice;
const seal: CertificateChoice = { kind: "seal-registration", options: {} };

const order = (choice: CertificateChoice, residents: readonly Resident[], changes: Partial<RenderOrder> = {}) => ({
  documentId,
  requestId,
  choice,
  residentIds: residents.map((resident) => resident.residentId),
  issuedOn: "2026-11-24",
  municipality: sampleMunicipality,
  register: sampleRegister(residents),
  signer,
  ...changes,
});
const render = (choice: CertificateChoice, residents: readonly Resident[], changes: Partial<RenderOrder> = {}) =>
  renderer.renderCertificate(order(choice, residents, changes));
const pagesOf = async (pdf: Uint8Array) =>
  unwrap(await withPdf(engine, pdf, (document) => everyPage(document, (page) => document.readPage(page))));
const formOf = (choice: CertificateChoice, residents: readonly Resident[]) =>
  layoutForm(
    choice,
    residents.map((resident) => ({ foreign: resident.foreign !== undefined })),
  );

/** Renders, reads the PDF back, and answers what each field says. */
const readBack = async (choice: CertificateChoice, residents: readonly Resident[]) => {
  const { pdf } = unwrap(await render(choice, residents));
  const { values } = unwrap(readForm(await pagesOf(pdf), formOf(choice, residents)));
  return (field: FieldName, person?: number) =>
    values.filter((value) => value.field === field && value.person === person).map((value) => value.text);
};

describe("a rendered certificate, read back from its PDF", () => {
  it("says of a Japanese family exactly what the register says", async () => {
    const family = [
      sampleResident("r1"),
      sampleResident("r2", { name: "山田　花子", sex: "female", relationship: "妻", birthDate: "1989-01-07" }),
      sampleResident("r3", { name: "山田　一", relationship: "子", birthDate: "2019-04-30", movedFrom: "" }),
    ];
    const says = await readBack(record(), family);
    expect(says("address")).toEqual(["緑野県緑野市青葉町三丁目12番地5　コーポ青葉201号室"]);
    expect(says("householder")).toEqual(["山田　太郎"]);
    for (const [person, resident] of family.entries()) {
      expect(says("name", person)).toEqual([resident.name]);
      expect(says("birthDate", person)).toEqual([toJapaneseDate(resident.birthDate)]);
      expect(says("sex", person)).toEqual([resident.sex === "male" ? "男" : "女"]);
      expect(says("relationship", person)).toEqual([resident.relationship]);
      expect(says("domicile", person)).toEqual([resident.domicile]);
      expect(says("domicileHead", person)).toEqual([resident.domicileHead]);
      expect(says("myNumber", person)).toEqual([resident.myNumber]);
      expect(says("becameResidentOn", person)).toEqual(["令和元年5月1日"]);
      expect(says("movedFrom", person)).toEqual([resident.movedFrom]);
    }
    expect(says("birthDate", 1)).toEqual(["昭和64年1月7日"]);
    expect(says("issuedOn")).toEqual(["令和8年11月24日"]);
    expect(says("mayor")).toEqual(["緑野市長　緑川　太郎"]);
    expect(says("documentId")).toEqual([documentId]);
    expect(says("pageOfPages")).toEqual(["1/1"]);
  });

  it("shows a foreign resident's nationality and status in place of a domicile, the name letter by letter", async () => {
    const couple = [sampleResident("r1"), sampleForeignResident("r2")];
    const says = await readBack(record(), couple);
    expect(says("name", 1)).toEqual(["NGUYEN THI OFFICE WAFFLE"]);
    expect(says("birthDate", 1)).toEqual([toWesternDate("1990-05-01")]);
    expect(says("nationality", 1)).toEqual(["ベトナム"]);
    expect(says("residenceStatus", 1)).toEqual(["技術・人文知識・国際業務"]);
    expect(says("residenceCardNumber", 1)).toEqual(["AB12345678CD"]);
    expect(says("domicile", 1)).toEqual([]);
    expect(says("nationality", 0)).toEqual([]);
  });

  it("keeps variation selectors and characters beyond the first plane", async () => {
    const names = ["葛\u{E0100}城　太郎", "髙﨑　𠮷之助"];
    const says = await readBack(
      record(),
      names.map((name, index) => sampleResident(`r${index}`, { name })),
    );
    expect(names.map((_, person) => says("name", person))).toEqual(names.map((name) => [name]));
  });

  it("prints nine persons on three pages, each numbered, each with document id and address", async () => {
    const nine = Array.from({ length: 9 }, (_, index) => sampleResident(`r${index}`, { name: `山田　${index}郎` }));
    const says = await readBack(record({ myNumber: false }), nine);
    expect(says("pageOfPages")).toEqual(["1/3", "2/3", "3/3"]);
    expect(says("documentId")).toEqual([documentId, documentId, documentId]);
    expect(new Set(says("address")).size).toBe(1);
    expect(says("address")).toHaveLength(3);
    expect(says("mayor")).toHaveLength(1);
    expect(nine.map((_, person) => says("name", person))).toEqual(nine.map((resident) => [resident.name]));
  });

  it("certifies a registered seal", async () => {
    const says = await readBack(seal, [sampleResident("r1")]);
    expect(says("sealRegistrationNumber", 0)).toEqual(["第012345号"]);
    expect(says("sealRegisteredOn", 0)).toEqual(["令和2年2月3日"]);
    expect(says("name", 0)).toEqual(["山田　太郎"]);
    expect(says("birthDate", 0)).toEqual(["昭和60年3月7日"]);
    expect(says("address")).toEqual(["緑野県緑野市青葉町三丁目12番地5　コーポ青葉201号室"]);
  });

  it("has no twelve digits in a row anywhere when My Number was not chosen", async () => {
    for (const choice of [record({ myNumber: false }), seal]) {
      const { pdf } = unwrap(await render(choice, [sampleResident("r1")]));
      const text = (await pagesOf(pdf)).map((page) => page.chars.map((char) => char.text).join("")).join("\n");
      expect(text).not.toMatch(/\d{12}/u);
      expect(text).not.toContain("123456789018");
    }
    const { pdf } = unwrap(await render(record(), [sampleResident("r1")]));
    const text = (await pagesOf(pdf)).map((page) => page.chars.map((char) => char.text).join("")).join("\n");
    expect(text).toContain("123456789018");
  });

  it("is refused by the reader when it shows more or other than the form", async () => {
    const residents = [sampleResident("r1")];
    const { pdf } = unwrap(await render(record(), residents));
    const pages = await pagesOf(pdf);
    for (const chosen of [
      record({ myNumber: false }),
      record({ domicile: false }),
      record({ headAndRelationship: false }),
      record({ scope: "self" }),
      seal,
    ]) {
      expect(readForm(pages, formOf(chosen, residents))).toMatchObject({ ok: false, error: { code: "K-BIND-136" } });
    }
    expect(readForm(pages, formOf(record(), [sampleForeignResident("r1")])).ok).toBe(false);
    expect(readForm(pages, formOf(record(), [...residents, ...residents])).ok).toBe(false);
  });

  it("shrinks a long name into its cell instead of cutting it", async () => {
    const name = "SUBRAMANIAN VENKATARAMAN THE VERY LONG NAME OF A PERSON FROM FAR AWAY AND BEYOND";
    const says = await readBack(record(), [sampleForeignResident("r1", { name })]);
    expect(says("name", 0)).toEqual([name]);
  });
});

describe("the renderer", () => {
  it("refuses a variation that the font would draw as its base form, and names only the code points", async () => {
    const result = await render(record(), [sampleResident("r1", { name: "葛\u{E0102}城　太郎" })]);
    expect(result).toMatchObject({ ok: false, error: { code: "K-CERT-101", detail: { missing: "U+845B U+E0102" } } });
    expect(JSON.stringify(result)).not.toContain("太郎");
  });

  it("refuses signs without a glyph wherever they stand: address, seal, combining marks, private use", async () => {
    const house = { address: "緑野県\u{F0000}町" };
    const residents = [sampleResident("r1")];
    const changed = (changes: Partial<Resident>) => [sampleResident("r1", changes)];
    const results = await Promise.all([
      render(record(), residents, { register: sampleRegister(residents, house) }),
      render(record(), changed({ name: "山田　カ\u3099" })),
      render(record(), changed({ movedFrom: "東京都\u{1F600}" })),
      render(record(), changed({ name: "山田\u200B太郎" })),
      render(
        seal,
        changed({ seal: { number: "1", registeredOn: "2020-02-03", impressionText: "\uE000", state: "registered" } }),
      ),
    ]);
    for (const result of results) expect(result).toMatchObject({ ok: false, error: { code: "K-CERT-101" } });
  });

  it("refuses a text that would become illegible", async () => {
    const result = await render(record({ headAndRelationship: false }), [
      sampleResident("r1", { name: "山".repeat(200) }),
    ]);
    expect(result).toMatchObject({ ok: false, error: { code: "K-CERT-102", detail: { place: "name" } } });
    expect(JSON.stringify(result)).not.toContain("山");
  });

  it("refuses what the register does not have", async () => {
    const one = sampleResident("r1");
    const refusals = await Promise.all([
      render(record(), [one], { residentIds: ["nobody"] }),
      render(record(), [one], { residentIds: [] }),
      render(record(), [one, sampleResident("r2", { householdId: "another" })]),
      render(record(), [one], { register: { ...sampleRegister([one]), household: () => undefined } }),
      render(record(), [one], { register: sampleRegister([one], { headResidentId: "nobody" }) }),
      render(record(), [sampleResident("r1", { domicile: undefined })]),
      render(seal, [sampleResident("r1", { seal: undefined })]),
      render(seal, [
        sampleResident("r1", {
          seal: { number: "1", registeredOn: "2020-02-03", impressionText: "山", state: "cancelled" },
        }),
      ]),
    ]);
    for (const result of refusals) expect(result).toMatchObject({ ok: false, error: { code: "K-CERT-103" } });
  });

  it("signs which residents these very bytes show", async () => {
    const residents = [sampleResident("r1"), sampleForeignResident("r2")];
    const { pdf, rendering } = unwrap(await render(record(), residents));
    const trust = { authorities: [authority.certificate], nowMs: Date.UTC(2026, 10, 24) };
    const expected = { tag: tags.rendering, schema: renderingStatement, role: "renderer" } as const;
    expect(unwrap(openStatement(rendering, expected, trust)).body).toEqual({
      documentId,
      requestId,
      residentIds: ["r1", "r2"],
      pageCount: 1,
      pdfHash: hashText(pdf),
    });
  });

  it("gives the same bytes for the same order, whatever was rendered before, and in another renderer", async () => {
    const residents = [sampleResident("r1")];
    const first = unwrap(await render(record(), residents)).pdf;
    unwrap(await render(seal, [sampleResident("r9", { name: "⼭⽥　⼀", seal: residents[0]?.seal })]));
    const second = unwrap(await render(record(), residents)).pdf;
    const other = unwrap(await createRenderer());
    const third = unwrap(await other.renderCertificate(order(record(), residents))).pdf;
    expect(hashText(second)).toBe(hashText(first));
    expect(hashText(third)).toBe(hashText(first));
  });

  it("tells nobody's name outside the pages", async () => {
    const { pdf } = unwrap(await render(record(), [sampleForeignResident("r1")]));
    const raw = Buffer.from(pdf);
    for (const encoding of ["latin1", "utf16le", "utf8"] as const) {
      expect(raw.toString(encoding)).not.toContain("NGUYEN");
      expect(raw.toString(encoding)).not.toContain("AB12345678CD");
    }
    expect(raw.toString("latin1")).toContain(`(${documentId})`);
  });

  it("cannot be made with a font that has no variation sequences", async () => {
    expect(await createRenderer({ fontFile: "/nowhere.ttf" })).toMatchObject({
      ok: false,
      error: { code: "K-CERT-105" },
    });
    expect(await createRenderer({ fontFile: import.meta.filename })).toMatchObject({
      ok: false,
      error: { code: "K-CERT-105" },
    });
  });
});
