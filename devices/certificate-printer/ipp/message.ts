import type { GroupName, LocalizedTagName, OutOfBandName, TextTagName } from "./tags.ts";

/**
 * One value of an attribute. What has a tag that is not known here, or bytes that do not fit its tag, is `other`: data,
 * not an error, so that one odd value of a printer does not hide the rest of its answer.
 */
export type IppValue =
  | { readonly tag: "integer" | "enum"; readonly value: number }
  | { readonly tag: "boolean"; readonly value: boolean }
  | { readonly tag: TextTagName; readonly value: string }
  | { readonly tag: LocalizedTagName; readonly language: string; readonly value: string }
  | { readonly tag: "octetString"; readonly value: Uint8Array }
  /** 11 octets of RFC 2579 DateAndTime. */
  | { readonly tag: "dateTime"; readonly value: Uint8Array }
  | { readonly tag: "resolution"; readonly crossFeed: number; readonly feed: number; readonly units: "dpi" | "dpcm" }
  | { readonly tag: "rangeOfInteger"; readonly lower: number; readonly upper: number }
  | { readonly tag: "collection"; readonly members: readonly IppAttribute[] }
  | { readonly tag: "outOfBand"; readonly reason: OutOfBandName }
  | { readonly tag: "other"; readonly code: number; readonly bytes: Uint8Array };

/** A named attribute with one value, or several (`1setOf`). */
export interface IppAttribute {
  readonly name: string;
  readonly values: readonly IppValue[];
}

/** A group: by name, or by number when the registry has grown. */
export interface IppGroup {
  readonly tag: GroupName | number;
  readonly attributes: readonly IppAttribute[];
}

/** A request or response (RFC 8010, section 3.1). `code` is the operation-id or the status-code. */
export interface IppMessage {
  readonly version: { readonly major: number; readonly minor: number };
  readonly code: number;
  readonly requestId: number;
  readonly groups: readonly IppGroup[];
  /** What follows the attributes: the document. */
  readonly data: Uint8Array;
}

/** An attribute from its values. */
export function attribute(name: string, ...values: readonly IppValue[]): IppAttribute {
  return { name, values };
}

export const integer = (value: number): IppValue => ({ tag: "integer", value });
export const enumeration = (value: number): IppValue => ({ tag: "enum", value });
export const boolean = (value: boolean): IppValue => ({ tag: "boolean", value });
export const text = (value: string): IppValue => ({ tag: "text", value });
export const nameText = (value: string): IppValue => ({ tag: "name", value });
export const keyword = (value: string): IppValue => ({ tag: "keyword", value });
export const uri = (value: string): IppValue => ({ tag: "uri", value });
export const mimeMediaType = (value: string): IppValue => ({ tag: "mimeMediaType", value });
export const charset = (value: string): IppValue => ({ tag: "charset", value });
export const naturalLanguage = (value: string): IppValue => ({ tag: "naturalLanguage", value });
export const dotsPerInch = (dpi: number): IppValue => ({ tag: "resolution", crossFeed: dpi, feed: dpi, units: "dpi" });
export const rangeOfInteger = (lower: number, upper: number): IppValue => ({ tag: "rangeOfInteger", lower, upper });
export const collection = (...members: readonly IppAttribute[]): IppValue => ({ tag: "collection", members });

/** All groups of one kind, e.g. one `job` group for each job of a Get-Jobs response. */
export function groupsOf(message: IppMessage, tag: GroupName): readonly IppGroup[] {
  return message.groups.filter((group) => group.tag === tag);
}

/** The values of an attribute in one group, or none. */
export function valuesOf(group: IppGroup | undefined, name: string): readonly IppValue[] {
  return group?.attributes.find((candidate) => candidate.name === name)?.values ?? [];
}

/** The first value as a number (integer or enum), or undefined when it is missing or something else. */
export function numberOf(group: IppGroup | undefined, name: string): number | undefined {
  const [value] = valuesOf(group, name);
  return value?.tag === "integer" || value?.tag === "enum" ? value.value : undefined;
}

/** The first value as a count, 0 or more; undefined for anything else. */
export function countOf(group: IppGroup | undefined, name: string): number | undefined {
  const value = numberOf(group, name);
  return value !== undefined && value >= 0 ? value : undefined;
}

/** The first value as a boolean, or undefined. */
export function booleanOf(group: IppGroup | undefined, name: string): boolean | undefined {
  const [value] = valuesOf(group, name);
  return value?.tag === "boolean" ? value.value : undefined;
}

/** All values that are texts, with or without language; others are left out. */
export function textsOf(group: IppGroup | undefined, name: string): readonly string[] {
  return valuesOf(group, name).flatMap((value) =>
    "value" in value && typeof value.value === "string" ? [value.value] : [],
  );
}
