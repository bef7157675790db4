import { createHash, type KeyObject, sign, X509Certificate } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CertificatePolicies,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  PolicyInformation,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

/** X.509 certificates of the town's test PKI (RFC 5280), composed by asn1-x509 and signed by node:crypto. */

const attributeTypes = { C: "2.5.4.6", O: "2.5.4.10", OU: "2.5.4.11", CN: "2.5.4.3" } as const;
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const RSA_WITH_SHA256 = "1.2.840.113549.1.1.11";
const ID_PKIX_OCSP_NOCHECK = "1.3.6.1.5.5.7.48.1.5";
const ASN1_NULL = new Uint8Array([5, 0]).buffer;

/** A distinguished name in its order, e.g. `[["C", "JP"], ["O", "JPKI"]]`; an attribute may stand twice. */
export type DistinguishedName = readonly (readonly [keyof typeof attributeTypes, string])[];

/** What a certificate says, apart from its keys. */
export interface CertificateProfile {
  readonly subject: DistinguishedName;
  /** Big-endian, at most 20 bytes, first bit clear, first byte not zero (RFC 5280 section 4.1.2.2). */
  readonly serial: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly usage: "authority" | "signature";
  readonly policies?: readonly string[];
  readonly extendedKeyUsage?: readonly string[];
  readonly hosts?: { readonly dns: readonly string[]; readonly ip: readonly string[] };
  /** id-pkix-ocsp-nocheck (RFC 6960 section 4.2.2.2.1). */
  readonly ocspNoCheck?: boolean;
}

/** Who signs: a certificate authority's own certificate and key. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** Issues a certificate for a public key. Without an issuer it is self-signed by `selfKey`. */
export function makeCertificate(
  profile: CertificateProfile,
  publicKey: KeyObject,
  issuer: Issuer | { readonly selfKey: KeyObject },
): X509Certificate {
  const info = AsnConvert.parse(publicKey.export({ type: "spki", format: "der" }), SubjectPublicKeyInfo);
  const subject = nameOf(profile.subject);
  const parent = "certificate" in issuer ? AsnConvert.parse(issuer.certificate.raw, Certificate) : undefined;
  const signingKey = "certificate" in issuer ? issuer.key : issuer.selfKey;
  const algorithm = signatureAlgorithmOf(signingKey);
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayBufferOf(profile.serial),
    signature: algorithm,
    issuer: parent ? parent.tbsCertificate.subject : subject,
    validity: new Validity({ notBefore: new Date(profile.notBeforeMs), notAfter: new Date(profile.notAfterMs) }),
    subject,
    subjectPublicKeyInfo: info,
    extensions: extensionsOf(profile, info, parent?.tbsCertificate.subjectPublicKeyInfo ?? info),
  });
  const tbsBytes = Buffer.from(AsnConvert.serialize(tbs));
  const certificate = new Certificate({
    tbsCertificate: tbs,
    tbsCertificateRaw: arrayBufferOf(tbsBytes),
    signatureAlgorithm: algorithm,
    signatureValue: arrayBufferOf(sign("sha256", tbsBytes, signingKey)),
  });
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate)));
}

/** Key identifier of RFC 5280 section 4.2.1.2, method 1: SHA-1 of the public key's bits. */
export function keyIdentifier(info: SubjectPublicKeyInfo): Buffer {
  return createHash("sha1").update(new Uint8Array(info.subjectPublicKey)).digest();
}

function nameOf(dn: DistinguishedName): Name {
  return new Name(
    dn.map(
      ([type, value]) =>
        new RelativeDistinguishedName([
          new AttributeTypeAndValue({
            type: attributeTypes[type],
            value: new AttributeValue(type === "C" ? { printableString: value } : { utf8String: value }),
          }),
        ]),
    ),
  );
}

/** The algorithm of `sign("sha256", …)` with this key (RFC 4055, RFC 5758). */
export function signatureAlgorithmOf(key: KeyObject): AlgorithmIdentifier {
  return key.asymmetricKeyType === "rsa"
    ? new AlgorithmIdentifier({ algorithm: RSA_WITH_SHA256, parameters: ASN1_NULL })
    : new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
}

function extensionsOf(
  profile: CertificateProfile,
  own: SubjectPublicKeyInfo,
  parent: SubjectPublicKeyInfo,
): Extensions {
  const authority = profile.usage === "authority";
  const usage = authority ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature;
  const list = [
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(own))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(parent)) }),
    ),
    extension(id_ce_keyUsage, new KeyUsage(usage), true),
  ];
  if (authority) list.push(extension(id_ce_basicConstraints, new BasicConstraints({ cA: true }), true));
  if (profile.policies) {
    const policies = profile.policies.map((policyIdentifier) => new PolicyInformation({ policyIdentifier }));
    list.push(extension(id_ce_certificatePolicies, new CertificatePolicies(policies), true));
  }
  if (profile.extendedKeyUsage) {
    list.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage([...profile.extendedKeyUsage])));
  }
  if (profile.hosts) {
    const names = [
      ...profile.hosts.dns.map((dNSName) => new GeneralName({ dNSName })),
      ...profile.hosts.ip.map((iPAddress) => new GeneralName({ iPAddress })),
    ];
    list.push(extension(id_ce_subjectAltName, new SubjectAlternativeName(names)));
  }
  if (profile.ocspNoCheck) {
    list.push(new Extension({ extnID: ID_PKIX_OCSP_NOCHECK, extnValue: new OctetString(ASN1_NULL) }));
  }
  return new Extensions(list);
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** A copy of bytes as asn1-schema wants them. */
export function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
