/** Japan has had one offset and no summer time since 1952: UTC+9. The process's own time zone plays no part. */
const JAPAN_OFFSET_MS = 9 * 60 * 60 * 1000;

export const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Weekday = (typeof weekdays)[number];

/** A moment as a clock on a wall in Japan shows it. */
export interface CivilTime {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Minutes since midnight, 0–1439. */
  readonly minuteOfDay: number;
  readonly weekday: Weekday;
}

/** Civil time in Asia/Tokyo of a wall time in milliseconds since the epoch. */
export function civilTimeInJapan(nowMs: number): CivilTime {
  const shifted = new Date(nowMs + JAPAN_OFFSET_MS);
  return {
    date: shifted.toISOString().slice(0, 10),
    minuteOfDay: shifted.getUTCHours() * 60 + shifted.getUTCMinutes(),
    weekday: weekdays[shifted.getUTCDay()] ?? "sun",
  };
}

/** Whether a text is a day of the calendar in the form `YYYY-MM-DD`, between 1868 and 2199. */
export function isCivilDate(text: string): boolean {
  if (!/^(18|19|20|21)\d{2}-\d{2}-\d{2}$/.test(text) || text < "1868-01-01") return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** The day `days` after a day; both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * Age in completed years on a day. An age is reached at the end of the day before the birthday (年齢計算ニ関スル法律), so
 * somebody born on 1 April 2011 is 15 from 31 March 2026 24:00, that is on 1 April 2026; 29 February counts on 1 March.
 */
export function ageOn(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) >= birthDate.slice(5) ? years : years - 1;
}
