import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import { MAX_RESPONSE_DATA_BYTES } from "../apdu/apdu.ts";
import { askTries, computeSignature, verify } from "../apdu/commands.ts";
import { statusWord, triesOf } from "../apdu/status-words.ts";
import { readTlvHeader } from "../apdu/tlv.ts";
import { type CardChannel, unexpected } from "../card-channel.ts";
import { type CardProfile, kindOfToken, type PinPolicy, TOKEN_LABEL_BYTES } from "../card-profile.ts";
import type { CardKind, PinOutcome } from "../port.ts";

/** Far above any certificate of JPKI (about 1,500 bytes); a length beyond it is a broken card, not a certificate. */
const MAX_CERTIFICATE_BYTES = 8192;
const DER_SEQUENCE = 0x30;

/**
 * What the card is: selects JPKI, reads the token label and asks for the tries left of the authentication PIN. Spends no
 * try. A label that nobody knows is `unknown`; a card without JPKI is known by its other applications. Both have no tries.
 */
export async function identify(
  channel: CardChannel,
  profile: CardProfile,
): Promise<Result<{ readonly kind: CardKind; readonly triesLeft: number }>> {
  const { jpki } = profile;
  const selected = await channel.selectApplication(jpki.aid);
  if (!selected.ok) return selected;
  if (!selected.value) {
    const kind = await kindByApplications(channel, profile);
    return kind.ok ? ok({ kind: kind.value, triesLeft: 0 }) : kind;
  }
  const token = await channel.selectFile("token", jpki.tokenFile);
  if (!token.ok) return token;
  const label = await channel.readFile("token", 0, TOKEN_LABEL_BYTES);
  if (!label.ok) return label;
  const kind = kindOfToken(label.value);
  if (kind === "unknown") return ok({ kind, triesLeft: 0 });
  const triesLeft = await readTries(channel, "authPin", jpki.authPin);
  return triesLeft.ok ? ok({ kind, triesLeft: triesLeft.value }) : triesLeft;
}

/**
 * A card without JPKI by what it has instead. 券面事項入力補助 came with the My Number card; 住基 and 共通 are on both that
 * card and its predecessor, so they only speak when the first is missing.
 */
async function kindByApplications(channel: CardChannel, profile: CardProfile): Promise<Result<CardKind>> {
  const signs: readonly (readonly [aid: Uint8Array, kind: CardKind])[] = [
    [profile.inputAid.aid, "myNumberCardWithoutJpki"],
    [profile.jukiAid, "jukiCard"],
    [profile.commonAid, "jukiCard"],
  ];
  for (const [aid, kind] of signs) {
    const selected = await channel.selectApplication(aid);
    if (!selected.ok) return selected;
    if (selected.value) return ok(kind);
  }
  return ok("unknown");
}

/** Tries left of a PIN of the current application, by the empty VERIFY. 9000 is a PIN that was entered: a full counter. */
export async function readTries(channel: CardChannel, step: string, pin: PinPolicy): Promise<Result<number>> {
  const file = await channel.selectFile(step, pin.file);
  if (!file.ok) return file;
  const response = await channel.send(askTries());
  if (!response.ok) return response;
  if (statusWord(response.value.sw).meaning === "ok") return ok(pin.tries);
  const tries = triesOf(response.value.sw);
  return tries === undefined ? unexpected(step, response.value.sw) : ok(tries);
}

/**
 * VERIFY with the PIN file that `readTries` or this step selects. The APDU's copy of the PIN is zeroed before returning;
 * `pin` is the caller's to zero.
 */
export async function verifyPin(
  channel: CardChannel,
  step: string,
  policy: PinPolicy,
  pin: Uint8Array,
): Promise<Result<PinOutcome>> {
  const file = await channel.selectFile(step, policy.file);
  if (!file.ok) return file;
  const apdu = verify(pin);
  const response = await channel.send(apdu);
  apdu.fill(0);
  if (!response.ok) return response;
  const { sw } = response.value;
  if (statusWord(sw).meaning === "ok") return ok({ outcome: "accepted" });
  const triesLeft = triesOf(sw);
  if (triesLeft === undefined) return unexpected(step, sw);
  return ok(triesLeft === 0 ? { outcome: "blocked" } : { outcome: "wrong", triesLeft });
}

/**
 * The user-authentication certificate, DER. Its length is read from its first bytes (`30 82 LL LL`), because the file may be
 * longer than the certificate. `K-CARD-111` when the file does not hold one whole DER sequence.
 */
export async function readAuthCertificate(channel: CardChannel, profile: CardProfile): Promise<Result<Uint8Array>> {
  const step = "authCertificate";
  const selected = await selectJpki(channel, profile);
  if (!selected.ok) return selected;
  const file = await channel.selectFile(step, profile.jpki.authCertificateFile);
  if (!file.ok) return file;
  const first = await channel.readFile(step, 0, MAX_RESPONSE_DATA_BYTES);
  if (!first.ok) return first;
  const header = readTlvHeader(first.value);
  const length = header ? header.valueOffset + header.valueLength : 0;
  if (header?.tag !== DER_SEQUENCE || length > MAX_CERTIFICATE_BYTES) return fail("K-CARD-111", { length });
  const rest = await channel.readFile(step, first.value.length, length);
  if (!rest.ok) return rest;
  const certificate = new Uint8Array(Buffer.concat([first.value, rest.value])).subarray(0, length);
  return certificate.length === length ? ok(certificate) : fail("K-CARD-111", { length, read: certificate.length });
}

/**
 * RSA PKCS#1 v1.5 over a SHA-256 digest (32 bytes): the card pads the DigestInfo and answers 256 bytes. `K-CARD-107` when
 * the PIN was not accepted in this session. Throws on a digest of another length: that is a bug.
 */
export async function signDigest(
  channel: CardChannel,
  profile: CardProfile,
  digest: Uint8Array,
): Promise<Result<Uint8Array>> {
  const { jpki } = profile;
  if (digest.length !== jpki.digestBytes) throw new RangeError(`digest of ${digest.length} bytes`);
  const selected = await selectJpki(channel, profile);
  if (!selected.ok) return selected;
  const key = await channel.selectFile("authKey", jpki.authKeyFile);
  if (!key.ok) return key;
  const response = await channel.send(computeSignature(Uint8Array.of(...jpki.digestInfoPrefix, ...digest)));
  if (!response.ok) return response;
  const { data, sw } = response.value;
  if (statusWord(sw).meaning !== "ok") return unexpected("sign", sw);
  return data.length === jpki.signatureBytes ? ok(data) : fail("K-CARD-108", { step: "sign", bytes: data.length });
}

/** Selects JPKI; `K-CARD-102` on a card without it. */
export async function selectJpki(channel: CardChannel, { jpki }: CardProfile): Promise<Result<void>> {
  const selected = await channel.selectApplication(jpki.aid);
  if (!selected.ok) return selected;
  return selected.value ? ok() : fail("K-CARD-102");
}
