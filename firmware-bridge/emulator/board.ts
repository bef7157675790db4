import avr8js from "avr8js";
import { createListeners } from "../../devices/contract/listeners.ts";
import { ok, type Result } from "../../src/kernel/result.ts";
import { readIntelHex } from "./intel-hex.ts";

/** The Uno's clock. */
export const CYCLES_PER_MS = 16_000;

/** Bits of MCUSR (ATmega328P data sheet, 11.9.1). */
const causes = { powerOn: 0x01, external: 0x02, watchdog: 0x08 } as const;
export type ResetCause = keyof typeof causes;

/**
 * An Uno-class board that runs a real hex, cycle by cycle. Time passes in `run` only, so the same calls give the same
 * result on every machine. Pins have Firmata's numbers: 0 to 13 are D0 to D13, 14 to 19 are A0 to A5.
 */
export interface EmulatedBoard {
  /** Lets so many milliseconds of the board's own time pass. */
  run(ms: number): void;
  /** Since the board was made, over all resets. */
  elapsedMs(): number;
  /** Sets the level that the outside gives to a pin. At first all are high, as the pull-ups make them. */
  setInput(pin: number, high: boolean): void;
  /** Whether the board drives this pin high. Low, floating or an input is no. */
  output(pin: number): boolean;
  onOutput(listener: (pin: number, high: boolean) => void): () => void;
  /** Bytes into the board's UART; they arrive one after the other in the time that the line takes. */
  send(bytes: Uint8Array): void;
  /** Each byte that the board sends, when it leaves. */
  onByte(listener: (byte: number) => void): () => void;
  /** The reset button, or the power taken away and given back (which also loses the RAM). */
  reset(cause: Exclude<ResetCause, "watchdog">): void;
  onReset(listener: (cause: ResetCause) => void): () => void;
}

const FLASH_BYTES = 32_768;
const SRAM_BYTES = 2_048;
const REGISTERS = 0x100;
const MCUSR = 0x54;
const SMCR = 0x53;
const SLEEP = 0x9588;
const FREQUENCY_HZ = 16_000_000;
/** More cannot be on its way in a UART without flow control; the rest is lost, as it would be on the wire. */
const MAX_WAITING_BYTES = 4_096;
const PIN_COUNT = 20;

type Cpu = InstanceType<typeof avr8js.CPU>;
type Port = InstanceType<typeof avr8js.AVRIOPort>;

/** One life of the chip, from reset to reset. avr8js resets the processor only, not what stands around it. */
interface Life {
  readonly cpu: Cpu;
  readonly usart: InstanceType<typeof avr8js.AVRUSART>;
  readonly ports: { readonly b: Port; readonly c: Port; readonly d: Port };
  sleeping: boolean;
  ended: boolean;
}

