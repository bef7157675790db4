import { z } from "zod";
import type { WaitName } from "./flow/effect.ts";

const ms = (standard: number) => z.int().min(1).max(3_600_000).default(standard);

/** Every wait of the flow in milliseconds: how long a citizen may think, how long the machine may take. */
export const waits = z.strictObject({
  noticeMs: ms(60_000),
  cardMs: ms(60_000),
  municipalityMs: ms(60_000),
  pinMs: ms(60_000),
  removeCardMs: ms(60_000),
  chooseMs: ms(60_000),
  optionsMs: ms(90_000),
  copiesMs: ms(60_000),
  confirmMs: ms(90_000),
  payMs: ms(90_000),
  takeEverythingMs: ms(60_000),
  endedMs: ms(45_000),
  /** The words of thanks after everything was taken. */
  goodbyeMs: ms(1_500),
  /** A sheet falls into the tray after its impressions were counted. */
  expectPaperMs: ms(10_000),
  authenticatingMs: ms(60_000),
  preparingMs: ms(120_000),
  moneyMs: ms(60_000),
  /** Without any progress of the printer. */
  printingMs: ms(300_000),
  /** The printer does not take a paid copy: time for staff to feed it or to clear a jam. */
  attentionMs: ms(180_000),
  receiptMs: ms(30_000),
  finishingMs: ms(15_000),
  /** How long before the end of a step the citizen is asked. */
  warningMs: ms(15_000),
  /** Between two tries of the flow. */
  pauseMs: ms(2_000),
  /** Between two tries to settle what an earlier session left open. */
  recoveryMs: ms(30_000),
  /** How long the pieces of a wipe may take before it counts as not proved. */
  wipeMs: ms(10_000),
});
export type Waits = z.infer<typeof waits>;

/** The length of a step in milliseconds. */
export function waitMs(all: Waits, name: WaitName): number {
  return all[`${name}Ms`];
}
