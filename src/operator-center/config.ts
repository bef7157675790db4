import { z } from "zod";
import { databaseConfig, refuseEmbeddedInProduction } from "../kernel/database/config.ts";
import { tlsFiles } from "../protocol/identity-files.ts";

/** `operator-center.yaml` */
export const operatorCenterConfig = z
  .strictObject({
    /** True refuses whatever is for demonstration only. */
    production: z.boolean().default(false),
    listen: z.strictObject({
      host: z.string().default("127.0.0.1"),
      /** 0 lets the system choose. */
      port: z.int().min(0).max(65_535),
    }),
    /** The centre's own TLS pair; `authorities` vouch for kiosks. */
    tls: tlsFiles,
    issuanceCenter: z.strictObject({
      url: z.url({ protocol: /^https$/ }),
      /** Name in its certificate's O. */
      party: z.string().min(1).max(64),
      /** Certificates of the authorities that vouch for it. */
      authorities: z.array(z.string()).min(1),
    }),
    /** How much one kiosk may send: at once, and on average. */
    rate: z
      .strictObject({
        burst: z.int().min(1).max(10_000),
        perMinute: z.int().min(1).max(100_000),
      })
      .default({ burst: 30, perMinute: 60 }),
    database: databaseConfig,
  })
  .superRefine(refuseEmbeddedInProduction);
export type OperatorCenterConfig = z.infer<typeof operatorCenterConfig>;
