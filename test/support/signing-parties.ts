import { generateKeyPairSync, type KeyObject, type X509Certificate } from "node:crypto";
import type { TlsIdentity } from "../../src/protocol/http/server.ts";
import type { SignerRole } from "../../src/protocol/roles.ts";
import type { Signer } from "../../src/protocol/statement.ts";
import { type CertificateProfile, type Issuer, makeCertificate } from "../../src/town/pki/certificate-maker.ts";

/** Certificates of parties that exist only in memory. Times in milliseconds of wall time. */
export interface Authority extends Issuer {
  /** A signer of a role and party that this authority vouches for. `more` changes its certificate. */
  signer(role: SignerRole, party: string, more?: Partial<CertificateProfile>): Signer;
  /** The card's electronic certificate: RSA, no name. */
  card(): { certificate: X509Certificate; key: KeyObject };
}

/** id-kp-serverAuth and id-kp-clientAuth (RFC 5280, section 4.2.1.12). */
export const TLS_USAGE = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];

const DATES = { notBeforeMs: Date.UTC(2025, 0, 1), notAfterMs: Date.UTC(2046, 0, 1) };
let serial = 1;

function nextSerial(): Uint8Array {
  serial += 1;
  return Uint8Array.of(1, serial >> 8, serial & 0xff);
}

/** PEM texts of a signer, for one side of a mutual TLS connection. */
export function tlsOf(signer: Signer, ...authorities: Authority[]): TlsIdentity {
  return {
    certificate: signer.certificate.toString(),
    key: signer.key.export({ type: "pkcs8", format: "pem" }).toString(),
    authorities: authorities.map((authority) => authority.certificate.toString()),
  };
}

export function createAuthority(name: string): Authority {
  const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = makeCertificate(
    { ...DATES, subject: [["CN", name]], serial: nextSerial(), usage: "authority" },
    publicKey,
    { selfKey: key },
  );
  const issuer: Issuer = { certificate, key };
  return {
    ...issuer,
    signer(role, party, more = {}) {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return {
        key: pair.privateKey,
        certificate: makeCertificate(
          {
            ...DATES,
            subject: [
              ["O", party],
              ["OU", role],
              ["CN", `${party} ${role}`],
            ],
            serial: nextSerial(),
            usage: "signature",
            hosts: { dns: ["localhost"], ip: ["127.0.0.1"] },
            ...more,
          },
          pair.publicKey,
          issuer,
        ),
      };
    },
    card() {
      const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
      return {
        key: pair.privateKey,
        certificate: makeCertificate(
          { ...DATES, subject: [["CN", "0123456789"]], serial: nextSerial(), usage: "signature" },
          pair.publicKey,
          issuer,
        ),
      };
    },
  };
}
