import type { Clock } from "../../../src/kernel/clock.ts";
import { createListeners } from "../../contract/listeners.ts";
import type { BytePort } from "../../contract/port.ts";
import type { FrameCheck } from "../codec/frame.ts";
import { type CoinCounts, type Denomination, denominations, type NoteDenomination } from "../port.ts";
import { type CoinVendorAddresses, defaultAddresses } from "../settings.ts";
import { type AcceptorModel, type CoinFate, createAcceptorModel } from "./acceptor-model.ts";
import { type Heap, heap, pour, together } from "./coins.ts";
import { createEscrowModel } from "./escrow-model.ts";
import { createHopperModel, type HopperHabits } from "./hopper-model.ts";
import { createMovement, type Mechanics } from "./mechanics.ts";
import { createNoteModel, type NoteState } from "./note-model.ts";
import { createWire, type Tamper, type WireFault } from "./wire.ts";

export type SimulatorPart = "acceptor" | "escrow" | "notes" | Denomination;

/** Where all coins are. `foreignInTray` counts things that are no coin of ours. */
export interface CoinVendorState {
  readonly powered: boolean;
  readonly slotOpen: boolean;
  readonly inTransit: Readonly<Heap>;
  readonly escrow: Readonly<Heap>;
  readonly cashBox: Readonly<Heap>;
  readonly tray: Readonly<Heap>;
  readonly foreignInTray: number;
  readonly hoppers: Readonly<Heap>;
  /** Of the note validator on the bus. */
  readonly notes: NoteState;
}

/** A simulated coin vendor: what hands and accidents do to it, and the bus. */
export interface CoinVendorSimulator {
  /** Serves one connection; the coins survive it. A later connection takes the place of an earlier one. */
  attach(port: BytePort): void;
  /** Into the first acceptor, or the one at this address. */
  insertCoin(coin: Denomination | "foreign", address?: number): CoinFate;
  /** Into the note validator on the bus. */
  insertNote(note: NoteDenomination | "foreign"): CoinFate;
  /** A bill event with A = 0 of the note validator. */
  noteEvent(code: number): void;
  refuseNextStack(): void;
  /** Takes everything out of the tray. */
  takeCoins(): CoinCounts & { readonly foreign: number };
  pressReturnLever(): void;
  refill(denomination: Denomination, coins: number): void;
  /** Takes all coins out of a hopper; how many there were. */
  emptyHopper(denomination: Denomination): number;
  /** Empties the cash box, as a collection does. */
  collectCashBox(): CoinCounts;
  /** Off now, on after `offMs` (default: four paces). */
  powerCycle(offMs?: number): void;
  state(): CoinVendorState;
  onChange(listener: () => void): () => void;

  /** The hopper jams after so many more coins; `undefined` clears the jam. */
  jam(denomination: Denomination, afterCoins: number | undefined): void;
  /** Somebody pulls a coin on a string, or lights into a hopper. */
  cheat(part: "acceptor" | Denomination): void;
  /** Any error event of header 229. */
  acceptorEvent(code: number): void;
  blockCoinPath(on: boolean): void;
  stickEscrow(on: boolean): void;
  /** The part works and hears, but nothing comes back from it. */
  silence(part: SimulatorPart, on: boolean): void;
  failNext(header: number, fault: WireFault, times?: number): void;
  setEcho(on: boolean): void;
  noise(bytes: Uint8Array): void;
  setTamper(tamper: Tamper | undefined): void;
}

/** ccTalk error code 20 and 254 of header 229. */
const COIN_ON_STRING = 20;
const RETURN_LEVER = 254;
const BOOT_PACES = 4;
/** Where no host looks: a machine without a note validator has it there. */
const NO_ADDRESS = 255;

/**
 * A coin vendor in software, true to the byte and to the coin. `mechanicsMs` is the pace of one coin (default 150 ms, as a
 * real hopper pays about seven a second); all movements are multiples of it.
 */
