import { z } from "zod";
import { defaultChangePolicy } from "../../devices/coin-vendor/denominate.ts";
import { signerFiles, tlsFiles } from "../protocol/identity-files.ts";
import { waits } from "./issuance/waits.ts";

const { reserves, lowMarkCoins } = defaultChangePolicy;
const coins = z.int().min(0).max(255);
const link = z.string().regex(/^(serial|unix|tcp):/, "an address that begins with serial:, unix: or tcp:");

/** Settings of the coin bus that depend on the machine (devices/coin-vendor/README.md). */
const coinBus = z.strictObject({
  /** How frames are protected; `auto` asks each device. */
  check: z.enum(["auto", "checksum", "crc"]).default("checksum"),
  /** Whether the adapter brings back what is sent. */
  echo: z.union([z.literal("auto"), z.boolean()]).default("auto"),
  furtherAcceptors: z.array(z.int().min(11).max(17)).max(7).default([]),
  /** A note validator on the same bus. */
  noteValidator: z.int().min(40).max(49).optional(),
  /** Coins that stay in a hopper while there is another way to pay. */
  reserves: z
    .strictObject({
      10: coins.default(reserves[10]),
      50: coins.default(reserves[50]),
      100: coins.default(reserves[100]),
      500: coins.default(reserves[500]),
    })
    .prefault({}),
  /** Coins that a hopper holds for certain while its level sensor does not say low. */
  lowMarkCoins: coins.default(lowMarkCoins),
});

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
    /** A JCM note acceptor on a line of its own (ID-003, 9600 8E1); without it, and without one on the bus, coins only. */
    noteAcceptor: link.optional(),
    /** Backs get the forgery-detection image where the certificate printer has colours and takes PDF. */
    detectionImage: z.boolean().default(false),
    coinBus: coinBus.prefault({}),
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
  /** Unix socket on which staff ask for the kiosk's health (`./madoguchi health`); without it they cannot. */
  staffSocket: z.string().min(1).max(107, "at most 107 bytes: the longest path of a unix socket").optional(),
  /** Folder with `ja/panel.json` and `en/panel.json`. */
  locales: z.string().min(1),
  /** Milliseconds; see `issuance/waits.ts`. */
  waits: waits.prefault({}),
});
export type KioskConfig = z.infer<typeof kioskConfig>;
