import type { SorterPaths } from "./acceptor.ts";
import type { CheckSetting, EchoSetting } from "./bus.ts";
import type { ChangePolicy } from "./denominate.ts";
import type { HopperQuirks } from "./hopper.ts";
import type { Id003Settings } from "./id003/acceptor.ts";
import type { Denomination } from "./port.ts";

/** Addresses on the bus. */
export interface CoinVendorAddresses {
  readonly acceptor: number;
  /** More coin acceptors on the bus, 11 to 17 by the specification. Each keeps a counter of its own in the journal. */
  readonly furtherAcceptors?: readonly number[];
  /** A note validator on the bus, 40 by the specification; without it (and without an ID-003 link) coins only. */
  readonly notes?: number;
  readonly escrow: number;
  readonly hoppers: Readonly<Record<Denomination, number>>;
}

/**
 * The addresses of the specification (acceptor 2, payouts 3 to 10, changer 55). The specification names no address for an
 * escrow of its own; 56, beside the changer that usually carries one, is ours.
 */
export const defaultAddresses: CoinVendorAddresses = {
  acceptor: 2,
  escrow: 56,
  hoppers: { 10: 3, 50: 4, 100: 5, 500: 6 },
};

/** What an installation may set; everything has a default. */
export interface CoinVendorOptions {
  readonly addresses?: CoinVendorAddresses;
  readonly check?: CheckSetting;
  readonly echo?: EchoSetting;
  readonly quirks?: Readonly<Partial<Record<Denomination, HopperQuirks>>>;
  /** The longest time a coin needs from the slot to the credit sensor; the slot counts as empty after it. */
  readonly coinTravelMs?: number;
  /** Where coins are sent behind the credit sensor; without it the acceptor's own setting stays. */
  readonly sorterPaths?: SorterPaths;
  /** How carefully the hoppers are emptied. */
  readonly change?: ChangePolicy;
  readonly id003?: Id003Settings;
}

/** All waits of the coin vendor. */
export const delays = {
  /** The acceptor holds five results: at three coins a second a poll every 200 ms loses none, also if two polls fail. */
  pollMs: 200,
  /** Between polls while the closed slot is watched for coins that are still on their way. */
  settlePollMs: 100,
  /** Between attempts to start up while the link is there and the acceptor is silent. */
  startAgainMs: 1000,
  /** Between checks of hoppers, one hopper at a time, while nobody pays. */
  hopperCheckMs: 1500,
  /** So long after the last attempt to cheat the machine serves again: a slow coin must not close it for a day. */
  fraudMs: 60_000,
  /** Between self-checks while the acceptor has a fault. */
  faultCheckMs: 3000,
  coinTravelMs: 1000,
  cashInStartMs: 10_000,
  cashInStopMs: 15_000,
  /** A note first, then the coins. */
  escrowMs: 60_000,
  /** Payouts are followed for as long as the motors take; this is for the command as a whole. */
  dispenseMs: 240_000,
  /** A motor that still runs needs a second a coin at most. */
  judgeMs: 60_000,
  /** Hoppers that staff had open are greeted again, one after the other. */
  exchangeMs: 30_000,
  /** While no note can come, the note acceptor is asked at every third poll: often enough for its five seconds. */
  noteRestTurns: 3,
  /** A note that is on its way when the slot closes gets so long to lie in the escrow or to come back. */
  noteTravelMs: 8000,
  /** Closing the slot when the driver ends. */
  farewellMs: 500,
} as const;
