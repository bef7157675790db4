import type { IppMessage } from "./message.ts";
import {
  attribute,
  boolean,
  charset,
  collection,
  enumeration,
  integer,
  keyword,
  nameText,
  naturalLanguage,
  text,
  uri,
} from "./message.ts";

/**
 * The examples printed in RFC 8010, Appendix A, octet by octet, each with the message it stands for. In the notation a
 * quoted part is US-ASCII and everything else is hexadecimal.
 */
export interface GoldenVector {
  readonly title: string;
  readonly octets: string;
  readonly message: IppMessage;
}

/** Bytes of the notation above. */
export function octets(notation: string): Buffer {
  const parts = [...notation.matchAll(/'([^']*)'|([0-9a-f]+)/gi)];
  return Buffer.concat(
    parts.map(([, ascii, hex]) => (ascii === undefined ? Buffer.from(hex ?? "", "hex") : Buffer.from(ascii, "latin1"))),
  );
}

const PRINTER = "ipp://printer.example.com/ipp/print/pinetree";
const JOB = "ipp://printer.example.com/ipp/print/pinetree/147";
const START = "01 47 0012 'attributes-charset' 0005 'utf-8' 48 001b 'attributes-natural-language' 0005 'en-us'";
const PRINTER_URI = `45 000b 'printer-uri' 002c '${PRINTER}'`;
const SIDES_UNSUPPORTED = "05 21 0006 'copies' 0004 00000014 10 0005 'sides' 0000";
const JOB_147 = `02 21 0006 'job-id' 0004 00000093 45 0007 'job-uri' 0030 '${JOB}' 23 0009 'job-state' 0004 00000003`;

const start = [
  attribute("attributes-charset", charset("utf-8")),
  attribute("attributes-natural-language", naturalLanguage("en-us")),
];
const printerUri = attribute("printer-uri", uri(PRINTER));
const job147 = {
  tag: "job",
  attributes: [
    attribute("job-id", integer(147)),
    attribute("job-uri", uri(JOB)),
    attribute("job-state", enumeration(3)),
  ],
} as const;
const sidesUnsupported = {
  tag: "unsupported",
  attributes: [attribute("copies", integer(20)), attribute("sides", { tag: "outOfBand", reason: "unsupported" })],
} as const;
const version = { major: 1, minor: 1 };
const data = Buffer.alloc(0);

