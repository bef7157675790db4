import { z } from "zod";
import { signerFiles, tlsFiles } from "../protocol/identity-files.ts";
import { waits } from "./issuance/waits.ts";

const link = z.string().regex(/^(serial|unix|tcp):/, "an address that begins with serial:, unix: or tcp:");

/** `kiosk.yaml`. Files are paths from the working directory of the process, or absolute. */
export const kioskConfig = z.strictObject({
  /** The kiosk's id, as its device certificate names it. */
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, "lower-case letters, digits and hyphens, at most 40"),
  /** Folder of the journal; one process at a time. */
  data: z.string().min(1),
  /** The device key, which signs requests, choices and print statements, and its certificate. */
  signer: signerFiles,
  operatorCenter: z.strictObject({
    url: z.url({ protocol: /^https$/, error: "an https: address" }),
    /** The operator's centre as its certificate names it (O). */
    party: z.string().min(1).default("operator-center"),
    /** Host name in the operator's certificate, when it is not the host of the URL. */
    name: z.string().min(1).optional(),
    /** `authorities` may vouch for the operator's centre. */
    tls: tlsFiles,
  }),
  issuanceCenter: z.strictObject({
    /** Raw X25519 public key as base64url: requests are sealed to it. */
    sealingKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "32 bytes as base64url"),
    /** May vouch for the centre's signing certificate. Pinned here, never learnt from a centre. */
    authorities: z.array(z.string()).min(1),
  }),
  /** May vouch for the municipalities' attestors and gates. Pinned here, never learnt from a centre. */
  municipalityAuthorities: z.array(z.string()).min(1),
  devices: z.strictObject({
    cardReader: z.string().regex(/^(pcsc|unix):/, "an address that begins with pcsc: or unix:"),
    coinVendor: link,
    certificatePrinter: z.string().regex(/^ipps?:/, "an address that begins with ipp:"),
    receiptPrinter: link,
    cabinet: link,
    /** Longest time a coin needs from the slot to the sensor of this coin vendor: so long is waited after the last one. */
    coinTravelMs: z.int().min(50).max(5_000).default(1_000),
  }),
  panel: z.strictObject({
    /** On 127.0.0.1; 0 lets the system choose. */
    port: z.int().min(0).max(65_535),
    /** Origins of the panel's page besides the panel server's own. */
    origins: z.array(z.url()).default([]),
    /** Folder of the built page (`npm run pages` makes `ui/dist/citizen`); without it only the socket is served. */
    page: z.string().min(1).optional(),
    /** Origins that may show the page in a frame: the bench. */
    framedBy: z.array(z.url()).default([]),
  }),
  /** Folder with `ja/panel.json` and `en/panel.json`. */
  locales: z.string().min(1),
  /** Milliseconds; see `issuance/waits.ts`. */
  waits: waits.prefault({}),
});
export type KioskConfig = z.infer<typeof kioskConfig>;
