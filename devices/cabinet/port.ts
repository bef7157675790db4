import type {
  DeadManSettings,
  DeadManState,
  FlashRate,
  PowerCycled,
  ResetCause,
  SensorName,
} from "../../firmware-bridge/protocol.ts";
import type { Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "../contract/device.ts";

export type { DeadManSettings, DeadManState, FlashRate, PowerCycled, ResetCause };

/** Guide lights, named by what the hands must do. */
export const guideLights = ["card", "coin", "change", "document", "receipt"] as const;
export type GuideLight = (typeof guideLights)[number];
/** The guide lights and the lamp that staff see from afar. */
export type CabinetLight = GuideLight | "status";

/**
 * What the sensors see. `cardLeft`: something lies on the reader's tray; paper and coins: something lies in the tray;
 * `tampered`: the contact that only a break-in opens; `upsLow`: the battery will not last long.
 */
export type CabinetSensors = { readonly [S in SensorName]: boolean };
export type CabinetSensor = SensorName;

/** What the board's dead man does, and how often it has power-cycled this host. */
export interface DeadManStatus {
  readonly state: DeadManState;
  readonly tripsThisHour: number;
  /** Since the board was last without power. */
  readonly trips: number;
}

/** The board behind the bridge. */
export interface BoardIdentity {
  readonly firmware: string;
  /** Whether its firmware has a dead man at all. */
  readonly hasDeadMan: boolean;
  readonly resetCause: ResetCause;
}

/** The cabinet behind the I/O board: sensors, lights, the buzzer, relays and the dead man. */
export interface Cabinet extends Device {
  /** The last known state of the sensors; undefined while the board has not spoken. */
  sensors(): CabinetSensors | undefined;
  onSensors(listener: (sensors: CabinetSensors) => void): () => void;
  /** `true` is continuous. The wish is kept over every loss of the board. */
  setLight(light: CabinetLight, on: boolean | FlashRate, options?: CommandOptions): Promise<Result<void>>;
  setBuzzer(on: boolean | FlashRate, options?: CommandOptions): Promise<Result<void>>;
  /** Takes the power off a device for 100 ms to 30 s. Completes when the power is off; the board gives it back by itself. */
  powerCycle(device: PowerCycled, offMs: number, options?: CommandOptions): Promise<Result<void>>;
  /**
   * Tells the dead man that this host lives and will say so again within `periodMs` (1 to 600 s; 0 stands it down).
   * `busy`: money or paper moves, so that a trip is held back. Nothing else feeds it. `K-CAB-103` when the board has none.
   */
  feedDeadMan(feed: { periodMs: number; busy: boolean }, options?: CommandOptions): Promise<Result<void>>;
  /** The settings are a wish that is kept, like a light. */
  configureDeadMan(settings: DeadManSettings, options?: CommandOptions): Promise<Result<void>>;
  /** Undefined while the board has not spoken, or has no dead man. */
  deadMan(): DeadManStatus | undefined;
  onDeadMan(listener: (status: DeadManStatus) => void): () => void;
  /** Undefined while the board has not spoken. */
  board(): BoardIdentity | undefined;
}
