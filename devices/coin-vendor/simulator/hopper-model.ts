import type { Denomination } from "../port.ts";
import { type Heap, nextEvent } from "./coins.ts";
import { type Answer, createMovement, identity, type Mechanics, type SimulatedDevice } from "./mechanics.ts";

/** How this maker's hopper differs; the driver must come to the same money with each of them. */
export interface HopperHabits {
  /** The event counter rises on a refused payout too. */
  readonly counterRisesOnNak?: boolean;
  /** Header 167 answers a bare ACK. */
  readonly bareAck?: boolean;
  /** "Unpaid" is cleared when a payout ends early. */
  readonly clearsUnpaid?: boolean;
  /** Header 168 is not known. */
  readonly noDispenseCount?: boolean;
  /** Header 217 is not known. */
  readonly noLevelSensor?: boolean;
}

export interface HopperModel extends SimulatedDevice {
  readonly denomination: Denomination;
  stock(): number;
  refill(coins: number): void;
  /** Takes all coins out; how many there were. */
  empty(): number;
  /** The disc jams after `coins` more coins; `undefined` clears the jam (its flag stays until a reset). */
  jam(coins: number | undefined): void;
  /** Somebody looks into the coin exit with a lamp. */
  fraud(): void;
}

const LOW_MARK = 10;
const HIGH_MARK = 200;
const GIVE_UP_PACES = 8;
const ENABLE_CODE = 165;
const FLAG_MAX_CURRENT = 0x01;
const FLAG_TIMEOUT = 0x02;
const FLAG_FRAUD = 0x10;
const FLAG_POWER_UP = 0x40;
const FLAG_DISABLED = 0x80;

/** A hopper with `coins` in it; what it pays falls into the tray, one coin a pace. */
export function createHopperModel(
  mechanics: Mechanics,
  options: {
    readonly address: number;
    readonly denomination: Denomination;
    readonly coins: number;
    readonly tray: Heap;
    readonly habits: HopperHabits;
  },
): HopperModel {
  const { clock, paceMs, changed } = mechanics;
  const { denomination, habits } = options;
  const serial = 200_000 + options.address;
  const core = identity("Payout", "SIM-HO", serial);
  const motor = createMovement(clock);
  let stock = options.coins;
  let jamIn: number | undefined;
  let enabled = false;
  let flags = FLAG_POWER_UP;
  let counter = 0;
  let remaining = 0;
  let paid = 0;
  let unpaid = 0;
  // Totals live in its own memory and survive the power; a new hopper has been tested at the works.
  let dispensed = 1000;

  function end(flag: number): void {
    motor.stop();
    flags |= flag;
    unpaid = habits.clearsUnpaid ? 0 : remaining;
    remaining = 0;
    changed();
  }

  function turn(): void {
    if (jamIn === 0) motor.start(paceMs, () => end(FLAG_MAX_CURRENT));
    else if (stock === 0) motor.start(GIVE_UP_PACES * paceMs, () => end(FLAG_TIMEOUT));
    else motor.start(paceMs, dropCoin);
  }

  function dropCoin(): void {
    stock -= 1;
    if (jamIn !== undefined) jamIn -= 1;
    options.tray[denomination] += 1;
    paid += 1;
    remaining -= 1;
    dispensed = (dispensed + 1) % 2 ** 24;
    changed();
    if (remaining > 0) turn();
  }

  function dispense(data: Uint8Array): Answer {
    const coins = data[3] ?? 0;
    const asked = (data[0] ?? 0) | ((data[1] ?? 0) << 8) | ((data[2] ?? 0) << 16);
    const blocked = (flags & (FLAG_MAX_CURRENT | FLAG_FRAUD)) !== 0;
    if (!enabled || asked !== serial || blocked || remaining > 0) {
      if (habits.counterRisesOnNak) counter = nextEvent(counter);
      return "nak";
    }
    counter = nextEvent(counter);
    flags &= ~FLAG_TIMEOUT;
    remaining = coins;
    paid = 0;
    unpaid = 0;
    if (coins > 0) turn();
    return habits.bareAck ? "ack" : { data: [counter] };
  }

  function reset(): void {
    enabled = false;
    flags = FLAG_POWER_UP;
    counter = 0;
  }

  return {
    address: options.address,
    denomination,
    stock: () => stock,
    refill(coins) {
      stock += coins;
    },
    empty() {
      const coins = stock;
      stock = 0;
      return coins;
    },
    jam(coins) {
      jamIn = coins;
    },
    fraud() {
      flags |= FLAG_FRAUD;
    },
    answer(header, data) {
      if (header === 167) return dispense(data);
      if (header === 166) return { data: [counter, remaining, paid, unpaid] };
      if (header === 164) {
        enabled = data[0] === ENABLE_CODE;
        return "ack";
      }
      if (header === 163) return { data: [flags | (enabled ? 0 : FLAG_DISABLED), 0] };
      if (header === 168 && !habits.noDispenseCount) {
        return { data: [dispensed & 0xff, (dispensed >> 8) & 0xff, dispensed >> 16] };
      }
      if (header === 217 && !habits.noLevelSensor) {
        return { data: [0x30 | (stock < LOW_MARK ? 1 : 0) | (stock >= HIGH_MARK ? 2 : 0)] };
      }
      if (header === 172) {
        const rest = remaining;
        if (rest > 0) end(0);
        enabled = false;
        return { data: [rest] };
      }
      if (header === 1) {
        if (remaining > 0) end(0);
        reset();
        return "ack";
      }
      return core.get(header);
    },
    powerOff() {
      if (remaining > 0) end(0);
    },
    powerOn: reset,
  };
}
