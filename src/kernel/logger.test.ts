import { describe, expect, it } from "vitest";
import { eventCatalogue } from "./events/catalogue.ts";
import type { EventEntry } from "./events/entry.ts";
import { createLogger } from "./logger.ts";
import { Personal } from "./personal.ts";

const clock = { nowMs: () => Date.UTC(2026, 10, 24, 1, 2, 3) };

describe("the logger", () => {
  it("writes one JSON line with time, level, event, process and the event's fields", () => {
    const lines: string[] = [];
    createLogger("kiosk", clock, (line) => lines.push(line)).event("link.opened", { link: "unix:/coins" });
    expect(lines).toEqual([
      '{"at":"2026-11-24T01:02:03.000Z","level":"info","event":"link.opened","process":"kiosk","link":"unix:/coins"}\n',
    ]);
  });

  it("refuses personal data that was cast past the types, and says nothing of it", () => {
    const lines: string[] = [];
    const logger = createLogger("kiosk", clock, (line) => lines.push(line));
    const name = new Personal("佐藤　健一") as unknown as string;
    expect(() => logger.event("link.opened", { link: name })).toThrow(/not loggable/);
    expect(lines).toEqual([]);
  });

  it("refuses a field that is not of the catalogue", () => {
    const logger = createLogger("kiosk", clock, () => {});
    const fields = { link: "unix:/coins", name: "佐藤" };
    expect(() => logger.event("link.opened", fields)).toThrow(/not loggable/);
  });
});

describe("the event catalogue", () => {
  it("has no field that would hide what the logger says of every event", () => {
    const catalogue: Readonly<Record<string, EventEntry>> = eventCatalogue;
    const clashes = Object.entries(catalogue).filter(([, entry]) =>
      ["at", "level", "event", "process"].some((reserved) => reserved in entry.fields),
    );
    expect(clashes.map(([name]) => name)).toEqual([]);
  });
});

describe("personal data", () => {
  const pin = new Personal("1234");

  it("turns into a mask however it is made text of", () => {
    expect([`${pin}`, String(pin), JSON.stringify({ pin }), JSON.stringify([pin])]).toEqual([
      "[personal]",
      "[personal]",
      '{"pin":"[personal]"}',
      '["[personal]"]',
    ]);
  });

  it("is overwritten when it is wiped, and cannot be used afterwards", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const page = new Personal(bytes);
    page.wipe();
    expect([...bytes]).toEqual([0, 0, 0]);
    expect(page.wiped).toBe(true);
    expect(() => page.reveal()).toThrow(/after it was wiped/);
  });
});