export function createCoinVendorSimulator(options: {
  readonly clock: Clock;
  /** Coins in the hoppers at the beginning. */
  readonly hoppers?: CoinCounts;
  readonly mechanicsMs?: number;
  readonly addresses?: CoinVendorAddresses;
  readonly check?: FrameCheck;
  /** Devices whose frames are protected in another way than `check`. */
  readonly checks?: ReadonlyMap<number, FrameCheck>;
  readonly echo?: boolean;
  readonly habits?: HopperHabits;
  readonly pollWatchdogMs?: number;
  readonly noInhibitStatus?: boolean;
}): CoinVendorSimulator {
  const { clock } = options;
  const addresses = options.addresses ?? defaultAddresses;
  const changes = createListeners<void>();
  const paceMs = options.mechanicsMs ?? 150;
  const supply = createMovement(clock);
  let powered = true;
  let foreignInTray = 0;
  const mechanics: Mechanics = { clock, paceMs, powered: () => powered, changed: () => changes.emit() };
  const held = heap();
  const cashBox = heap();
  const tray = heap();
  const escrow = createEscrowModel(mechanics, { address: addresses.escrow, held, cashBox, tray });
  const notes = createNoteModel(mechanics, { address: addresses.notes ?? NO_ADDRESS });
  const acceptors = [addresses.acceptor, ...(addresses.furtherAcceptors ?? [])].map((address) =>
    createAcceptorModel(mechanics, {
      address,
      pollWatchdogMs: options.pollWatchdogMs ?? 1000,
      noInhibitStatus: options.noInhibitStatus ?? false,
      escrowTakes: escrow.takes,
      land: (coin) => {
        held[coin] += 1;
      },
    }),
  );
  const [acceptor] = acceptors as [AcceptorModel];
  const hoppers = denominations.map((denomination) =>
    createHopperModel(mechanics, {
      address: addresses.hoppers[denomination],
      denomination,
      coins: options.hoppers?.[denomination] ?? 0,
      tray,
      habits: options.habits ?? {},
    }),
  );
  const devices = [...acceptors, escrow, notes, ...hoppers];
  const wire = createWire({
    clock,
    devices,
    powered: () => powered,
    checkOf: (address) => options.checks?.get(address) ?? options.check ?? "checksum",
    echo: options.echo ?? false,
  });
  const hopperOf = (denomination: Denomination) => hoppers.find((hopper) => hopper.denomination === denomination);
  const addressOf = (part: SimulatorPart) =>
    typeof part === "number" ? addresses.hoppers[part] : (addresses[part] ?? NO_ADDRESS);

  return {
    attach: wire.attach,
    insertCoin(coin, address) {
      const fate = (acceptors.find((one) => one.address === address) ?? acceptor).insert(coin);
      if (fate === "rejected" && coin === "foreign") foreignInTray += 1;
      else if (fate === "rejected" && coin !== "foreign") tray[coin] += 1;
      mechanics.changed();
      return fate;
    },
    insertNote: notes.insert,
    noteEvent: notes.event,
    refuseNextStack: notes.refuseNextStack,
    takeCoins() {
      const taken = heap();
      pour(tray, taken);
      const foreign = foreignInTray;
      foreignInTray = 0;
      mechanics.changed();
      return { ...taken, foreign };
    },
    pressReturnLever: () => acceptor.error(RETURN_LEVER),
    refill(denomination, coins) {
      hopperOf(denomination)?.refill(coins);
      mechanics.changed();
    },
    emptyHopper(denomination) {
      const coins = hopperOf(denomination)?.empty() ?? 0;
      mechanics.changed();
      return coins;
    },
    collectCashBox() {
      const collected = heap();
      pour(cashBox, collected);
      mechanics.changed();
      return collected;
    },
    powerCycle(offMs = BOOT_PACES * paceMs) {
      powered = false;
      for (const device of devices) device.powerOff();
      supply.start(offMs, () => {
        for (const device of devices) device.powerOn();
        powered = true;
        mechanics.changed();
      });
      mechanics.changed();
    },
    state: () => ({
      powered,
      slotOpen: acceptors.some((one) => one.slotOpen()),
      inTransit: acceptors.reduce((sum, one) => together(sum, one.inTransit()), heap()),
      escrow: { ...held },
      cashBox: { ...cashBox },
      tray: { ...tray },
      foreignInTray,
      hoppers: heap(Object.fromEntries(hoppers.map((hopper) => [hopper.denomination, hopper.stock()]))),
      notes: notes.state(),
    }),
    onChange: changes.add,
    jam: (denomination, afterCoins) => hopperOf(denomination)?.jam(afterCoins),
    cheat(part) {
      if (part === "acceptor") acceptor.error(COIN_ON_STRING);
      else hopperOf(part)?.fraud();
    },
    acceptorEvent: acceptor.error,
    blockCoinPath: acceptor.block,
    stickEscrow: escrow.stick,
    silence: (part, on) => wire.setSilent(addressOf(part), on),
    failNext: wire.fail,
    setEcho: wire.setEcho,
    noise: wire.noise,
    setTamper: wire.setTamper,
  };
}
