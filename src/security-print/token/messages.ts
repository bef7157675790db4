import type { Result } from "../../kernel/result.ts";

/** What can be asked of the process that speaks with the token. */
export type TokenAsk =
  | { readonly work: "present"; readonly keyIds: readonly string[] }
  | { readonly work: "generate" }
  | { readonly work: "wrap"; readonly keyId: string; readonly dataKey: Uint8Array; readonly aad: Uint8Array }
  | { readonly work: "unwrap"; readonly keyId: string; readonly wrapped: Uint8Array; readonly aad: Uint8Array };

/** What it answers: the key ids that are there, the new key's id, 60 bytes, the data key or nothing. */
export interface TokenAnswers {
  readonly present: readonly string[];
  readonly generate: string;
  readonly wrap: Uint8Array;
  readonly unwrap: Uint8Array | undefined;
}

/** Parent to child over the channel of `fork` (serialization "advanced"). */
export type TokenRequest = TokenAsk & { readonly id: number };

/** Child to parent: one for each request, in any order. */
export interface TokenReply {
  readonly id: number;
  readonly result: Result<TokenAnswers[keyof TokenAnswers]>;
}
