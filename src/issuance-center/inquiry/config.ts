import { z } from "zod";
import { tokenConfig } from "../../security-print/token/config.ts";

const rate = z.strictObject({ burst: z.int().min(1).max(10_000), perMinute: z.number().min(0.01).max(10_000) });

/** `inquiry.yaml` */
export const inquiryConfig = z.strictObject({
  listen: z.strictObject({
    host: z.string().default("127.0.0.1"),
    /** 0 lets the system choose. */
    port: z.int().min(0).max(65_535),
  }),
  /**
   * Origin of the site as visitors see it, when something in front of this process ends TLS; without it only the loopback
   * names are served.
   */
  origin: z.url({ protocol: /^https?$/ }).optional(),
  /** File of `./madoguchi image-keys export`; read again when it changes. */
  inspectionKeys: z.string(),
  /** The token in which the keys lie of which that file has only the ids. */
  pkcs11: tokenConfig.optional(),
  /** Folder of the built page. */
  page: z.string(),
  /**
   * Proxies before this process, one behind the other, each of which adds the address that it was asked from to
   * `x-forwarded-for`: the visitor's is read from there. Nobody else may reach the process then.
   */
  proxies: z.int().min(0).max(8).default(0),
  /** Files from one address; behind a proxy that `proxies` does not count, from everybody together. */
  perAddress: rate.default({ burst: 20, perMinute: 10 }),
  /** Answers about one document, to whomever. */
  perDocument: rate.default({ burst: 30, perMinute: 0.5 }),
  /** Files that are worked on side by side, each in a process of its own. */
  atOnce: z.int().min(1).max(16).default(2),
  /** Files besides that arrive, wait for their turn, or whose answer is being taken; each is held in memory. */
  waiting: z.int().min(0).max(100).default(8),
});
export type InquiryConfig = z.infer<typeof inquiryConfig>;
