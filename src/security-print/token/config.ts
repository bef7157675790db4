import { z } from "zod";

/**
 * Where the encryption keys of the scrambled images lie when they lie in a PKCS#11 token: section `pkcs11` of a
 * configuration, or a file of its own for the commands. The PIN stands in neither.
 */
export const tokenConfig = z.strictObject({
  /** The token maker's PKCS#11 module; it runs in a process of ours, so no search path chooses it. */
  module: z.string().regex(/^\//, "the absolute path of a PKCS#11 module, such as /usr/lib/softhsm/libsofthsm2.so"),
  /** CK_TOKEN_INFO's label, without the blanks that fill it (PKCS #11 v2.40, 3.2). */
  label: z.string().min(1).max(32),
  /** File with the user PIN; a line end after it does not count. */
  pinFile: z.string().min(1),
});
export type TokenConfig = z.infer<typeof tokenConfig>;
