/**
 * One Firmata message (protocol 2.x). Channel messages carry their channel, port or pin and 14 bits in two data bytes of
 * seven; sysex messages carry a command and data bytes of seven bits.
 */
export type FirmataMessage =
  | { readonly kind: "channel"; readonly type: ChannelType; readonly channel: number; readonly value: number }
  | { readonly kind: "system"; readonly type: SystemType; readonly data: readonly number[] }
  | { readonly kind: "sysex"; readonly command: number; readonly data: Uint8Array };

interface ChannelRow {
  readonly status: number;
  /** Data bytes behind the status; two carry one value of 14 bits, least significant first. */
  readonly bytes: 1 | 2;
}

/** Messages whose low four bits name a channel, port or pin. */
export const channelTypes = {
  digitalPort: { status: 0x90, bytes: 2 },
  reportAnalogPin: { status: 0xc0, bytes: 1 },
  reportDigitalPort: { status: 0xd0, bytes: 1 },
  analogPin: { status: 0xe0, bytes: 2 },
} as const satisfies Readonly<Record<string, ChannelRow>>;
export type ChannelType = keyof typeof channelTypes;

/** Messages with a status byte of their own, and how many data bytes they have at most and at least. */
export const systemTypes = {
  setPinMode: { status: 0xf4, least: 2, most: 2 },
  setDigitalPinValue: { status: 0xf5, least: 2, most: 2 },
  /** Alone it asks; with two bytes it tells. */
  protocolVersion: { status: 0xf9, least: 0, most: 2 },
  systemReset: { status: 0xff, least: 0, most: 0 },
} as const;
export type SystemType = keyof typeof systemTypes;

/** Sysex commands of the Firmata registry; 0x01 to 0x0F belong to the sketch. */
export const sysexCommands = {
  rcOutputData: 0x5c,
  deviceQuery: 0x30,
  deviceResponse: 0x31,
  serial: 0x60,
  encoderData: 0x61,
  accelStepper: 0x62,
  servoConfig: 0x70,
  spiData: 0x68,
  analogMappingQuery: 0x69,
  analogMappingResponse: 0x6a,
  capabilityQuery: 0x6b,
  capabilityResponse: 0x6c,
  pinStateQuery: 0x6d,
  pinStateResponse: 0x6e,
  extendedAnalog: 0x6f,
  stringData: 0x71,
  stepperData: 0x72,
  oneWireData: 0x73,
  shiftData: 0x75,
  i2cRequest: 0x76,
  i2cReply: 0x77,
  i2cConfig: 0x78,
  reportFirmware: 0x79,
  samplingInterval: 0x7a,
  schedulerData: 0x7b,
  sysexNonRealtime: 0x7e,
  sysexRealtime: 0x7f,
} as const;

const START_SYSEX = 0xf0;
const END_SYSEX = 0xf7;
/** Longer sysex is none of ours: the boards' own buffers hold 64 bytes, capability answers some hundreds. */
export const MAX_SYSEX_BYTES = 1024;

const channelByStatus = new Map(
  Object.entries(channelTypes).map(([name, row]) => [row.status as number, name as ChannelType]),
);
const systemByStatus = new Map(
  Object.entries(systemTypes).map(([name, row]) => [row.status as number, name as SystemType]),
);
const sysexNames = new Map(Object.entries(sysexCommands).map(([name, code]) => [code as number, name]));

/** The word for a message; a sysex command that no table has is named by its number. */
export function firmataName(message: FirmataMessage): string {
  if (message.kind !== "sysex") return message.type;
  return sysexNames.get(message.command) ?? `sysex ${message.command}`;
}

