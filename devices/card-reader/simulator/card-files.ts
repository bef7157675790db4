import type { KeyObject } from "node:crypto";
import { encodeTlv } from "../apdu/tlv.ts";
import { myNumberCardProfile } from "../card-profile.ts";
import { itemTags } from "../jpki/input-aid.ts";
import type { CardIdentity, SimulatedCardKind, SimulatedCardProfile } from "./profile.ts";

/** A PIN's state; it lives as long as the card. */
export interface SimulatedPin {
  value: string;
  triesLeft: number;
  readonly tries: number;
}

/** An elementary file. `needs`: the PIN that must have been entered since the application was selected. */
export type CardFile =
  | { readonly kind: "data"; readonly bytes: Uint8Array; readonly needs?: SimulatedPin }
  | { readonly kind: "record"; readonly bytes: Uint8Array }
  | { readonly kind: "pin"; readonly pin: SimulatedPin }
  | { readonly kind: "key"; readonly key: KeyObject; readonly needs: SimulatedPin };

/** Applications by the hexadecimal text of their AID, files by identifier. */
export type CardApplications = ReadonlyMap<string, ReadonlyMap<number, CardFile>>;

export interface CardPins {
  readonly auth: SimulatedPin;
  readonly items: SimulatedPin;
  readonly signing: SimulatedPin;
  readonly juki: SimulatedPin;
}

/** 券面確認, which no step of the kiosk selects. */
const FACE_AID = "d3921000310001010402";
/** 住基AP: its PIN. Four digits and three tries are read in public sources; what lies behind it is not simulated. */
const JUKI_PIN_FILE = 0x001c;

const labels: Readonly<Record<Exclude<SimulatedCardKind, "plain">, string>> = {
  myNumberCard: "JPKIAPICCTOKEN2",
  jukiCard: "JPKIAPICCTOKEN",
  androidPhone: "JPKIAPGPSETOKEN",
  iPhone: "JPKIAPIOSTOKEN",
};

/** The file may be longer than the certificate in it, so it is here. */
const CERTIFICATE_PADDING_BYTES = 100;
const TOKEN_INFO_BYTES = 160;
const FREE_CERTIFICATES: readonly SimulatedCardKind[] = ["myNumberCard", "jukiCard"];

/** Fresh counters for a profile's PINs; `1234` where the profile says nothing. */
export function createPins(profile: SimulatedCardProfile): CardPins {
  const pin = (value: string, tries: number): SimulatedPin => ({ value, triesLeft: tries, tries });
  return {
    auth: pin(profile.pins?.auth ?? "1234", 3),
    items: pin(profile.pins?.items ?? "1234", 3),
    signing: pin(profile.pins?.signing ?? "ABC123", 5),
    juki: pin(profile.pins?.juki ?? "1234", 3),
  };
}

/** The applications of a card of this profile, as docs of the card stack list them. A plain card has none. */
export function createApplications(profile: SimulatedCardProfile, pins: CardPins): CardApplications {
  const { kind } = profile;
  if (kind === "plain") return new Map();
  const { jpki, inputAid, jukiAid, commonAid } = myNumberCardProfile;
  const applications = new Map<string, ReadonlyMap<number, CardFile>>();
  if (!profile.withoutJpki) applications.set(hexOf(jpki.aid), jpkiFiles(profile, pins, labels[kind]));
  if (kind !== "jukiCard" && kind !== "myNumberCard") return applications;
  applications.set(hexOf(jukiAid), new Map([[JUKI_PIN_FILE, { kind: "pin", pin: pins.juki }]]));
  // Whether juki cards had it, too, is not verified: it changes nothing in how they are recognised.
  applications.set(hexOf(commonAid), commonFiles(profile));
  if (kind !== "myNumberCard") return applications;
  applications.set(FACE_AID, new Map());
  applications.set(hexOf(inputAid.aid), itemFiles(profile, pins));
  return applications;
}

