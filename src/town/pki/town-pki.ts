import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { SignerFiles } from "../../protocol/identity-files.ts";
import type { SignerRole } from "../../protocol/roles.ts";
import { type CertificateProfile, type DistinguishedName, type Issuer, makeCertificate } from "./certificate-maker.ts";
import {
  ensureCertificate,
  ensureImageKeys,
  ensureKey,
  ensureSealingKey,
  pairFiles,
  type SealingKeyFiles,
} from "./files.ts";

/**
 * The town's own keys and certificates, for development and demonstration only: every private key, those of the
 * authorities too, lies in one folder. Four domains that vouch for nothing outside themselves (docs/binding.md 15):
 * devices, centres, municipalities, and JPKI's stand-in with three generations under one name.
 */

/** One generation of the authority for user authentication, with the responder it delegated OCSP to. */
export interface JpkiGenerationFiles {
  readonly authority: SignerFiles;
  readonly ocsp: SignerFiles;
}

/** The keys of one municipality. `issuingServer` is its TLS pair. */
export interface MunicipalityFiles {
  readonly attestor: SignerFiles;
  readonly renderer: SignerFiles;
  readonly gate: SignerFiles;
  readonly issuingServer: SignerFiles;
}

/** Paths of everything that `ensureTownPki` made. Certificates are PEM; private keys are PKCS#8 PEM with mode 0600. */
export interface TownPki {
  readonly folder: string;
  /** Certificates of the authorities to pin: devices (kiosks), centres, municipalities, JPKI oldest first. */
  readonly authorities: {
    readonly device: string;
    readonly centre: string;
    readonly municipality: string;
    readonly jpki: readonly [string, string, string];
  };
  readonly jpki: readonly [JpkiGenerationFiles, JpkiGenerationFiles, JpkiGenerationFiles];
  /** Kiosk id → device pair, both its TLS pair and the signer of S and P. */
  readonly kiosks: Readonly<Record<string, SignerFiles>>;
  readonly operatorCenter: { readonly tls: SignerFiles };
  readonly issuanceCenter: {
    readonly signer: SignerFiles;
    readonly tls: SignerFiles;
    readonly sealing: SealingKeyFiles;
    /** The store of the scrambled images' keys. */
    readonly imageKeys: string;
    /** What an inspector is given of it. */
    readonly inspectionKeys: string;
  };
  /** Municipality code → its pairs. */
  readonly municipalities: Readonly<Record<string, MunicipalityFiles>>;
}

export const OPERATOR_CENTER_PARTY = "operator-center";
export const ISSUANCE_CENTER_PARTY = "issuance-center";

/** The name that all generations of the authority for user authentication share. */
export const JPKI_AUTHORITY_NAME: DistinguishedName = [
  ["C", "JP"],
  ["O", "JPKI"],
  ["OU", "JPKI for user authentication"],
  ["OU", "Japan Agency for Local Authority Information Systems"],
];

/** What inspectors of a town's certificates are given, in the folder of its PKI. */
export function inspectionKeysFile(folder: string): string {
  return join(folder, "centre", "issuance-center.inspection-keys.json");
}

/** Fixed, so that a town made by one clock is also believed by another (a test's, or Node's own TLS). */
const TOWN_NOT_BEFORE_MS = Date.UTC(2025, 0, 1);
const TOWN_NOT_AFTER_MS = Date.UTC(2046, 0, 1);
const SERVER_AND_CLIENT = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
const CLIENT_ONLY = ["1.3.6.1.5.5.7.3.2"];
const OCSP_SIGNING = ["1.3.6.1.5.5.7.3.9"];
const LOOPBACK = { dns: ["localhost"], ip: ["127.0.0.1"] };

/**
 * Makes what is missing of the town's PKI in `folder` and keeps what is there. About one second when all is new (six RSA
 * keys, made in parallel), a few milliseconds otherwise. Throws when files cannot be read or written.
 */