/** Makes the bytes of a message. Throws on a field out of range: that is a bug of the caller. */
export function encodeFirmata(message: FirmataMessage): Uint8Array {
  if (message.kind === "sysex") {
    if (message.data.length + 1 > MAX_SYSEX_BYTES) throw new RangeError(`a sysex holds ${MAX_SYSEX_BYTES} bytes`);
    return Uint8Array.of(START_SYSEX, sevenBits(message.command), ...Array.from(message.data, sevenBits), END_SYSEX);
  }
  if (message.kind === "system") {
    const { status, least, most } = systemTypes[message.type];
    const fits = message.data.length === least || message.data.length === most;
    if (!fits) throw new RangeError(`${message.type} has ${most} data bytes`);
    return Uint8Array.of(status, ...message.data.map(sevenBits));
  }
  const { status, bytes } = channelTypes[message.type];
  const { channel, value } = message;
  if (!Number.isInteger(channel) || channel < 0 || channel > 15) throw new RangeError(`channel ${channel}`);
  if (bytes === 1) return Uint8Array.of(status | channel, sevenBits(value));
  if (!Number.isInteger(value) || value < 0 || value > 0x3fff) throw new RangeError(`value ${value}`);
  return Uint8Array.of(status | channel, value & 0x7f, value >> 7);
}

/** Reads exactly one message; undefined when the bytes are none, or more than one. */
export function decodeFirmata(bytes: Uint8Array): FirmataMessage | undefined {
  const parser = createFirmataParser();
  const found = [...parser.push(bytes), ...parser.end()];
  const [first] = found;
  return found.length === 1 && first?.kind === "message" ? first.message : undefined;
}

/** What came out of the byte stream. */
export type FirmataParsed =
  | { readonly kind: "message"; readonly message: FirmataMessage }
  | { readonly kind: "garbage"; readonly bytes: number };

/** Cuts a byte stream into messages; holds at most one sysex. */
export interface FirmataParser {
  push(bytes: Uint8Array): readonly FirmataParsed[];
  /** Nothing follows: a version request is complete, everything else that waits is garbage. */
  end(): readonly FirmataParsed[];
  waiting(): number;
}

/**
 * A parser that begins anew at every byte whose top bit is set, as the protocol's data bytes never have it. A version message
 * without numbers is only known to be a request when the next status byte comes.
 */
export function createFirmataParser(): FirmataParser {
  let held: number[] = [];

  function finish(): FirmataParsed[] {
    const bytes = held;
    held = [];
    if (bytes.length === 0) return [];
    const complete = bytes.length === 1 && bytes[0] === systemTypes.protocolVersion.status;
    return complete
      ? [{ kind: "message", message: { kind: "system", type: "protocolVersion", data: [] } }]
      : [{ kind: "garbage", bytes: bytes.length }];
  }

  function tell(message: FirmataMessage): FirmataParsed[] {
    held = [];
    return [{ kind: "message", message }];
  }

  function complete(): FirmataParsed[] {
    const [status = 0, ...data] = held;
    if (status === START_SYSEX) return held.length > MAX_SYSEX_BYTES + 1 ? finish() : [];
    const system = systemByStatus.get(status);
    if (system) return data.length === systemTypes[system].most ? tell({ kind: "system", type: system, data }) : [];
    const type = channelByStatus.get(status & 0xf0);
    if (!type) return finish();
    if (data.length < channelTypes[type].bytes) return [];
    return tell({ kind: "channel", type, channel: status & 0x0f, value: (data[0] ?? 0) | ((data[1] ?? 0) << 7) });
  }

  function take(byte: number): FirmataParsed[] {
    if (byte === END_SYSEX && held[0] === START_SYSEX && held.length > 1) {
      const [, command = 0, ...data] = held;
      return tell({ kind: "sysex", command, data: Uint8Array.from(data) });
    }
    if (byte < 0x80) {
      if (held.length === 0) return [{ kind: "garbage", bytes: 1 }];
      held.push(byte);
      return complete();
    }
    const before = finish();
    held = [byte];
    return [...before, ...(byte === END_SYSEX ? finish() : complete())];
  }

  return {
    push: (bytes) => Array.from(bytes).flatMap(take),
    end: finish,
    waiting: () => held.length,
  };
}

function sevenBits(byte: number): number {
  if (!Number.isInteger(byte) || byte < 0 || byte > 0x7f) throw new RangeError(`${byte} is no data byte of seven bits`);
  return byte;
}