function jpkiFiles(profile: SimulatedCardProfile, pins: CardPins, label: string): ReadonlyMap<number, CardFile> {
  const { jpki } = myNumberCardProfile;
  const token = Buffer.alloc(TOKEN_INFO_BYTES, " ");
  token.write(label, "latin1");
  const files = new Map<number, CardFile>([
    [jpki.tokenFile, { kind: "data", bytes: token }],
    [0x0008, { kind: "data", bytes: Uint8Array.of(profile.signing ? 0x8f : 0x00, profile.auth ? 0x8f : 0x00, 0x00) }],
    [jpki.authPin.file, { kind: "pin", pin: pins.auth }],
    [0x001b, { kind: "pin", pin: pins.signing }],
  ]);
  const free = FREE_CERTIFICATES.includes(profile.kind);
  const add = (
    identity: CardIdentity | undefined,
    ids: readonly number[],
    certificatePin: SimulatedPin | undefined,
    keyPin: SimulatedPin,
  ) => {
    const [certificateId, authorityId, keyId] = ids;
    if (!identity || certificateId === undefined || authorityId === undefined || keyId === undefined) return;
    files.set(certificateId, dataFile(padded(identity.certificate), certificatePin));
    files.set(authorityId, dataFile(padded(identity.authority), free ? undefined : certificatePin));
    files.set(keyId, { kind: "key", key: identity.privateKey, needs: keyPin });
  };
  add(profile.auth, [jpki.authCertificateFile, 0x000b, jpki.authKeyFile], free ? undefined : pins.auth, pins.auth);
  add(profile.signing, [0x0001, 0x0002, 0x001a], pins.signing, pins.signing);
  return files;
}

function itemFiles(profile: SimulatedCardProfile, pins: CardPins): ReadonlyMap<number, CardFile> {
  const { inputAid } = myNumberCardProfile;
  const files = new Map<number, CardFile>([[inputAid.pin.file, { kind: "pin", pin: pins.items }]]);
  const { items } = profile;
  if (!items) return files;
  files.set(inputAid.itemsFile, dataFile(encodeFourItems(items), pins.items));
  // Three bytes of header, twelve digits, two bytes: 17 bytes as the sources read them; the header's value is invented.
  const myNumber = `\x10\x01\x0c${items.myNumber ?? "000000000000"}\0\0`;
  files.set(0x0001, dataFile(Buffer.from(myNumber, "latin1"), pins.items));
  return files;
}

/** EF 0002: FF20 { DF21 offsets, DF22 name, DF23 address, DF24 birth date, DF25 sex }, UTF-8. */
export function encodeFourItems(items: NonNullable<SimulatedCardProfile["items"]>): Uint8Array<ArrayBuffer> {
  const text = (tag: number, value: string) => encodeTlv(tag, Buffer.from(value, "utf8"));
  const fields = [
    text(itemTags.name, items.name),
    text(itemTags.address, items.address),
    text(itemTags.birth, items.birthDate.replaceAll("-", "")),
    text(itemTags.sex, items.sex),
  ];
  const offsets: number[] = [];
  let offset = 0;
  for (const field of fields) {
    offsets.push(offset >> 8, offset & 0xff);
    offset += field.length;
  }
  const header = encodeTlv(itemTags.header, Uint8Array.from(offsets));
  return encodeTlv(itemTags.items, Buffer.concat([header, ...fields]));
}

function commonFiles(profile: SimulatedCardProfile): ReadonlyMap<number, CardFile> {
  const { common } = profile;
  if (!common) return new Map();
  const record = Buffer.from(`\x01\x1c${common.serial}${common.municipalityCode}${common.expiry}`, "latin1");
  return new Map([[0x0001, { kind: "record", bytes: record }]]);
}

function dataFile(bytes: Uint8Array, needs?: SimulatedPin): CardFile {
  return needs ? { kind: "data", bytes, needs } : { kind: "data", bytes };
}

function padded(certificate: Uint8Array): Uint8Array {
  return Buffer.concat([certificate, Buffer.alloc(CERTIFICATE_PADDING_BYTES)]);
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
