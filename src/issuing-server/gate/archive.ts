import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Keeps a copy of a released document; never called for one that the gate refused. */
export type KeepReleased = (documentId: string, pdf: Uint8Array) => void;

/**
 * The municipality's own archive: one file a document, named by its id, readable by the server's user only and never
 * written over. Without a folder nothing is kept.
 */
export function keepReleasedIn(folder: string | undefined): KeepReleased {
  if (folder === undefined) return () => {};
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return (documentId, pdf) => writeFileSync(join(folder, `${documentId}.pdf`), pdf, { mode: 0o600, flag: "wx" });
}
