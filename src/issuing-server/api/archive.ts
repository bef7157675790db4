import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Keeps released documents, for whoever must show what left the municipality. */
export type Archive = (documentId: string, pdf: Uint8Array) => Promise<void>;

/**
 * An archive of PDFs in a folder, one `DOCUMENT-ID.pdf` each, readable by the owner only, never written over. These are
 * certificates with everything on them: only a demonstration or a test configures one. Throws when the disk refuses.
 */
export function folderArchive(folder: string): Archive {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return (documentId, pdf) => writeFile(join(folder, `${documentId}.pdf`), pdf, { flag: "wx", mode: 0o600 });
}
