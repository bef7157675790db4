import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  benchPlugs,
  cabinetSwitches,
  citizenNotes,
  coinFaults,
  hopperActions,
  printerFaults,
  receiptFaults,
} from "../../src/town/bench/protocol.ts";
import { rendererLies } from "../../src/town/lies/lies.ts";

const ui = fileURLToPath(new URL("../../ui", import.meta.url));
const words = (language: string) =>
  JSON.parse(readFileSync(`${ui}/locales/${language}/bench.json`, "utf8")) as Record<string, string>;
const tables = { ja: words("ja"), en: words("en") };
const sources = readdirSync(`${ui}/bench`)
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(`${ui}/bench/${name}`, "utf8"));

/** Keys that the protocol's own words make. */
const made = [
  ...citizenNotes.map((note) => `note.${note}`),
  ...printerFaults.map((fault) => `printerFault.${fault}`),
  ...receiptFaults.map((fault) => `receiptFault.${fault}`),
  ...coinFaults.map((fault) => `coinFault.${fault}`),
  ...hopperActions.map((action) => `hopper.${action}`),
  ...benchPlugs.map((plug) => `plug.${plug}`),
  ...cabinetSwitches.flatMap((name) => [`switch.${name}`, `switch.${name}.on`, `switch.${name}.off`]),
  ...rendererLies.map((lie) => `lie.${lie}`),
  ...["running", "starting", "stopped", "ended", "stop", "start", "kill"].map((word) => `processes.${word}`),
  ...["idle", "processing", "stopped"].map((state) => `printer.${state}`),
  ...["notice", "municipality", "pin", "choose", "options", "copies", "confirm"].map((step) => `guide.${step}`),
];
const gaps = (sentence: string) => [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();

describe("the bench's words", () => {
  it("are there in both languages, with the same gaps", () => {
    expect(Object.keys(tables.en).sort()).toEqual(Object.keys(tables.ja).sort());
    for (const [key, sentence] of Object.entries(tables.ja)) {
      expect(sentence, key).not.toBe("");
      expect([key, gaps(tables.en[key] ?? "")]).toEqual([key, gaps(sentence)]);
    }
  });

  it("have every key that the page and the protocol name", () => {
    const named = sources.flatMap((text) => [...text.matchAll(/"((?:[a-z]\w*\.)+[a-z]\w*)"/gi)].map((m) => m[1] ?? ""));
    const used = named.filter(
      (key) => !/\.(json|css|tsx?)$|^madoguchi\.|^session\.|^process\.|^idle\.|^asking\./.test(key),
    );
    expect(used.length).toBeGreaterThan(60);
    for (const key of [...used, ...made]) expect([key, key in tables.ja]).toEqual([key, true]);
  });

  it("stand nowhere but in the tables", () => {
    for (const text of sources) expect(text).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/u);
  });
});
