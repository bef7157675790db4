import { type Denomination, denominations } from "../port.ts";
import { type Heap, nextEvent } from "./coins.ts";
import { type Answer, createMovement, identity, type Mechanics, type SimulatedDevice } from "./mechanics.ts";

export interface ChangerModel extends SimulatedDevice {
  stock(): Readonly<Heap>;
  /** Error status of header 122: device number and fault code; `undefined` ends it. */
  fault(status: readonly [device: number, code: number] | undefined): void;
}

const NO_FAULT: readonly [number, number] = [0, 0];
const HOPPER_EMPTY = 1;

/** A changer that pays values from hoppers of its own, the largest coins first, one coin a pace. */
export function createChangerModel(
  mechanics: Mechanics,
  options: { readonly address: number; readonly stock: Heap; readonly tray: Heap },
): ChangerModel {
  const { clock, paceMs, changed } = mechanics;
  const { stock, tray } = options;
  const core = identity("Changer", "SIM-CH", 100_055);
  const motor = createMovement(clock);
  let counter = 0;
  let leftYen = 0;
  let paidYen = 0;
  let verified = { paidYen: 0, unpaidYen: 0 };
  let fault: readonly [number, number] = NO_FAULT;

  const next = (): Denomination | undefined =>
    [...denominations].reverse().find((coin) => coin <= leftYen && stock[coin] > 0);

  function end(): void {
    verified = { paidYen, unpaidYen: leftYen };
    if (leftYen > 0 && fault === NO_FAULT) fault = [1, HOPPER_EMPTY];
    leftYen = 0;
    counter = nextEvent(counter);
    changed();
  }

  function turn(): void {
    motor.start(paceMs, () => {
      const coin = next();
      if (coin === undefined || fault[1] > HOPPER_EMPTY) return end();
      stock[coin] -= 1;
      tray[coin] += 1;
      paidYen += coin;
      leftYen -= coin;
      changed();
      turn();
    });
  }

  function pay(data: Uint8Array): Answer {
    if (motor.active()) return "busy";
    leftYen = u32(data);
    paidYen = 0;
    turn();
    return "ack";
  }

  return {
    address: options.address,
    stock: () => stock,
    fault(status) {
      fault = status ?? NO_FAULT;
    },
    answer(header, data) {
      if (header === 125) return pay(data);
      if (header === 124) return { data: [counter, ...bytesOf(verified.paidYen), ...bytesOf(verified.unpaidYen)] };
      if (header === 123) return { data: [(motor.active() ? 0x08 : 0) | (fault[1] > HOPPER_EMPTY ? 0x10 : 0), 0] };
      if (header === 122) return { data: [...fault] };
      return core.get(header);
    },
    powerOff: () => motor.stop(),
    powerOn() {
      counter = 0;
      leftYen = 0;
      verified = { paidYen: 0, unpaidYen: 0 };
    },
  };
}

function u32(data: Uint8Array): number {
  return data.reduceRight((value, byte) => value * 256 + byte, 0);
}

function bytesOf(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}
