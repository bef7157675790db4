import { createHash, type KeyObject, sign, type X509Certificate } from "node:crypto";
import {
  BasicOCSPResponse,
  CertID,
  CertStatus,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  KeyHash,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Certificate, Extension } from "@peculiar/asn1-x509";
import { arrayBufferOf, keyIdentifier, signatureAlgorithmOf } from "../pki/certificate-maker.ts";

/** What the authority says of a certificate (RFC 6960 section 2.2). */
export type OcspStatus = "good" | "revoked" | "unknown";

/** How the responder misbehaves when a test tells it to. */
export type OcspMisbehaviour =
  | "unreachable"
  | "tryLater"
  | "notAsn1"
  | "wrongSigner"
  | "brokenSignature"
  | "stale"
  | "fromTheFuture"
  | "wrongNonce"
  | "noNonce"
  | "otherCertificate";

/** One generation of the authority and the responder it delegated to. */
export interface OcspGeneration {
  readonly authority: X509Certificate;
  readonly responder: { readonly certificate: X509Certificate; readonly key: KeyObject };
}

const ANSWER_LIFE_MS = 10 * 60_000;
const LONG_MS = 24 * 60 * 60_000;
const hashNames: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
};

/**
 * Answers one OCSP request (RFC 6960 section 4.2). The generation is found by the request's key hash, because all
 * generations have one name. Bytes that are no request get `malformedRequest`; an authority that is not ours
 * `unauthorized`.
 */
export function ocspAnswer(
  request: Uint8Array,
  context: {
    readonly generations: readonly OcspGeneration[];
    readonly nowMs: number;
    readonly misbehaviour: OcspMisbehaviour | undefined;
    statusOf(generation: number, serialHex: string): OcspStatus;
  },
): Buffer {
  let parsed: OCSPRequest;
  try {
    parsed = AsnConvert.parse(request, OCSPRequest);
  } catch {
    return errorAnswer(OCSPResponseStatus.malformedRequest);
  }
  if (context.misbehaviour === "tryLater") return errorAnswer(OCSPResponseStatus.tryLater);
  if (context.misbehaviour === "notAsn1") return Buffer.from("<html>busy</html>");
  const [first] = parsed.tbsRequest.requestList;
  const index = first ? context.generations.findIndex((g) => isIssuer(g.authority, first.reqCert)) : -1;
  const generation = context.generations[index];
  if (!generation) return errorAnswer(OCSPResponseStatus.unauthorized);
  const shiftMs = context.misbehaviour === "stale" ? -LONG_MS : context.misbehaviour === "fromTheFuture" ? LONG_MS : 0;
  const at = context.nowMs + shiftMs;
  const responses = parsed.tbsRequest.requestList
    .filter((one) => isIssuer(generation.authority, one.reqCert))
    .map(
      (one) =>
        new SingleResponse({
          certID: context.misbehaviour === "otherCertificate" ? withOtherSerial(one.reqCert) : one.reqCert,
          certStatus: certStatus(context.statusOf(index, serialHex(one.reqCert)), at),
          thisUpdate: new Date(at),
          nextUpdate: new Date(at + ANSWER_LIFE_MS),
        }),
    );
  const other = context.generations[(index + 1) % context.generations.length] ?? generation;
  const responder = context.misbehaviour === "wrongSigner" ? other.responder : generation.responder;
  return signedAnswer(responder, responses, nonceOf(parsed, context.misbehaviour), at, context.misbehaviour);
}

function signedAnswer(
  responder: OcspGeneration["responder"],
  responses: SingleResponse[],
  responseExtensions: Extension[],
  producedAtMs: number,
  misbehaviour: OcspMisbehaviour | undefined,
): Buffer {
  const info = AsnConvert.parse(responder.certificate.raw, Certificate).tbsCertificate.subjectPublicKeyInfo;
  const data = new ResponseData({
    responderID: new ResponderID({ byKey: new KeyHash(keyIdentifier(info)) }),
    producedAt: new Date(producedAtMs),
    responses,
    ...(responseExtensions.length > 0 ? { responseExtensions } : {}),
  });
  const bytes = Buffer.from(AsnConvert.serialize(data));
  const signature = sign("sha256", bytes, responder.key);
  if (misbehaviour === "brokenSignature") signature.writeUInt8(signature.readUInt8(20) ^ 1, 20);
  const basic = new BasicOCSPResponse({
    tbsResponseData: data,
    tbsResponseDataRaw: arrayBufferOf(bytes),
    signatureAlgorithm: signatureAlgorithmOf(responder.key),
    signature: arrayBufferOf(signature),
    certs: [AsnConvert.parse(responder.certificate.raw, Certificate)],
  });
  return Buffer.from(
    AsnConvert.serialize(
      new OCSPResponse({
        responseStatus: OCSPResponseStatus.successful,
        responseBytes: new ResponseBytes({
          responseType: id_pkix_ocsp_basic,
          response: new OctetString(AsnConvert.serialize(basic)),
        }),
      }),
    ),
  );
}

function errorAnswer(responseStatus: OCSPResponseStatus): Buffer {
  return Buffer.from(AsnConvert.serialize(new OCSPResponse({ responseStatus })));
}

function isIssuer(authority: X509Certificate, id: CertID): boolean {
  const hashName = hashNames[id.hashAlgorithm.algorithm];
  if (!hashName) return false;
  const { subject, subjectPublicKeyInfo } = AsnConvert.parse(authority.raw, Certificate).tbsCertificate;
  const hash = (bytes: ArrayBuffer) => createHash(hashName).update(new Uint8Array(bytes)).digest();
  return (
    hash(AsnConvert.serialize(subject)).equals(Buffer.from(id.issuerNameHash.buffer)) &&
    hash(subjectPublicKeyInfo.subjectPublicKey).equals(Buffer.from(id.issuerKeyHash.buffer))
  );
}

function nonceOf(request: OCSPRequest, misbehaviour: OcspMisbehaviour | undefined): Extension[] {
  const nonce = request.tbsRequest.requestExtensions?.find((e) => e.extnID === id_pkix_ocsp_nonce);
  if (!nonce || misbehaviour === "noNonce") return [];
  if (misbehaviour !== "wrongNonce") return [nonce];
  const other = new OctetString(AsnConvert.serialize(new OctetString(new Uint8Array(32).fill(7))));
  return [new Extension({ extnID: id_pkix_ocsp_nonce, extnValue: other })];
}

function certStatus(status: OcspStatus, atMs: number): CertStatus {
  if (status === "good") return new CertStatus({ good: null });
  if (status === "unknown") return new CertStatus({ unknown: null });
  return new CertStatus({ revoked: new RevokedInfo({ revocationTime: new Date(atMs - LONG_MS) }) });
}

function withOtherSerial(id: CertID): CertID {
  const serial = new Uint8Array(id.serialNumber.slice(0));
  serial[serial.length - 1] = (serial.at(-1) ?? 0) ^ 1;
  return new CertID({ ...id, serialNumber: arrayBufferOf(serial) });
}

/** Upper-case hex digits without leading zeros: how `X509Certificate.serialNumber` writes it, too. */
export function normalSerial(hex: string): string {
  return hex.toUpperCase().replace(/^0+(?=.)/, "");
}

function serialHex(id: CertID): string {
  return normalSerial(Buffer.from(id.serialNumber).toString("hex"));
}
