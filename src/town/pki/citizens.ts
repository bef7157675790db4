import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate } from "./certificate-maker.ts";
import { ensureKey } from "./files.ts";
import type { TownPki } from "./town-pki.ts";

/** The policy of certificates for user authentication. */
export const USER_AUTH_POLICY = "1.2.392.200149.8.5.1.3.30";

/**
 * So many RSA keys serve all citizens of a town: an RSA-2048 key takes 0.1–0.5 s to make, and a town has hundreds of
 * residents. Certificates differ, keys repeat; nothing in the product identifies a citizen by the key.
 */
const KEY_POOL_SIZE = 8;
const DEFAULT_NOT_BEFORE_MS = Date.UTC(2025, 3, 1);
const DEFAULT_NOT_AFTER_MS = Date.UTC(2035, 3, 1);

/** What a citizen's certificate should be; what is absent follows from the serial number. */
export interface CitizenCertificateOptions {
  /** Which of the three generations of the authority issues it. */
  readonly ca: 0 | 1 | 2;
  /** Serial number as hex digits; the same serial and dates give the same certificate, byte for byte. */
  readonly serial: string;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** For tests of the verifier: other policies, or a certificate that may sign certificates. */
  readonly policies?: readonly string[];
  readonly usage?: "authority" | "signature";
}

/** An electronic certificate for user authentication and its private key. */
export interface CitizenCertificate {
  readonly certificate: X509Certificate;
  /** PKCS#8 PEM, RSA-2048. */
  readonly keyPem: string;
}

/**
 * Issues a certificate for user authentication (docs: card profile): RSA-2048, keyUsage digitalSignature only, the
 * policy of user authentication, subject an opaque CN and nothing else about the person. Deterministic: RSA PKCS#1 v1.5
 * signatures are, and the key is chosen from the town's pool by the serial number.
 */
export async function makeCitizenCertificate(
  pki: TownPki,
  options: CitizenCertificateOptions,
): Promise<CitizenCertificate> {
  const serial = serialBytes(options.serial);
  const digest = createHash("sha256").update(serial).digest();
  const key = await ensureKey(join(pki.folder, "citizens", `${digest.readUInt8(0) % KEY_POOL_SIZE}.key.pem`), "rsa");
  const files = pki.jpki[options.ca].authority;
  const certificate = makeCertificate(
    {
      subject: [
        ["C", "JP"],
        ["CN", `${digest.toString("hex").slice(0, 20).toUpperCase()}${options.ca}`],
      ],
      serial,
      notBeforeMs: options.notBeforeMs ?? DEFAULT_NOT_BEFORE_MS,
      notAfterMs: options.notAfterMs ?? DEFAULT_NOT_AFTER_MS,
      usage: options.usage ?? "signature",
      policies: options.policies ?? [USER_AUTH_POLICY],
    },
    createPublicKey(key),
    {
      certificate: new X509Certificate(readFileSync(files.certificate)),
      key: createPrivateKey(readFileSync(files.key)),
    },
  );
  return { certificate, keyPem: key.export({ type: "pkcs8", format: "pem" }).toString() };
}

function serialBytes(hex: string): Buffer {
  if (!/^[0-9a-fA-F]{1,38}$/.test(hex)) throw new RangeError(`not a serial number of at most 19 bytes: ${hex}`);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first < 0) throw new RangeError("a serial number is positive");
  const short = bytes.subarray(first);
  return short.readUInt8(0) > 0x7f ? Buffer.concat([Buffer.of(0), short]) : short;
}
