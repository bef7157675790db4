import type { Result } from "../../kernel/result.ts";
import type { LatentMost, LatentPicture } from "../latent/latent-pictures.ts";

/** Parent to child, once, over the channel of `fork` (serialization "advanced"). */
export interface LatentRequest {
  readonly file: Uint8Array;
  readonly most?: LatentMost;
}

/** Child to parent: each picture as it is made, then the end. */
export type LatentReply =
  | { readonly kind: "picture"; readonly picture: LatentPicture }
  | { readonly kind: "end"; readonly result: Result<void> };
