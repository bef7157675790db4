import type { CertificateKind } from "../../protocol/certificates.ts";
import type { Bilingual } from "../../protocol/schema.ts";
import { civilTimeInJapan, type Weekday } from "./civil-time.ts";
import { comingClosures, type ServiceCalendar, type ServiceHours, weekdaysFromMonday } from "./service-calendar.ts";

const DAY_NAMES: Readonly<Record<Weekday, Bilingual>> = {
  mon: { ja: "月", en: "Monday" },
  tue: { ja: "火", en: "Tuesday" },
  wed: { ja: "水", en: "Wednesday" },
  thu: { ja: "木", en: "Thursday" },
  fri: { ja: "金", en: "Friday" },
  sat: { ja: "土", en: "Saturday" },
  sun: { ja: "日", en: "Sunday" },
};
const MONTHS = "January February March April May June July August September October November December".split(" ");
/** How many days ahead a single-day closure is announced. */
const ANNOUNCED_DAYS = 14;

/**
 * The service hours of a kind in words, built from its calendar, with the single-day closures of the next two weeks:
 * 「サービス提供時間は6時30分から23時までです（12月29日から1月3日までを除く）。」
 */
export function hoursText(calendar: ServiceCalendar, kind: CertificateKind, nowMs: number): Bilingual {
  const groups = calendar.hours.map((h) => ({ days: daysText(h.days), time: timesText(h) }));
  const ja = groups.map((g) => `${g.days.ja}${g.time.ja}`).join("、");
  const en = groups.map((g) => `${g.days.en}${g.time.en}`).join("; ");
  const yearly = calendar.closedEveryYear.map(({ from, to }) => ({
    ja: from === to ? monthDayJa(from) : `${monthDayJa(from)}から${monthDayJa(to)}まで`,
    en: from === to ? monthDayEn(from) : `${monthDayEn(from)} to ${monthDayEn(to)}`,
  }));
  const exceptJa = yearly.length > 0 ? `（${yearly.map((y) => y.ja).join("、")}を除く）` : "";
  const exceptEn = yearly.length > 0 ? ` (closed ${yearly.map((y) => y.en).join(", ")})` : "";
  const coming = comingClosures(calendar, kind, civilTimeInJapan(nowMs).date, ANNOUNCED_DAYS);
  const comingJa = coming.map((c) => `${monthDayJa(c.date.slice(5))}は${c.reason.ja}のため休止します。`).join("");
  const comingEn = coming.map((c) => ` Closed on ${monthDayEn(c.date.slice(5))}: ${c.reason.en}.`).join("");
  return {
    ja: `サービス提供時間は${ja}です${exceptJa}。${comingJa}`,
    en: `Service hours: ${en}${exceptEn}.${comingEn}`,
  };
}

function daysText(days: readonly Weekday[]): Bilingual {
  const listed = weekdaysFromMonday.filter((day) => days.includes(day));
  const key = listed.join(" ");
  if (listed.length === 7) return { ja: "", en: "" };
  if (key === "mon tue wed thu fri") return { ja: "平日", en: "weekdays " };
  if (key === "sat sun") return { ja: "土日", en: "weekends " };
  return {
    ja: `${listed.map((day) => DAY_NAMES[day].ja).join("・")}曜日`,
    en: `${listed.map((day) => DAY_NAMES[day].en).join(", ")} `,
  };
}

function timesText(hours: ServiceHours): Bilingual {
  if (hours.from === 0 && hours.to === 24 * 60) return { ja: "24時間", en: "24 hours a day" };
  return {
    ja: `${timeJa(hours.from)}から${timeJa(hours.to)}まで`,
    en: `${timeEn(hours.from)} to ${timeEn(hours.to)}`,
  };
}

function timeJa(minutes: number): string {
  const minute = minutes % 60;
  return `${Math.floor(minutes / 60)}時${minute === 0 ? "" : `${minute}分`}`;
}

function timeEn(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function monthDayJa(day: string): string {
  return `${Number(day.slice(0, 2))}月${Number(day.slice(3))}日`;
}

function monthDayEn(day: string): string {
  return `${MONTHS[Number(day.slice(0, 2)) - 1]} ${Number(day.slice(3))}`;
}
