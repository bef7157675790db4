import { z } from "zod";
import { databaseConfig, refuseEmbeddedInProduction } from "../kernel/database/config.ts";
import { relation } from "../protocol/application.ts";
import { signerFiles, tlsFiles } from "../protocol/identity-files.ts";
import { bilingual, municipalityCode } from "../protocol/schema.ts";
import { tokenConfig } from "../security-print/token/config.ts";

/** A member municipality: how it is shown to the citizen, and where its issuing server is. */
export const municipalityConfig = z.strictObject({
  code: municipalityCode,
  name: bilingual,
  prefecture: bilingual,
  relations: z.array(relation).min(1).max(2),
  /** `https://host:port` of its issuing server. */
  url: z.url({ protocol: /^https$/ }),
});
export type MunicipalityConfig = z.infer<typeof municipalityConfig>;

/** Longest life of a nonce that docs/binding.md 1 allows. */
const MAX_NONCE_LIFE_MS = 120_000;

/** `issuance-center.yaml` */
export const issuanceCenterConfig = z
  .strictObject({
    /** True refuses whatever is for demonstration only. */
    production: z.boolean().default(false),
    listen: z.strictObject({
      host: z.string().default("127.0.0.1"),
      /** 0 lets the system choose. */
      port: z.int().min(0).max(65_535),
    }),
    /** The centre's own TLS pair; `authorities` vouch for the operator's centre. */
    tls: tlsFiles,
    /** Signs C and every reply. */
    signer: signerFiles,
    /** File with the raw key that kiosks and municipalities seal to. */
    sealingKey: z.string(),
    /** File with the keys of the scrambled images, as `./madoguchi image-keys` makes it. */
    imageKeys: z.string(),
    /** The token in which the encryption key in use lies; not needed when that lies in the file. */
    pkcs11: tokenConfig.optional(),
    /** Certificates of the authorities that vouch for kiosks. */
    kioskAuthorities: z.array(z.string()).min(1),
    /** Certificates of the authorities that vouch for issuing servers, attestors and gates. */
    municipalityAuthorities: z.array(z.string()).min(1),
    /** Certificates of every trusted generation of the authority for user authentication. */
    jpkiAuthorities: z.array(z.string()).min(1),
    ocsp: z.strictObject({ url: z.url(), timeoutMs: z.int().min(100).max(20_000).default(4_000) }),
    nonceLifeMs: z.int().min(1_000).max(MAX_NONCE_LIFE_MS).default(MAX_NONCE_LIFE_MS),
    /** From the application of the card to the confirmed choice. */
    sessionLifeMs: z.int().min(60_000).max(3_600_000).default(1_200_000),
    municipalities: z
      .array(municipalityConfig)
      .min(1)
      .max(2000)
      .refine((all) => new Set(all.map((one) => one.code)).size === all.length, "every municipality once"),
    database: databaseConfig,
  })
  .superRefine(refuseEmbeddedInProduction);
export type IssuanceCenterConfig = z.infer<typeof issuanceCenterConfig>;
