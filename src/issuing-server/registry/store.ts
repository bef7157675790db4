import type { Household, RendererRegister, Resident } from "./types.ts";

/** What a register holds, as one import brings it. */
export interface RegisterContent {
  readonly municipality: string;
  /** Names the source that the content came from, so that the same content is not brought in twice. */
  readonly digest: string;
  readonly residents: readonly Resident[];
  readonly households: readonly Household[];
}

/**
 * The register behind the issuing server (既存住基システム), read person by person. `asOfMs` is the moment up to which the
 * register is known to be right; a copy whose moment is too long ago refuses (docs/domain.md, 新潟・さいたま・熊本).
 */
export interface RegisterStore extends RendererRegister {
  /** Six digits. */
  municipality(): string;
  digest(): string;
  asOfMs(): number;
  /** Says that the register is right up to `atMs`. Never goes back. */
  confirmCurrent(atMs: number): void;
  /** All resident ids in the order in which they were brought in. For operators' tools and the town, not for serving. */
  residentIds(): string[];
  close(): void;
}
