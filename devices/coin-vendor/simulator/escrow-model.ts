import { countCoins, type Heap, pour } from "./coins.ts";
import { createMovement, identity, type Mechanics, type SimulatedDevice } from "./mechanics.ts";

export interface EscrowModel extends SimulatedDevice {
  /** Room for another coin, and no flap open. */
  takes(): boolean;
  /** A stuck flap: the next movement ends in a fault and moves nothing. */
  stick(on: boolean): void;
}

const CAPACITY = 60;
const MOVE_PACES = 3;
/** Fault code 250 of header 106: over-current or jammed. */
const FAULT_JAMMED = 250;
const ACCEPT = 0;

/** The escrow: holds coins until header 107 sends them to the cash box (0) or to the tray (1). */
export function createEscrowModel(
  mechanics: Mechanics,
  options: { readonly address: number; readonly held: Heap; readonly cashBox: Heap; readonly tray: Heap },
): EscrowModel {
  const { clock, paceMs, changed } = mechanics;
  const { held } = options;
  const core = identity("Escrow", "SIM-ES", 100_056);
  const flap = createMovement(clock);
  let stuck = false;
  let fault = 0;

  return {
    address: options.address,
    takes: () => !flap.active() && countCoins(held) < CAPACITY,
    stick(on) {
      stuck = on;
    },
    answer(header, data) {
      if (header === 106)
        return { data: [fault ? 2 : flap.active() ? 1 : 0, countCoins(held) < CAPACITY ? 0 : 255, fault] };
      if (header === 107) {
        if (flap.active()) return "busy";
        fault = 0;
        flap.start(MOVE_PACES * paceMs, () => {
          if (stuck) fault = FAULT_JAMMED;
          else pour(held, data[0] === ACCEPT ? options.cashBox : options.tray);
          changed();
        });
        return "ack";
      }
      if (header === 1) {
        fault = 0;
        return "ack";
      }
      return core.get(header);
    },
    powerOff: () => flap.stop(),
    powerOn() {
      fault = 0;
    },
  };
}
