import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventName } from "../kernel/events/catalogue.ts";
import { unwrap } from "../kernel/result.ts";
import { defaultChoice, writeChoice } from "../security-print/deterrent/choice.ts";
import { createDeterrentSetting } from "./deterrent.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "madoguchi-deterrent-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const choose = (printer: string | null) =>
  unwrap(writeChoice(folder, { version: 1, printer, front: "2c", back: "2d", chosenAtMs: 1 }));

function setting(printerUuid: string | undefined) {
  const events: EventName[] = [];
  const logger = { event: (name: EventName) => void events.push(name) };
  return { ...createDeterrentSetting({ folder, printerUuid: () => printerUuid, logger }), events };
}

describe("how a kiosk's printer gets its deterrent text", () => {
  test("is the default before somebody chose, and the choice from then on without a restart", () => {
    const { choice, calibrated } = setting("urn:uuid:a");
    expect([choice(), calibrated()]).toEqual([defaultChoice, false]);
    choose("urn:uuid:a");
    expect([choice(), calibrated()]).toEqual([{ front: "2c", back: "2d" }, true]);
  });

  test.each([
    ["of this printer", "urn:uuid:a", "urn:uuid:a", true],
    ["of a printer that did not say which one it was", null, "urn:uuid:a", true],
    ["while the printer has not answered yet", "urn:uuid:a", undefined, true],
    ["of another printer", "urn:uuid:a", "urn:uuid:b", false],
  ])("a choice %s counts accordingly", (_, chosenFor, connected, counts) => {
    choose(chosenFor);
    expect(setting(connected).calibrated()).toBe(counts);
  });

  test("is the default, and an event, when the choice cannot be read", () => {
    writeFileSync(join(folder, "printer-deterrent.json"), "{");
    const { choice, events } = setting("urn:uuid:a");
    expect(choice()).toEqual(defaultChoice);
    expect(events).toEqual(["printer.deterrentUnreadable"]);
  });
});
