/**
 * Tags of RFC 8010: delimiter tags of groups (section 3.5.1) and value tags (section 3.5.2), with the names of the
 * IANA registry. Values are numbers on the wire; the program speaks names.
 */

/** Groups of attributes. `end-of-attributes` (0x03) is no group and stands apart. */
export const groupTags = {
  operation: 0x01,
  job: 0x02,
  printer: 0x04,
  unsupported: 0x05,
  subscription: 0x06,
  "event-notification": 0x07,
  resource: 0x08,
  document: 0x09,
  system: 0x0a,
} as const;
export type GroupName = keyof typeof groupTags;

export const END_OF_ATTRIBUTES = 0x03;
/** Value tags begin here; what is below is a delimiter. */
export const FIRST_VALUE_TAG = 0x10;

/** Values that say why there is no value; their length is 0. */
export const outOfBandTags = {
  unsupported: 0x10,
  unknown: 0x12,
  "no-value": 0x13,
  "not-settable": 0x15,
  "delete-attribute": 0x16,
  "admin-define": 0x17,
} as const;
export type OutOfBandName = keyof typeof outOfBandTags;

/** Values that are a text of one kind or another, all UTF-8 here. */
export const textTags = {
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  uriScheme: 0x46,
  charset: 0x47,
  naturalLanguage: 0x48,
  mimeMediaType: 0x49,
} as const;
export type TextTagName = keyof typeof textTags;

/** Texts that carry their own language. */
export const localizedTags = { textWithLanguage: 0x35, nameWithLanguage: 0x36 } as const;
export type LocalizedTagName = keyof typeof localizedTags;

export const INTEGER = 0x21;
export const BOOLEAN = 0x22;
export const ENUM = 0x23;
export const OCTET_STRING = 0x30;
export const DATE_TIME = 0x31;
export const RESOLUTION = 0x32;
export const RANGE_OF_INTEGER = 0x33;
export const BEGIN_COLLECTION = 0x34;
export const END_COLLECTION = 0x37;
export const MEMBER_NAME = 0x4a;

/** Turns a table of names into one of codes; two names for one code would be a bug of the table. */
export function byCode<N extends string>(table: Readonly<Record<N, number>>): ReadonlyMap<number, N> {
  const names = new Map<number, N>();
  for (const name of Object.keys(table) as N[]) {
    if (names.has(table[name])) throw new Error(`two names for the tag 0x${table[name].toString(16)}`);
    names.set(table[name], name);
  }
  return names;
}
