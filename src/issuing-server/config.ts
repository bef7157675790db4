import { z } from "zod";
import { signerFiles, tlsFiles } from "../protocol/identity-files.ts";
import { base64Url } from "../protocol/schema.ts";

/** `issuing-server.yaml`: the issuing server of one municipality. There is no key that makes it lie. */
export const issuingServerConfig = z.strictObject({
  /** The town folder (docs/towns.md). */
  town: z.string(),
  /** The data folder: register, link table, books. Made ready by `prepareTown`. */
  data: z.string(),
  listen: z.strictObject({
    host: z.string().default("127.0.0.1"),
    /** 0: the system chooses; the ready line tells. */
    port: z.int().min(0).max(65_535),
  }),
  /** Own pair (role issuing-server) and the authorities that vouch for the issuance centre. */
  tls: tlsFiles,
  issuanceCenter: z.strictObject({
    /** Public sealing key of the issuance centre, 32 bytes as base64url: answers are sealed to it. */
    sealingKey: base64Url(32),
  }),
  /** Authorities of kiosks' device certificates. */
  kioskAuthorities: z.array(z.string()).min(1),
  /** Authorities of this municipality's attestor, renderer and gate. */
  municipalityAuthorities: z.array(z.string()).min(1),
  /** Authorities of the cards' certificates for user authentication (JPKI), every generation. */
  cardAuthorities: z.array(z.string()).min(1),
  renderer: signerFiles,
  gate: signerFiles,
  attestor: z.strictObject({
    /** The attestor's unix socket. */
    socket: z.string().min(1).max(100),
    timeoutMs: z.int().min(100).max(60_000).default(5_000),
  }),
  /**
   * Folder in which the municipality keeps a copy of every released document (mode 0600), personal data and all: for
   * demonstrations and tests. Without it none is kept.
   */
  archive: z.string().min(1).optional(),
  /** Minutes from the card's application to the confirmed choice. As the attestor's. */
  sessionMinutes: z.int().min(1).max(60).default(15),
  /** Minutes after its release in which a document may be printed. */
  printWithinMinutes: z.int().min(1).max(60).default(15),
  /** Sessions that are held at the same time. */
  maxSessions: z.int().min(1).max(100_000).default(2_000),
  /**
   * `own`: the data folder is the register itself, right as long as this server runs. `replica`: somebody else brings the
   * register in and confirms it; without that it grows stale and refuses.
   */
  register: z.enum(["own", "replica"]).default("own"),
});
export type IssuingServerConfig = z.output<typeof issuingServerConfig>;