/** A board with `hex` (Intel HEX text) in its flash, just switched on. `K-FIRM-107` when the text is no hex. */
export function createEmulatedBoard(hex: string): Result<EmulatedBoard> {
  const image = readIntelHex(hex, FLASH_BYTES);
  if (!image.ok) return image;
  const flash = new Uint16Array(image.value.buffer);
  const outputs = createListeners<readonly [number, boolean]>();
  const bytes = createListeners<number>();
  const resets = createListeners<ResetCause>();
  const inputs = new Array<boolean>(PIN_COUNT).fill(true);
  const driven = new Array<boolean>(PIN_COUNT).fill(false);
  let waiting: number[] = [];
  let pastCycles = 0;
  /** Cycles that the last run took too many or too few: an instruction takes several. */
  let debt = 0;
  let life = begin("powerOn");

  function begin(cause: ResetCause, ram?: Uint8Array): Life {
    const cpu = new avr8js.CPU(flash, SRAM_BYTES);
    if (ram) cpu.data.set(ram.subarray(REGISTERS), REGISTERS);
    cpu.data[MCUSR] = causes[cause];
    const port = (config: typeof avr8js.portBConfig) => new avr8js.AVRIOPort(cpu, config);
    const born: Life = {
      cpu,
      usart: new avr8js.AVRUSART(cpu, avr8js.usart0Config, FREQUENCY_HZ),
      ports: { b: port(avr8js.portBConfig), c: port(avr8js.portCConfig), d: port(avr8js.portDConfig) },
      sleeping: false,
      ended: false,
    };
    for (const config of [avr8js.timer0Config, avr8js.timer1Config, avr8js.timer2Config])
      new avr8js.AVRTimer(cpu, config);
    new avr8js.AVRWatchdog(cpu, avr8js.watchdogConfig, new avr8js.AVRClock(cpu, FREQUENCY_HZ));
    // The watchdog calls this; everything around the processor must be reset too, so a new life begins after the step.
    cpu.reset = () => {
      born.ended = true;
    };
    born.usart.onByteTransmit = (byte) => bytes.emit(byte);
    born.usart.onRxComplete = () => feed(born);
    for (const p of Object.values(born.ports)) p.addListener(() => tellOutputs(born));
    for (const [pin, high] of inputs.entries()) at(born, pin)?.port.setPin(at(born, pin)?.bit ?? 0, high);
    return born;
  }

  function at(now: Life, pin: number): { port: Port; bit: number } | undefined {
    if (pin < 0 || pin >= PIN_COUNT) return undefined;
    if (pin < 8) return { port: now.ports.d, bit: pin };
    return pin < 14 ? { port: now.ports.b, bit: pin - 8 } : { port: now.ports.c, bit: pin - 14 };
  }

  function tellOutputs(now: Life): void {
    for (let pin = 0; pin < PIN_COUNT; pin++) {
      const place = at(now, pin);
      const high = place?.port.pinState(place.bit) === avr8js.PinState.High;
      if (driven[pin] === high) continue;
      driven[pin] = high;
      outputs.emit([pin, high]);
    }
  }

  /** The next byte begins on the wire. While the receiver is off, what is sent is lost. */
  function feed(now: Life): void {
    if (waiting.length === 0 || now.usart.rxBusy) return;
    if (!now.usart.rxEnable) {
      waiting = [];
      return;
    }
    now.usart.writeByte(waiting.shift() ?? 0);
  }

  function restart(cause: ResetCause, keepRam: boolean): void {
    pastCycles += life.cpu.cycles;
    const ram = keepRam ? life.cpu.data : undefined;
    life.ended = true;
    waiting = [];
    life = begin(cause, ram);
    tellOutputs(life);
    resets.emit(cause);
  }

  /** Runs one life up to a cycle; stops early when the watchdog bites. */
  function runLife(now: Life, until: number): void {
    const { cpu } = now;
    while (cpu.cycles < until && !now.ended) {
      if (now.sleeping) sleepOn(now, until);
      else {
        const { pc } = cpu;
        const sleeps = flash[pc] === SLEEP && ((cpu.data[SMCR] ?? 0) & 1) === 1;
        avr8js.avrInstruction(cpu);
        cpu.tick();
        // An interrupt in the same step has woken it already.
        now.sleeping = sleeps && cpu.pc === pc + 1;
      }
    }
  }

  /** A sleeping processor does nothing until an interrupt: the time up to the next event is skipped, not stepped. */
  function sleepOn(now: Life, until: number): void {
    const { cpu } = now;
    const next = (cpu as unknown as { nextClockEvent: { cycles: number } | null }).nextClockEvent;
    if (cpu.nextInterrupt < 0) cpu.cycles = Math.min(until, Math.max(cpu.cycles + 1, next?.cycles ?? until));
    const { pc } = cpu;
    cpu.tick();
    if (cpu.pc !== pc) now.sleeping = false;
  }

  return ok({
    run(ms) {
      let left = Math.round(ms * CYCLES_PER_MS) + debt;
      while (left > 0) {
        const from = life.cpu.cycles;
        runLife(life, from + left);
        left -= life.cpu.cycles - from;
        if (life.ended) restart("watchdog", true);
      }
      debt = left;
    },
    elapsedMs: () => (pastCycles + life.cpu.cycles) / CYCLES_PER_MS,
    setInput(pin, high) {
      const place = at(life, pin);
      if (!place) throw new RangeError(`the board has no pin ${pin}`);
      inputs[pin] = high;
      place.port.setPin(place.bit, high);
    },
    output: (pin) => driven[pin] ?? false,
    onOutput: (listener) => outputs.add(([pin, high]) => listener(pin, high)),
    send(more) {
      for (const byte of more) if (waiting.length < MAX_WAITING_BYTES) waiting.push(byte);
      feed(life);
    },
    onByte: bytes.add,
    reset: (cause) => restart(cause, cause !== "powerOn"),
    onReset: resets.add,
  });
}
