import type { Clock } from "../../src/kernel/clock.ts";
import type { Failure } from "../../src/kernel/errors/failure.ts";
import type { DeviceStatus, DeviceStatusWord } from "./device.ts";
import { createListeners } from "./listeners.ts";

/** Holds the status of one device and tells its changes. */
export interface StatusHolder {
  status(): DeviceStatus;
  /** Sets word and cause; tells the listeners only when the word or the code of the cause changes. */
  set(word: DeviceStatusWord, cause?: Failure): void;
  onStatus(listener: (status: DeviceStatus) => void): () => void;
}

/** A status that begins with `initial`, usually `offline` until the device has spoken. */
export function createStatusHolder(clock: Pick<Clock, "monotonicMs">, initial: DeviceStatusWord): StatusHolder {
  const listeners = createListeners<DeviceStatus>();
  let current: DeviceStatus = { word: initial, sinceMs: clock.monotonicMs() };
  return {
    status: () => current,
    set(word, cause) {
      if (current.word === word && current.cause?.code === cause?.code) return;
      current = { word, ...(cause ? { cause } : {}), sinceMs: clock.monotonicMs() };
      listeners.emit(current);
    },
    onStatus: listeners.add,
  };
}
