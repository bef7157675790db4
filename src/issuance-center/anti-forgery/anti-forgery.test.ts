import { describe, expect, it } from "vitest";
import { drawnPages } from "../../../test/support/drawn-pages.ts";
import { textLikeFront } from "../../../test/support/scramble.ts";
import { unwrap } from "../../kernel/result.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import type { ChoiceStatement, RegisterStatement } from "../../protocol/statements.ts";
import type { DrawnPage } from "../../security-print/page-process/messages.ts";
import { hashPackedFront } from "../../security-print/pages/front.ts";
import { parseFrame } from "../../security-print/scramble/frame.ts";
import { judge } from "../../security-print/scramble/judge.ts";
import { inspectionKeysOf, keysInUse, newKeyStore } from "../../security-print/scramble/key-store.ts";
import { payloadHash } from "../../security-print/scramble/keys.ts";
import { parsePayload } from "../../security-print/scramble/payload.ts";
import { codeFront } from "../../security-print/scramble/strips.ts";
import { protectPages, valuesOf } from "./anti-forgery.ts";

const ISSUED_AT_MS = Date.UTC(2026, 10, 25, 3, 0, 0);
const documentId = "019364e2-6a00-7000-8000-0123456789ab";
const store = newKeyStore("issuance-center", ISSUED_AT_MS);
const choice = { choice: { kind: "seal-registration", options: {} } } as unknown as ChoiceStatement;
const register = { values: [{ field: "name", person: 0, hash: "" }] } as unknown as RegisterStatement;

/** A page that shows the form of a seal registration certificate, in which every field says its own name. */
function formPages(): DrawnPage[] {
  const form = layoutForm(choice.choice, [{ foreign: false }]);
  return drawnPages(form, (field) => field).map((reading, index) => pageWith(index, reading));
}

function pageWith(seed: number, reading: DrawnPage["reading"]): DrawnPage {
  const front = textLikeFront(seed);
  return { front: codeFront(front), frontHash: hashPackedFront(front), reading };
}

const [first] = formPages();
if (!first) throw new Error("the form has no page");
const two = [first, pageWith(7, { ...first.reading, chars: [] })];
const protectedPages = (values = valuesOf([first], choice, register)) =>
  protectPages(
    { municipality: "482013", documentId, issuedAtMs: ISSUED_AT_MS, pages: two, values },
    unwrap(keysInUse(store)),
  );

/** What an inspector reads of a page. */
function told(payload: Uint8Array) {
  const parsed = unwrap(parsePayload(payload));
  const layer = { bytes: parsed.image, wordsOk: Array.from({ length: 100 }, () => true) };
  const frame = unwrap(parseFrame(parsed.frame));
  return { header: frame.header, ...judge(frame, layer, inspectionKeysOf(store, ISSUED_AT_MS)) };
}

describe("the anti-forgery data of a document", () => {
  it("seal each page's own front under its number, and C's hash is that of the payload", async () => {
    for (const [index, { payload, antiForgery }] of unwrap(await protectedPages()).entries()) {
      expect(antiForgery).toEqual({
        page: index + 1,
        pages: 2,
        frontHash: two[index]?.frontHash,
        payloadHash: payloadHash(payload),
      });
      const { header, answer, fields } = told(payload);
      expect(header).toMatchObject({ documentId, municipality: "482013", page: index + 1, pages: 2 });
      expect([answer, fields?.frontHash, fields?.issuedAtMs]).toEqual(["genuine", two[index]?.frontHash, ISSUED_AT_MS]);
    }
  });

  it("say in words what stands on that page, and nothing of another page", async () => {
    const [one, other] = unwrap(await protectedPages());
    const values = told(one?.payload ?? Buffer.of()).fields?.values ?? [];
    expect(values).toContainEqual(["name", "name"]);
    expect(values.length).toBeGreaterThan(3);
    // The header says the document and the page: words need not.
    const names = values.map(([field]) => field);
    expect(names).not.toContain("documentId");
    expect(names).not.toContain("pageOfPages");
    expect(told(other?.payload ?? Buffer.of()).fields?.values).toEqual([]);
  });

  it("say nothing in words of pages that do not read as their form, whom no kiosk prints", () => {
    const strange = pageWith(1, { ...first.reading, annotations: 1 });
    expect(valuesOf([strange], choice, register)).toEqual([]);
    expect(valuesOf([first], choice, { ...register, values: [] })).toEqual([]);
    expect(valuesOf([first, first], choice, register)).toEqual([]);
  });

  it("are refused for a page that is too dense for its back", async () => {
    const dense = { ...first, front: { ...first.front, strips: first.front.strips.map(() => Buffer.alloc(6000)) } };
    const made = await protectPages(
      { municipality: "482013", documentId, issuedAtMs: ISSUED_AT_MS, pages: [dense], values: [] },
      unwrap(keysInUse(store)),
    );
    expect(made).toMatchObject({ ok: false, error: { code: "K-IMAGE-102", detail: { page: 1 } } });
  });
});