export async function ensureTownPki(
  folder: string,
  town: { readonly municipalities: readonly string[]; readonly kiosks: readonly string[] },
): Promise<TownPki> {
  const [jpki, device, centre, municipality] = await Promise.all([
    Promise.all([jpkiGeneration(folder, 0), jpkiGeneration(folder, 1), jpkiGeneration(folder, 2)]),
    domainAuthority(folder, "device"),
    domainAuthority(folder, "centre"),
    domainAuthority(folder, "municipality"),
  ]);
  const kiosks = await record(town.kiosks, (id) =>
    member(device.issuer, join(folder, "device", id), "kiosk", id, { extendedKeyUsage: CLIENT_ONLY }),
  );
  const municipalities = await record(town.municipalities, async (code) => {
    const base = join(folder, "municipality", code);
    const one = (role: SignerRole, profile: Partial<CertificateProfile> = {}) =>
      member(municipality.issuer, join(base, role), role, code, profile);
    return {
      attestor: await one("attestor"),
      renderer: await one("renderer"),
      gate: await one("gate"),
      issuingServer: await one("issuing-server", { extendedKeyUsage: SERVER_AND_CLIENT, hosts: LOOPBACK }),
    };
  });
  const centreMember = (name: string, role: "operator-center" | "issuance-center", tls: boolean) =>
    member(centre.issuer, join(folder, "centre", name), role, role, {
      ...(tls ? { extendedKeyUsage: SERVER_AND_CLIENT, hosts: LOOPBACK } : {}),
    });
  const sealing = {
    privateKey: join(folder, "centre", "issuance-center.sealing"),
    publicKey: join(folder, "centre", "issuance-center.sealing.pub"),
  };
  await ensureSealingKey(sealing);
  const imageKeys = join(folder, "centre", "issuance-center.image-keys.json");
  const inspectionKeys = inspectionKeysFile(folder);
  ensureImageKeys({ imageKeys, inspectionKeys, issuer: ISSUANCE_CENTER_PARTY });
  return {
    folder,
    authorities: {
      device: device.files.certificate,
      centre: centre.files.certificate,
      municipality: municipality.files.certificate,
      jpki: [jpki[0].authority.certificate, jpki[1].authority.certificate, jpki[2].authority.certificate],
    },
    jpki,
    kiosks,
    operatorCenter: { tls: await centreMember("operator-center.tls", OPERATOR_CENTER_PARTY, true) },
    issuanceCenter: {
      signer: await centreMember("issuance-center", ISSUANCE_CENTER_PARTY, false),
      tls: await centreMember("issuance-center.tls", ISSUANCE_CENTER_PARTY, true),
      sealing,
      imageKeys,
      inspectionKeys,
    },
    municipalities,
  };
}

async function jpkiGeneration(folder: string, generation: number): Promise<JpkiGenerationFiles> {
  const { files, issuer } = await authority(join(folder, "jpki", `ca-${generation}`), "rsa", JPKI_AUTHORITY_NAME);
  const ocsp = pairFiles(join(folder, "jpki", `ocsp-${generation}`));
  const key = await ensureKey(ocsp.key, "rsa");
  ensureCertificate(ocsp.certificate, () =>
    makeCertificate(
      {
        ...lifeOfTown(),
        subject: [
          ["C", "JP"],
          ["O", "JPKI"],
          ["CN", `OCSP responder ${generation}`],
        ],
        usage: "signature",
        extendedKeyUsage: OCSP_SIGNING,
        ocspNoCheck: true,
      },
      createPublicKey(key),
      issuer,
    ),
  );
  return { authority: files, ocsp };
}

function domainAuthority(folder: string, domain: string): Promise<{ files: SignerFiles; issuer: Issuer }> {
  return authority(join(folder, domain, "authority"), "ec", [
    ["O", "Madoguchi town"],
    ["CN", `${domain} authority`],
  ]);
}

async function authority(
  base: string,
  kind: "rsa" | "ec",
  subject: DistinguishedName,
): Promise<{ files: SignerFiles; issuer: Issuer }> {
  const files = pairFiles(base);
  const key = await ensureKey(files.key, kind);
  const certificate = ensureCertificate(files.certificate, () =>
    makeCertificate({ ...lifeOfTown(), subject, usage: "authority" }, createPublicKey(key), { selfKey: key }),
  );
  return { files, issuer: { certificate, key } };
}

/** A party's pair for one role, as `checkSigner` expects it: `O=<party>, OU=<role>`. */
async function member(
  issuer: Issuer,
  base: string,
  role: SignerRole,
  party: string,
  profile: Partial<CertificateProfile>,
): Promise<SignerFiles> {
  const files = pairFiles(base);
  const key: KeyObject = await ensureKey(files.key, "ec");
  ensureCertificate(files.certificate, () =>
    makeCertificate(
      {
        ...lifeOfTown(),
        subject: [
          ["O", party],
          ["OU", role],
          ["CN", `${party} ${role}`],
        ],
        usage: "signature",
        ...profile,
      },
      createPublicKey(key),
      issuer,
    ),
  );
  return files;
}

function lifeOfTown(): { serial: Uint8Array; notBeforeMs: number; notAfterMs: number } {
  return { serial: randomSerial(), notBeforeMs: TOWN_NOT_BEFORE_MS, notAfterMs: TOWN_NOT_AFTER_MS };
}

/** Sixteen random bytes that are a valid serial number: positive, without a leading zero byte. */
function randomSerial(): Uint8Array {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return serial;
}

async function record<T>(keys: readonly string[], make: (key: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await make(key)] as const)));
}
