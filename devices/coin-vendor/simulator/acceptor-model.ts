import { type Denomination, denominations } from "../port.ts";
import { type Heap, heap, nextEvent } from "./coins.ts";
import { type Answer, identity, type Mechanics, type SimulatedDevice } from "./mechanics.ts";

/** What the acceptor does with a coin at its entry. */
export type CoinFate = "accepted" | "rejected";

export interface AcceptorModel extends SimulatedDevice {
  /** A coin rolls in. Accepted coins pass the credit sensor after their way and fall into the escrow. */
  insert(coin: Denomination | "foreign"): CoinFate;
  /** An error event of header 229. */
  error(code: number): void;
  /** Something sits in front of the credit sensor: nothing is accepted, and the self-check says so. */
  block(on: boolean): void;
  slotOpen(): boolean;
  inTransit(): Readonly<Heap>;
}

/** Position of each coin in the acceptor's memory; its id is what header 184 answers. */
const positions: readonly Denomination[] = denominations;
const BUFFER_SIZE = 5;
const REJECT = 1;
const INHIBITED = 2;
const CREDIT_SENSOR_BLOCKED = 14;
/** Fault code 3 of header 232. */
const FAULT_CREDIT_SENSOR = 3;
const DEFAULT_SORTER_PATH = 1;
const SORTER_PATHS = 8;

/**
 * The coin acceptor: two inhibits, an event buffer of five and a counter that is 0 after power-up. Like real ones
 * (Azkoyen X6 manual, header 229) it takes no coin when nobody has polled it for `pollWatchdogMs`.
 */
export function createAcceptorModel(
  mechanics: Mechanics,
  options: {
    readonly address: number;
    readonly pollWatchdogMs: number;
    /** Header 230 is not known, as in some old acceptors. */
    readonly noInhibitStatus: boolean;
    readonly escrowTakes: () => boolean;
    readonly land: (coin: Denomination) => void;
  },
): AcceptorModel {
  const { clock, paceMs, powered, changed } = mechanics;
  const core = identity("Coin Acceptor", "SIM-CA", 100_002);
  const transit = heap();
  const paths = new Map<number, number>();
  let mask = 0;
  let master = 0;
  let counter = 0;
  let buffer: { a: number; b: number }[] = [];
  let blocked = false;
  let lastPollMs = Number.NEGATIVE_INFINITY;
  /** Coins that were on their way when the power went fall without being seen. */
  let power = 0;

  function event(a: number, b: number): void {
    counter = nextEvent(counter);
    buffer = [{ a, b }, ...buffer].slice(0, BUFFER_SIZE);
  }

  const pathOf = (position: number): number => paths.get(position) ?? DEFAULT_SORTER_PATH;

  function setPath([position = 0, path = 0]: Uint8Array): Answer {
    if (!positions[position - 1] || path < 1 || path > SORTER_PATHS) return "nak";
    paths.set(position, path);
    return "ack";
  }

  function refusal(coin: Denomination | "foreign"): number | undefined {
    if (coin === "foreign") return REJECT;
    if (blocked) return CREDIT_SENSOR_BLOCKED;
    const watched = clock.monotonicMs() - lastPollMs <= options.pollWatchdogMs;
    const enabled = master === 1 && (mask & (1 << positions.indexOf(coin))) !== 0;
    return enabled && watched && options.escrowTakes() ? undefined : INHIBITED;
  }

  function readBuffer(): Answer {
    lastPollMs = clock.monotonicMs();
    const results = Array.from({ length: BUFFER_SIZE }, (_, n) => buffer[n] ?? { a: 0, b: 0 });
    return { data: [counter, ...results.flatMap(({ a, b }) => [a, b])] };
  }

  function powerUp(): void {
    paths.clear();
    mask = 0;
    master = 0;
    counter = 0;
    buffer = [];
  }

  return {
    address: options.address,
    insert(coin) {
      const why = powered() ? refusal(coin) : REJECT;
      if (coin === "foreign" || why !== undefined) {
        if (powered()) event(0, why ?? REJECT);
        return "rejected";
      }
      transit[coin] += 1;
      const since = power;
      clock.setTimer(paceMs, () => {
        transit[coin] -= 1;
        options.land(coin);
        if (since === power && powered()) event(positions.indexOf(coin) + 1, pathOf(positions.indexOf(coin) + 1));
        changed();
      });
      return "accepted";
    },
    error(code) {
      if (powered()) event(0, code);
    },
    block(on) {
      blocked = on;
      if (on && powered()) event(0, CREDIT_SENSOR_BLOCKED);
    },
    slotOpen: () => powered() && master === 1 && mask !== 0,
    inTransit: () => transit,
    answer(header, data) {
      if (header === 229) return readBuffer();
      if (header === 232) return { data: [blocked ? FAULT_CREDIT_SENSOR : 0] };
      if (header === 231) {
        mask = (data[0] ?? 0) | ((data[1] ?? 0) << 8);
        return "ack";
      }
      if (header === 230 && !options.noInhibitStatus) return { data: [mask & 0xff, mask >> 8] };
      if (header === 228) {
        master = (data[0] ?? 0) & 1;
        return "ack";
      }
      if (header === 227) return { data: [master] };
      if (header === 210) return setPath(data);
      if (header === 209) return { data: [pathOf(data[0] ?? 0)] };
      if (header === 184) {
        const coin = positions[(data[0] ?? 0) - 1];
        const id = coin ? `JP${String(coin).padStart(3, "0")}A` : "......";
        return { data: [...Buffer.from(id, "latin1")] };
      }
      if (header === 1) {
        powerUp();
        return "ack";
      }
      return core.get(header);
    },
    powerOff() {
      power += 1;
    },
    powerOn: powerUp,
  };
}
