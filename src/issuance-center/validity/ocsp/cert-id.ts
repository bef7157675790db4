import { createHash, type X509Certificate } from "node:crypto";
import { CertID } from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, Certificate } from "@peculiar/asn1-x509";

const SHA_256 = "2.16.840.1.101.3.4.2.1";

/**
 * How OCSP names a certificate (RFC 6960 section 4.1.1): hashes of the issuer's name and key, and the serial number.
 * The key's hash tells generations of one name apart.
 */
export function certIdOf(certificate: X509Certificate, authority: X509Certificate): CertID {
  const issuer = AsnConvert.parse(authority.raw, Certificate).tbsCertificate;
  return new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: SHA_256, parameters: new Uint8Array([5, 0]).buffer }),
    issuerNameHash: sha256(AsnConvert.serialize(issuer.subject)),
    issuerKeyHash: sha256(issuer.subjectPublicKeyInfo.subjectPublicKey),
    serialNumber: AsnConvert.parse(certificate.raw, Certificate).tbsCertificate.serialNumber,
  });
}

/** Whether two ids name one certificate. Parameters of the hash algorithm may be NULL or absent and do not count. */
export function sameCertId(a: CertID, b: CertID): boolean {
  return (
    a.hashAlgorithm.algorithm === b.hashAlgorithm.algorithm &&
    sameBytes(a.issuerNameHash.buffer, b.issuerNameHash.buffer) &&
    sameBytes(a.issuerKeyHash.buffer, b.issuerKeyHash.buffer) &&
    sameBytes(a.serialNumber, b.serialNumber)
  );
}

/** Byte equality of two buffers. Nothing secret is compared here. */
export function sameBytes(a: ArrayBuffer, b: ArrayBuffer): boolean {
  return Buffer.from(a).equals(Buffer.from(b));
}

function sha256(bytes: ArrayBuffer): OctetString {
  return new OctetString(createHash("sha256").update(new Uint8Array(bytes)).digest());
}
