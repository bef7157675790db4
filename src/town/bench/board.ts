import { readFileSync } from "node:fs";
import type { CabinetSensor } from "../../../devices/cabinet/port.ts";
import type { BytePort } from "../../../devices/contract/port.ts";
import { createEmulatedBoard } from "../../../firmware-bridge/emulator/board.ts";
import { runInRealTime } from "../../../firmware-bridge/emulator/real-time.ts";
import { firmwareHexFile } from "../../../firmware-bridge/firmware/build.ts";
import type { Clock } from "../../kernel/clock.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { type BenchSwitch, cabinetSwitches } from "./protocol.ts";

/**
 * The cabinet's I/O board: our real firmware in an emulated ATmega328P. What hands do to trays and doors sets the levels
 * of its pins, what it drives is what shines. Its UART is the plug.
 */
export interface BenchBoard {
  /** Serves one connection of the UART; a later one takes the place of an earlier one. */
  attach(port: BytePort): void;
  setSensor(sensor: CabinetSensor, on: boolean): void;
  /** Whether each lamp shines now, and the buzzer sounds; the host and the card reader have power. */
  state(): BenchBoardState;
  onChange(listener: () => void): () => void;
  /** The board's reset button. */
  reset(): void;
  stop(): void;
}

export interface BenchBoardState {
  readonly lights: Readonly<Record<"card" | "coin" | "change" | "document" | "receipt" | "status", boolean>>;
  readonly buzzer: boolean;
  readonly power: { readonly host: boolean; readonly cardReader: boolean };
  /** What hands left open or broke, and the battery. */
  readonly switches: Readonly<Record<BenchSwitch, boolean>>;
}

/** The wiring of firmware-bridge/README.md: the pin, and the level when the name is true. */
const inputs: Readonly<Record<CabinetSensor, readonly [pin: number, high: boolean]>> = {
  cashBoxOpen: [11, true],
  serviceDoorOpen: [12, true],
  tampered: [14, true],
  documentPresent: [15, false],
  receiptPresent: [16, false],
  coinsPresent: [17, false],
  cardLeft: [18, false],
  upsLow: [19, false],
};
const lights = { card: 2, coin: 3, change: 4, document: 5, receipt: 6, status: 8 } as const;
const BUZZER = 7;
const relays = { cardReader: 9, host: 10 } as const;
/** The board's own lamp blinks all the time and is inside the cabinet. */
const ALIVE = 13;

/** A board in a cabinet with nothing in it and everything shut, switched on. */
export function createBenchBoard(clock: Clock): Result<BenchBoard> {
  const made = createEmulatedBoard(readFileSync(firmwareHexFile, "utf8"));
  if (!made.ok) return made;
  const board = made.value;
  const now = new Map<CabinetSensor, boolean>();
  const setSensor = (sensor: CabinetSensor, on: boolean) => {
    const [pin, high] = inputs[sensor];
    now.set(sensor, on);
    board.setInput(pin, on === high);
  };
  for (const sensor of Object.keys(inputs) as CabinetSensor[]) setSensor(sensor, false);
  const running = runInRealTime(board, clock);
  return ok({
    attach: running.attach,
    setSensor,
    state() {
      const shining = Object.entries(lights).map(([light, pin]) => [light, board.output(pin)] as const);
      return {
        lights: Object.fromEntries(shining) as BenchBoardState["lights"],
        buzzer: board.output(BUZZER),
        // A relay that pulls takes the power away.
        power: { host: !board.output(relays.host), cardReader: !board.output(relays.cardReader) },
        switches: Object.fromEntries(
          cabinetSwitches.map((name) => [name, now.get(name) === true]),
        ) as BenchBoardState["switches"],
      };
    },
    onChange: (listener) =>
      board.onOutput((pin) => {
        if (pin !== ALIVE) listener();
      }),
    reset: () => board.reset("external"),
    stop: running.stop,
  });
}
