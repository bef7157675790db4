/** Japanese eras with their first day (元号), newest first. */
const ERAS = [
  { name: "令和", from: "2019-05-01" },
  { name: "平成", from: "1989-01-08" },
  { name: "昭和", from: "1926-12-25" },
  { name: "大正", from: "1912-07-30" },
  { name: "明治", from: "1868-01-25" },
] as const;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const ERA_DATE = /^(令和|平成|昭和|大正|明治)(元|\d{1,2})年(\d{1,2})月(\d{1,2})日$/u;
const WESTERN_DATE = /^(\d{4})年(\d{1,2})月(\d{1,2})日$/u;

/** `YYYY-MM-DD` as 令和7年4月1日; days before Meiji in the western calendar. Throws on anything else: a bug. */
export function toJapaneseDate(isoDate: string): string {
  const [, year, month, day] = DATE.exec(isoDate) ?? [];
  if (!year || !month || !day) throw new RangeError("not a date of the form YYYY-MM-DD");
  const era = ERAS.find((e) => isoDate >= e.from);
  if (!era) return `${Number(year)}年${Number(month)}月${Number(day)}日`;
  const eraYear = Number(year) - Number(era.from.slice(0, 4)) + 1;
  return `${era.name}${eraYear === 1 ? "元" : eraYear}年${Number(month)}月${Number(day)}日`;
}

/** `YYYY-MM-DD` as 1990年5月1日: the calendar in which the register states the birth dates of foreign residents. */
export function toWesternDate(isoDate: string): string {
  const [, year, month, day] = DATE.exec(isoDate) ?? [];
  if (!year || !month || !day) throw new RangeError("not a date of the form YYYY-MM-DD");
  return `${Number(year)}年${Number(month)}月${Number(day)}日`;
}

/** A printed date in either calendar as `YYYY-MM-DD`; undefined when the text is not one, or not a day of the calendar. */
export function fromPrintedDate(text: string): string | undefined {
  const compact = text.normalize("NFKC").replace(/\s/gu, "");
  const western = WESTERN_DATE.exec(compact);
  if (western) return isoDate(Number(western[1]), Number(western[2]), Number(western[3]));
  const [, name, eraYear, month, day] = ERA_DATE.exec(compact) ?? [];
  const era = ERAS.find((e) => e.name === name);
  if (!era || !eraYear) return undefined;
  const year = Number(era.from.slice(0, 4)) + (eraYear === "元" ? 1 : Number(eraYear)) - 1;
  return isoDate(year, Number(month), Number(day));
}

function isoDate(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.toISOString().slice(0, 10);
}
