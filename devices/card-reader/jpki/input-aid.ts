import { ok, type Result } from "../../../src/kernel/result.ts";
import { MAX_RESPONSE_DATA_BYTES } from "../apdu/apdu.ts";
import { parseTlvs, readTlvHeader } from "../apdu/tlv.ts";
import type { CardChannel } from "../card-channel.ts";
import type { CardProfile } from "../card-profile.ts";
import type { FourItems } from "../port.ts";
import { readTries, verifyPin } from "./jpki.ts";

/** Tags of the four items (券面事項入力補助, EF 0002). DF21, the header, holds offsets that the parser does not need. */
export const itemTags = {
  items: 0xff20,
  header: 0xdf21,
  name: 0xdf22,
  address: 0xdf23,
  birth: 0xdf24,
  sex: 0xdf25,
} as const;

/** Name and address with every variation selector stay far below this; more is not this file. */
const MAX_ITEMS_BYTES = 4096;

/** Why the four items were not read: the lower binding level, not an error. */
export type ItemsRefusal = "noApplication" | "counterNotFull" | "pinDiffers" | "notReadable" | "malformed";

/** What came of the reading. */
export type ItemsOutcome = { readonly items: FourItems } | { readonly refusal: ItemsRefusal };

/** ISO/IEC 5218, as the card writes it; everything that is neither male nor female is `other`. */
const sexes: ReadonlyMap<string, FourItems["sex"]> = new Map([
  ["1", "male"],
  ["2", "female"],
]);

/**
 * The four items (name, address, birth date, sex), never My Number. The PIN of this application is its own, often the same:
 * it is tried once, and only while the counter is full, so that a citizen can never be brought nearer to a blocked card
 * than by one try that an entry of theirs restores. Leaves this application selected: JPKI needs its PIN again afterwards.
 */
export async function readFourItems(
  channel: CardChannel,
  { inputAid }: CardProfile,
  pin: Uint8Array,
): Promise<Result<ItemsOutcome>> {
  const selected = await channel.selectApplication(inputAid.aid);
  if (!selected.ok) return selected;
  if (!selected.value) return ok({ refusal: "noApplication" });
  const tries = await readTries(channel, "itemsPin", inputAid.pin);
  if (!tries.ok) return refusedByCard(tries);
  if (tries.value !== inputAid.pin.tries) return ok({ refusal: "counterNotFull" });
  const verified = await verifyPin(channel, "itemsPin", inputAid.pin, pin);
  if (!verified.ok) return refusedByCard(verified);
  if (verified.value.outcome !== "accepted") return ok({ refusal: "pinDiffers" });
  const file = await channel.selectFile("items", inputAid.itemsFile);
  if (!file.ok) return refusedByCard(file);
  const first = await channel.readFile("items", 0, MAX_RESPONSE_DATA_BYTES);
  if (!first.ok) return refusedByCard(first);
  const header = readTlvHeader(first.value);
  const length = header ? header.valueOffset + header.valueLength : 0;
  if (!header || length > MAX_ITEMS_BYTES) return ok({ refusal: "malformed" });
  const rest = await channel.readFile("items", first.value.length, length);
  if (!rest.ok) return refusedByCard(rest);
  const bytes = Buffer.concat([first.value, rest.value]).subarray(0, length);
  const items = decodeFourItems(bytes);
  for (const copy of [first.value, rest.value, bytes]) copy.fill(0);
  return ok(items ? { items } : { refusal: "malformed" });
}

/** EF 0002 → the four items; undefined when the structure, the encoding or a value is not as it must be. */
export function decodeFourItems(bytes: Uint8Array): FourItems | undefined {
  const outer = parseTlvs(bytes)?.find(({ tag }) => tag === itemTags.items);
  const fields = outer && parseTlvs(outer.value);
  if (!fields) return undefined;
  const text = (wanted: number): string | undefined => {
    const field = fields.find(({ tag }) => tag === wanted);
    return field && decodeText(field.value);
  };
  const name = text(itemTags.name);
  const address = text(itemTags.address);
  const birthDate = isoDate(text(itemTags.birth) ?? "");
  const sex = text(itemTags.sex);
  if (!name || !address || !birthDate || !sex || !/^[0-9]$/u.test(sex)) return undefined;
  return { name, address, birthDate, sex: sexes.get(sex) ?? "other" };
}

function decodeText(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(value).replace(/[\0 ]+$/u, "");
  } catch {
    return undefined;
  }
}

/** `YYYYMMDD` → `YYYY-MM-DD`; undefined for anything that is not a day of the calendar. */
function isoDate(digits: string): string | undefined {
  const [, year, month, day] = /^([0-9]{4})([0-9]{2})([0-9]{2})$/u.exec(digits) ?? [];
  if (!year || !month || !day) return undefined;
  const iso = `${year}-${month}-${day}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : undefined;
}

/** An answer of the card that refuses is the lower level; a card that is gone or silent stays an error. */
function refusedByCard(result: Result<unknown> & { ok: false }): Result<ItemsOutcome> {
  const refused = result.error.code === "K-CARD-107" || result.error.code === "K-CARD-108";
  return refused ? ok({ refusal: "notReadable" }) : result;
}
