import { z } from "zod";
import { fail, ok, type Result } from "../../kernel/result.ts";

/** Fields of a decoded frame, JSON-safe. `name` says what it is. */
export type WireFields = Readonly<Record<string, unknown>> & { readonly name: string };

/** One protocol of the kiosk's wires, for people who read or write its frames. */
export interface WireProtocol {
  /** One line for the help. */
  readonly summary: string;
  /** `K-WIRE-102` with `why` when the bytes are no frame. Never throws. */
  decode(bytes: Uint8Array): Result<WireFields>;
  /** The way back: what `decode` printed, with derived fields (names, checks) left out or ignored. `K-WIRE-104`. */
  encode(fields: unknown): Result<Uint8Array>;
}

/** Bytes as the fields carry them. */
export const hexField = z
  .string()
  .regex(/^([0-9a-fA-F]{2})*$/, "pairs of hexadecimal digits")
  .transform((text) => new Uint8Array(Buffer.from(text, "hex")));
export const byteField = z.int().min(0).max(255);

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** The bytes that `make` makes of fields of this shape. A field out of range is `K-WIRE-104`, not a throw. */
export function encodeFields<S extends z.ZodType>(
  schema: S,
  fields: unknown,
  make: (fields: z.output<S>) => Uint8Array,
): Result<Uint8Array> {
  const parsed = schema.safeParse(fields);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail("K-WIRE-104", { field: issue?.path.join(".") ?? "", why: issue?.message ?? "" });
  }
  try {
    return ok(make(parsed.data));
  } catch (thrown) {
    // The codecs take a value out of range for a bug of their caller; here the caller is a person.
    if (thrown instanceof RangeError) return fail("K-WIRE-104", { why: thrown.message });
    throw thrown;
  }
}
