import { z } from "zod";
import type { CertificateKind } from "../../protocol/certificates.ts";
import { addDays, civilTimeInJapan, isCivilDate, type Weekday, weekdays } from "./civil-time.ts";

const CLOCK_TIME = /^([01]\d|2[0-4]):([0-5]\d)$/;

/** `HH:MM` from 00:00 to 24:00, as minutes since midnight. */
export const clockTime = z
  .string()
  .refine((text) => CLOCK_TIME.test(text) && text <= "24:00", 'a time of day like "06:30", at most "24:00"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** A day of every year, `MM-DD`. */
export const yearDay = z.string().refine((text) => isCivilDate(`2024-${text}`), 'a day of the year like "12-29"');

/** When one certificate is served: on some days of the week, between two times of day. */
export const serviceHours = z
  .strictObject({
    days: z.array(z.enum(weekdays)).min(1),
    from: clockTime,
    to: clockTime,
  })
  .refine((hours) => hours.from < hours.to, { message: "from must be earlier than to", path: ["to"] });
export type ServiceHours = z.output<typeof serviceHours>;

/** A stretch of days that is closed every year; it may run over New Year. Both ends are closed. */
export const yearlyClosure = z.strictObject({ from: yearDay, to: yearDay });
export type YearlyClosure = z.output<typeof yearlyClosure>;

/** A single day without service, of one certificate or of all. */
export interface DayClosure {
  readonly date: string;
  readonly certificate: CertificateKind | "all";
  readonly reason: { readonly ja: string; readonly en: string };
}

/** When one kind of certificate is served. */
export interface ServiceCalendar {
  readonly hours: readonly ServiceHours[];
  readonly closedEveryYear: readonly YearlyClosure[];
  readonly closures: readonly DayClosure[];
}

/** The service hours of most municipalities: 6:30–23:00 every day, closed 29 December to 3 January (docs/domain.md). */
export const USUAL_HOURS: Pick<ServiceCalendar, "hours" | "closedEveryYear"> = {
  hours: [{ days: [...weekdays], from: 6 * 60 + 30, to: 23 * 60 }],
  closedEveryYear: [{ from: "12-29", to: "01-03" }],
};

/** Whether a kind of certificate is served at a moment (milliseconds since the epoch, read as Japanese civil time). */
export function isServed(calendar: ServiceCalendar, kind: CertificateKind, nowMs: number): boolean {
  const { date, minuteOfDay, weekday } = civilTimeInJapan(nowMs);
  if (isClosedOn(calendar, kind, date)) return false;
  return calendar.hours.some((h) => h.days.includes(weekday) && minuteOfDay >= h.from && minuteOfDay < h.to);
}

/** Whether a day has no service at all, by the yearly closures or by a single-day closure. */
export function isClosedOn(calendar: ServiceCalendar, kind: CertificateKind, date: string): boolean {
  const day = date.slice(5);
  const yearly = calendar.closedEveryYear.some(({ from, to }) =>
    from <= to ? day >= from && day <= to : day >= from || day <= to,
  );
  return yearly || calendar.closures.some((c) => c.date === date && covers(c, kind));
}

/** Single-day closures of a kind from `date` on, within the next `days` days, soonest first. */
export function comingClosures(
  calendar: ServiceCalendar,
  kind: CertificateKind,
  date: string,
  days: number,
): DayClosure[] {
  const last = addDays(date, days);
  return calendar.closures
    .filter((c) => covers(c, kind) && c.date >= date && c.date <= last)
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

function covers(closure: DayClosure, kind: CertificateKind): boolean {
  return closure.certificate === "all" || closure.certificate === kind;
}

/** Weekdays from Monday, as offices list them. */
export const weekdaysFromMonday: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
