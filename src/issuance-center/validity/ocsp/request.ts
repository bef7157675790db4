import { type CertID, id_pkix_ocsp_nonce, OCSPRequest, Request, TBSRequest } from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Extension } from "@peculiar/asn1-x509";

/** 32 octets, as RFC 9654 section 2.1 recommends. */
export const OCSP_NONCE_BYTES = 32;

/** The DER of an unsigned request about one certificate, with a nonce (RFC 6960 sections 4.1.1 and 4.4.1). */
export function ocspRequest(certId: CertID, nonce: Uint8Array): Buffer {
  return Buffer.from(
    AsnConvert.serialize(
      new OCSPRequest({
        tbsRequest: new TBSRequest({
          requestList: [new Request({ reqCert: certId })],
          requestExtensions: [
            new Extension({
              extnID: id_pkix_ocsp_nonce,
              extnValue: new OctetString(AsnConvert.serialize(new OctetString(nonce))),
            }),
          ],
        }),
      }),
    ),
  );
}
