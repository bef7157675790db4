import { type CoinCounts, type Denomination, denominations } from "../../../devices/coin-vendor/port.ts";

/**
 * Where the coins are by the kiosk's own book. Counts follow from the journal's rows alone and are never edited: a
 * difference that staff find is an exchange of its own, and the book goes on from what was counted.
 */
export interface CashBook {
  readonly escrow: CoinCounts;
  readonly cashBox: CoinCounts;
  /** One hopper for each denomination. May be negative: then coins were put in without an exchange. */
  readonly hoppers: CoinCounts;
  /** Coins that left a place without proof of where they went: staff must count. */
  readonly unproved: CoinCounts;
  /** Results of the acceptor that were lost for ever (header 229 overwritten, or its power cut). */
  readonly lostEvents: number;
}

export type Place = "hopper" | "cashBox" | "escrow";

type Counts = Record<Denomination, number>;

/** The book while rows are applied to it. */
export class CashCounts {
  readonly #escrow: Counts;
  readonly #cashBox: Counts;
  readonly #hoppers: Counts;
  readonly #unproved: Counts;
  #lostEvents: number;

  constructor(from?: CashBook) {
    this.#escrow = { ...noCoins(), ...from?.escrow };
    this.#cashBox = { ...noCoins(), ...from?.cashBox };
    this.#hoppers = { ...noCoins(), ...from?.hoppers };
    this.#unproved = { ...noCoins(), ...from?.unproved };
    this.#lostEvents = from?.lostEvents ?? 0;
  }

  credited(credits: readonly Denomination[], lostEvents: number): void {
    for (const coin of credits) this.#escrow[coin] += 1;
    this.#lostEvents += lostEvents;
  }

  /** The escrow was emptied into the cash box, into the tray (`outside`), or without proof. */
  escrowEmptied(to: "cashBox" | "outside" | "unproved"): void {
    for (const coin of denominations) {
      if (to === "cashBox") this.#cashBox[coin] += this.#escrow[coin];
      if (to === "unproved") this.#unproved[coin] += this.#escrow[coin];
      this.#escrow[coin] = 0;
    }
  }

  /** A hopper gave `paid` coins for certain, and of `unproved` more nobody knows. */
  paidOut(coin: Denomination, paid: number, unproved: number): void {
    this.#hoppers[coin] -= paid + unproved;
    this.#unproved[coin] += unproved;
  }

  exchanged(place: Place, coin: Denomination, counted: number): void {
    this.#at(place)[coin] = counted;
  }

  expected(place: Place, coin: Denomination): number {
    return this.#at(place)[coin];
  }

  book(): CashBook {
    return {
      escrow: { ...this.#escrow },
      cashBox: { ...this.#cashBox },
      hoppers: { ...this.#hoppers },
      unproved: { ...this.#unproved },
      lostEvents: this.#lostEvents,
    };
  }

  #at(place: Place): Counts {
    return { hopper: this.#hoppers, cashBox: this.#cashBox, escrow: this.#escrow }[place];
  }
}

function noCoins(): Counts {
  return { 10: 0, 50: 0, 100: 0, 500: 0 };
}
