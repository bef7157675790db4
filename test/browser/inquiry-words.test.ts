import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { attestedFields } from "../../src/protocol/forms/cells.ts";
import { inquiryAnswers } from "../../src/protocol/inquiry.ts";

describe("the inquiry site's words", () => {
  const ui = fileURLToPath(new URL("../../ui", import.meta.url));
  const words = (language: string) =>
    JSON.parse(readFileSync(`${ui}/locales/${language}/inquiry.json`, "utf8")) as Record<string, string>;
  const tables = { ja: words("ja"), en: words("en") };
  const sources = readdirSync(`${ui}/inquiry`)
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(`${ui}/inquiry/${name}`, "utf8"));
  const gaps = (sentence: string) => [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();

  it("are there in both languages, with the same gaps, and nowhere else", () => {
    expect(Object.keys(tables.en).sort()).toEqual(Object.keys(tables.ja).sort());
    for (const [key, sentence] of Object.entries(tables.ja)) {
      expect(sentence, key).not.toBe("");
      expect([key, gaps(tables.en[key] ?? "")]).toEqual([key, gaps(sentence)]);
    }
    for (const text of sources) expect(text).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/u);
  });

  it("have a sentence and a next step for every answer, and a word for every field that stands on a certificate", () => {
    for (const answer of inquiryAnswers) {
      expect([answer, `answer.${answer}.what` in tables.ja, `answer.${answer}.next` in tables.ja]).toEqual([
        answer,
        true,
        true,
      ]);
    }
    for (const field of [...attestedFields, "issuedOn"])
      expect([field, `field.${field}` in tables.ja]).toEqual([field, true]);
  });
});
