import { effect } from "../chart.ts";

/** What ends a session in which no coin was taken: everything under way is given up, the card is let go. */
export const giveUp = [
  effect({ effect: "abort", scope: "all" }),
  effect({ effect: "clearPin" }),
  effect({ effect: "releaseCard" }),
];
