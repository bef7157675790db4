import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, ageOn, civilTimeInJapan, isCivilDate } from "./civil-time.ts";
import { hoursText } from "./hours-text.ts";
import { clockTime, isServed, type ServiceCalendar, serviceHours, USUAL_HOURS, yearDay } from "./service-calendar.ts";

const at = (text: string) => Date.parse(`${text}+09:00`);
const usual: ServiceCalendar = { ...USUAL_HOURS, closures: [] };
const KIND = "resident-record";

describe("civil time in Japan", () => {
  it("is nine hours ahead of UTC, in every time zone of the process", () => {
    const before = process.env.TZ;
    for (const zone of ["UTC", "America/New_York", "Asia/Tokyo"]) {
      process.env.TZ = zone;
      expect(civilTimeInJapan(Date.UTC(2026, 11, 31, 15, 0))).toEqual({
        date: "2027-01-01",
        minuteOfDay: 0,
        weekday: "fri",
      });
    }
    process.env.TZ = before;
  });

  it("knows the days of the calendar", () => {
    expect(["2024-02-29", "1868-01-01"].every(isCivilDate)).toBe(true);
    expect(["2023-02-29", "2024-13-01", "1867-12-31", "2024-1-1", "2024-02-30", ""].some(isCivilDate)).toBe(false);
    expect(addDays("2024-02-28", 2)).toBe("2024-03-01");
  });

  it("counts an age in completed years", () => {
    expect(ageOn("2011-11-24", "2026-11-23")).toBe(14);
    expect(ageOn("2011-11-24", "2026-11-24")).toBe(15);
    expect(ageOn("2008-02-29", "2026-02-28")).toBe(17);
    expect(ageOn("2008-02-29", "2026-03-01")).toBe(18);
  });
});

describe("the service calendar", () => {
  it.each([
    ["2026-11-24T06:29:59", false],
    ["2026-11-24T06:30:00", true],
    ["2026-11-24T22:59:59", true],
    ["2026-11-24T23:00:00", false],
    ["2026-12-28T12:00:00", true],
    ["2026-12-29T12:00:00", false],
    ["2027-01-03T12:00:00", false],
    ["2027-01-04T12:00:00", true],
  ])("of usual hours at %s: %s", (moment, served) => {
    expect(isServed(usual, KIND, at(moment))).toBe(served);
  });

  it("has hours of its own for each weekday", () => {
    const hours = [
      serviceHours.parse({ days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" }),
      serviceHours.parse({ days: ["sat"], from: "09:00", to: "12:00" }),
    ];
    const calendar = { hours, closedEveryYear: [], closures: [] };
    const served = (moment: string) => isServed(calendar, KIND, at(moment));
    expect(["2026-11-27T16:59:00", "2026-11-28T11:59:00"].map(served)).toEqual([true, true]);
    expect(["2026-11-28T12:00:00", "2026-11-29T10:00:00"].map(served)).toEqual([false, false]);
    expect(hoursText(calendar, KIND, at("2026-11-24T10:00:00"))).toEqual({
      ja: "サービス提供時間は平日9時から17時まで、土曜日9時から12時までです。",
      en: "Service hours: weekdays 9:00 to 17:00; Saturday 9:00 to 12:00.",
    });
  });

  it("can be open around the clock, up to the last minute of the day", () => {
    const hours = [serviceHours.parse({ days: [...(USUAL_HOURS.hours[0]?.days ?? [])], from: "00:00", to: "24:00" })];
    const calendar = { hours, closedEveryYear: [], closures: [] };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
        expect(isServed(calendar, KIND, ms)).toBe(true);
      }),
    );
  });

  it("closes single days for one kind or for all, and announces them two weeks ahead", () => {
    const reason = { ja: "設備の点検", en: "maintenance" };
    const closures = [
      { date: "2026-12-05", certificate: "all", reason },
      { date: "2026-12-06", certificate: "seal-registration", reason },
    ] as const;
    const calendar = { ...usual, closures };
    expect(isServed(calendar, KIND, at("2026-12-05T12:00:00"))).toBe(false);
    expect(isServed(calendar, KIND, at("2026-12-06T12:00:00"))).toBe(true);
    expect(isServed(calendar, "seal-registration", at("2026-12-06T12:00:00"))).toBe(false);
    expect(hoursText(calendar, KIND, at("2026-11-20T12:00:00")).ja).not.toContain("休止");
    expect(hoursText(calendar, KIND, at("2026-11-24T12:00:00"))).toEqual({
      ja: "サービス提供時間は6時30分から23時までです（12月29日から1月3日までを除く）。12月5日は設備の点検のため休止します。",
      en: "Service hours: 6:30 to 23:00 (closed December 29 to January 3). Closed on December 5: maintenance.",
    });
  });

  it("refuses times and days that no clock or calendar shows", () => {
    for (const wrong of ["24:01", "25:00", "6:30", "12:60", "noon"])
      expect(clockTime.safeParse(wrong).success).toBe(false);
    for (const wrong of ["13-01", "02-30", "1-3"]) expect(yearDay.safeParse(wrong).success).toBe(false);
    expect(serviceHours.safeParse({ days: ["mon"], from: "17:00", to: "09:00" }).success).toBe(false);
  });
});
