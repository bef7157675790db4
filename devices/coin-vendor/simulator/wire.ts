import type { Clock, Timer } from "../../../src/kernel/clock.ts";
import type { BytePort } from "../../contract/port.ts";
import { encodeFrame, type FrameCheck, HOST_ADDRESS, REPLY_ACK, REPLY_BUSY, REPLY_NACK } from "../codec/frame.ts";
import { createFrameParser, type Parsed } from "../codec/parser.ts";
import type { Answer, SimulatedDevice } from "./mechanics.ts";

/** What can go wrong on the wire, for the next message of a header. */
export type WireFault = "loseRequest" | "loseReply" | "nak" | "busy";

/** Changes bytes on their way: loses some, adds some. For tests. */
export type Tamper = (direction: "toMachine" | "toHost", bytes: Uint8Array) => Uint8Array;

export interface Wire {
  attach(port: BytePort): void;
  /** The next message with this header meets the fault, `times` times. */
  fail(header: number, fault: WireFault, times?: number): void;
  setEcho(on: boolean): void;
  setSilent(address: number, on: boolean): void;
  /** Bytes that nobody meant, towards the host, now. */
  noise(bytes: Uint8Array): void;
  setTamper(tamper: Tamper | undefined): void;
}

const INTER_BYTE_TIMEOUT_MS = 50;

/** The machine's end of the bus: frames in, answers out, and everything that disturbs them. */
export function createWire(options: {
  readonly clock: Clock;
  readonly devices: readonly SimulatedDevice[];
  readonly powered: () => boolean;
  /** How this device's frames are protected: a bus may carry both kinds. */
  readonly checkOf: (address: number) => FrameCheck;
  readonly echo: boolean;
}): Wire {
  const { clock, devices, checkOf } = options;
  const silent = new Set<number>();
  const faults: { header: number; fault: WireFault }[] = [];
  let echo = options.echo;
  let tamper: Tamper | undefined;
  let current: BytePort | undefined;

  function meet(header: number, ...kinds: readonly WireFault[]): WireFault | undefined {
    const at = faults.findIndex((entry) => entry.header === header && kinds.includes(entry.fault));
    return at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
  }

  function send(port: BytePort, bytes: Uint8Array): void {
    const arriving = tamper ? tamper("toHost", bytes) : bytes;
    if (arriving.length > 0) void port.write(arriving);
  }

  function reply(port: BytePort, device: SimulatedDevice, answer: Answer): void {
    if (answer === undefined) return;
    const header = answer === "nak" ? REPLY_NACK : answer === "busy" ? REPLY_BUSY : REPLY_ACK;
    const data = Uint8Array.from(typeof answer === "object" ? answer.data : []);
    send(
      port,
      encodeFrame({ destination: HOST_ADDRESS, source: device.address, header, data }, checkOf(device.address)),
    );
  }

  function take(port: BytePort, parsed: readonly Parsed[]): void {
    for (const item of parsed) {
      if (item.kind === "garbage" || !options.powered()) continue;
      const { destination, header, data } = item.frame;
      const device = devices.find((d) => d.address === destination);
      if (!device || meet(header, "loseRequest")) continue;
      const refused = meet(header, "nak", "busy");
      const answer = refused === "nak" || refused === "busy" ? refused : device.answer(header, data);
      if (silent.has(destination) || meet(header, "loseReply")) continue;
      reply(port, device, answer);
    }
  }

  return {
    attach(port) {
      current?.close();
      current = port;
      // Each device hears only what its own check fits; what is a frame for one is noise for the others.
      const parsers = (["checksum", "crc"] as const).map((check) =>
        createFrameParser(check, ({ destination }) => destination !== HOST_ADDRESS && checkOf(destination) === check),
      );
      let gap: Timer | undefined;
      port.onData((sent) => {
        if (current !== port) return;
        // The adapter's echo comes before anything that the machine could answer, powered or not.
        if (echo) send(port, sent);
        const bytes = tamper ? tamper("toMachine", sent) : sent;
        for (const parser of parsers) take(port, parser.push(bytes));
        gap?.cancel();
        if (parsers.every((parser) => parser.waiting() === 0)) return;
        gap = clock.setTimer(INTER_BYTE_TIMEOUT_MS, () => {
          for (const parser of parsers) take(port, parser.gap());
        });
      });
      port.onClose(() => {
        gap?.cancel();
        if (current === port) current = undefined;
      });
    },
    fail(header, fault, times = 1) {
      for (let n = 0; n < times; n++) faults.push({ header, fault });
    },
    setEcho(on) {
      echo = on;
    },
    setSilent(address, on) {
      if (on) silent.add(address);
      else silent.delete(address);
    },
    noise(bytes) {
      if (current) void current.write(bytes);
    },
    setTamper(next) {
      tamper = next;
    },
  };
}
