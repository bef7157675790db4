import { createHash } from "node:crypto";

/**
 * `‖` of docs/binding.md: each field as a 32-bit big-endian length and its bytes, text as UTF-8. No two different lists
 * of fields give the same bytes, so a signature over the join covers every border between fields.
 */
export function joinFields(...fields: readonly (string | Uint8Array)[]): Buffer {
  const parts: Buffer[] = [];
  for (const field of fields) {
    const bytes = typeof field === "string" ? Buffer.from(field, "utf8") : Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** SHA-256 as base64url without padding: how hashes stand in statements. */
export function hashText(bytes: Uint8Array): string {
  return sha256(bytes).toString("base64url");
}

export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

export function fromBase64Url(text: string): Buffer {
  return Buffer.from(text, "base64url");
}