export const goldenVectors: readonly GoldenVector[] = [
  {
    title: "A.1 Print-Job request",
    octets: `0101 0002 00000001 ${START} ${PRINTER_URI} 42 0008 'job-name' 0006 'foobar'
      22 0016 'ipp-attribute-fidelity' 0001 01
      02 21 0006 'copies' 0004 00000014 44 0005 'sides' 0013 'two-sided-long-edge' 03 '%!PDF...'`,
    message: {
      version,
      code: 0x0002,
      requestId: 1,
      groups: [
        {
          tag: "operation",
          attributes: [
            ...start,
            printerUri,
            attribute("job-name", nameText("foobar")),
            attribute("ipp-attribute-fidelity", boolean(true)),
          ],
        },
        {
          tag: "job",
          attributes: [attribute("copies", integer(20)), attribute("sides", keyword("two-sided-long-edge"))],
        },
      ],
      data: Buffer.from("%!PDF..."),
    },
  },
  {
    title: "A.2 Print-Job response, successful",
    octets: `0101 0000 00000001 ${START} 41 000e 'status-message' 000d 'successful-ok' ${JOB_147} 03`,
    message: {
      version,
      code: 0,
      requestId: 1,
      groups: [
        { tag: "operation", attributes: [...start, attribute("status-message", text("successful-ok"))] },
        job147,
      ],
      data,
    },
  },
  {
    title: "A.3 Print-Job response, failure",
    octets: `0101 040b 00000001 ${START} 41 000e 'status-message'
      002f 'client-error-attributes-or-values-not-supported' ${SIDES_UNSUPPORTED} 03`,
    message: {
      version,
      code: 0x040b,
      requestId: 1,
      groups: [
        {
          tag: "operation",
          attributes: [...start, attribute("status-message", text("client-error-attributes-or-values-not-supported"))],
        },
        sidesUnsupported,
      ],
      data,
    },
  },
  {
    title: "A.4 Print-Job response, success with attributes ignored",
    octets: `0101 0001 00000001 ${START} 41 000e 'status-message'
      002f 'successful-ok-ignored-or-substituted-attributes' ${SIDES_UNSUPPORTED} ${JOB_147} 03`,
    message: {
      version,
      code: 1,
      requestId: 1,
      groups: [
        {
          tag: "operation",
          attributes: [...start, attribute("status-message", text("successful-ok-ignored-or-substituted-attributes"))],
        },
        sidesUnsupported,
        job147,
      ],
      data,
    },
  },
  {
    title: "A.5 Print-URI request",
    octets: `0101 0003 00000001 ${START} ${PRINTER_URI} 45 000c 'document-uri' 0019 'ftp://foo.example.com/foo'
      42 0008 'job-name' 0006 'foobar' 02 21 0006 'copies' 0004 00000001 03`,
    message: {
      version,
      code: 3,
      requestId: 1,
      groups: [
        {
          tag: "operation",
          attributes: [
            ...start,
            printerUri,
            attribute("document-uri", uri("ftp://foo.example.com/foo")),
            attribute("job-name", nameText("foobar")),
          ],
        },
        { tag: "job", attributes: [attribute("copies", integer(1))] },
      ],
      data,
    },
  },
  {
    title: "A.6 Create-Job request",
    octets: `0101 0005 00000001 ${START} ${PRINTER_URI} 03`,
    message: {
      version,
      code: 5,
      requestId: 1,
      groups: [{ tag: "operation", attributes: [...start, printerUri] }],
      data,
    },
  },
  {
    title: "A.7 Create-Job request with collections (with the job-attributes-tag that the printed example lacks)",
    octets: `0101 0005 00000001 ${START} ${PRINTER_URI} 02
      34 0009 'media-col' 0000
        4a 0000 000a 'media-size' 34 0000 0000
          4a 0000 000b 'x-dimension' 21 0000 0004 00005208
          4a 0000 000b 'y-dimension' 21 0000 0004 00007404
        37 0000 0000
        4a 0000 000a 'media-type' 44 0000 000a 'stationery'
      37 0000 0000 03`,
    message: {
      version,
      code: 5,
      requestId: 1,
      groups: [
        { tag: "operation", attributes: [...start, printerUri] },
        {
          tag: "job",
          attributes: [
            attribute(
              "media-col",
              collection(
                attribute(
                  "media-size",
                  collection(attribute("x-dimension", integer(21000)), attribute("y-dimension", integer(29700))),
                ),
                attribute("media-type", keyword("stationery")),
              ),
            ),
          ],
        },
      ],
      data,
    },
  },
  {
    title: "A.8 Get-Jobs request",
    octets: `0101 000a 0000007b ${START} ${PRINTER_URI} 21 0005 'limit' 0004 00000032
      44 0014 'requested-attributes' 0006 'job-id' 44 0000 0008 'job-name' 44 0000 000f 'document-format' 03`,
    message: {
      version,
      code: 0x000a,
      requestId: 123,
      groups: [
        {
          tag: "operation",
          attributes: [
            ...start,
            printerUri,
            attribute("limit", integer(50)),
            attribute("requested-attributes", keyword("job-id"), keyword("job-name"), keyword("document-format")),
          ],
        },
      ],
      data,
    },
  },
  {
    title: "A.9 Get-Jobs response",
    octets: `0101 0000 0000007b ${START} 41 000e 'status-message' 000d 'successful-ok'
      02 21 0006 'job-id' 0004 00000093 36 0008 'job-name' 000c 0005 'fr-ca' 0003 'fou'
      02
      02 21 0006 'job-id' 0004 00000095 36 0008 'job-name' 0012 0005 'de-CH' 0009 'isch guet' 03`,
    message: {
      version,
      code: 0,
      requestId: 123,
      groups: [
        { tag: "operation", attributes: [...start, attribute("status-message", text("successful-ok"))] },
        {
          tag: "job",
          attributes: [
            attribute("job-id", integer(147)),
            attribute("job-name", { tag: "nameWithLanguage", language: "fr-ca", value: "fou" }),
          ],
        },
        { tag: "job", attributes: [] },
        {
          tag: "job",
          attributes: [
            attribute("job-id", integer(149)),
            attribute("job-name", { tag: "nameWithLanguage", language: "de-CH", value: "isch guet" }),
          ],
        },
      ],
      data,
    },
  },
];
