import type { Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "../contract/device.ts";

/** Guide lights, named by what the hands must do. */
export const guideLights = ["card", "coin", "change", "document", "receipt"] as const;
export type GuideLight = (typeof guideLights)[number];

/** What the sensors see. `cardLeft`: something lies on the reader's tray; paper and coins: something lies in the tray. */
export interface CabinetSensors {
  readonly documentPresent: boolean;
  readonly receiptPresent: boolean;
  readonly coinsPresent: boolean;
  readonly cardLeft: boolean;
}
export type CabinetSensor = keyof CabinetSensors;

/** The cabinet behind the I/O board: sensors, lights and the buzzer. */
export interface Cabinet extends Device {
  /** The last known state of the sensors; undefined while the board has not spoken. */
  sensors(): CabinetSensors | undefined;
  onSensors(listener: (sensors: CabinetSensors) => void): () => void;
  setLight(light: GuideLight, on: boolean, options?: CommandOptions): Promise<Result<void>>;
  setBuzzer(on: boolean, options?: CommandOptions): Promise<Result<void>>;
}
