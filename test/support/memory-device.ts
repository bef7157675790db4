import type { Device, DeviceStatus } from "../../devices/contract/device.ts";
import { createStatusHolder } from "../../devices/contract/status-holder.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import { failure } from "../../src/kernel/errors/failure.ts";
import { err, ok, type Result } from "../../src/kernel/result.ts";

/**
 * The kiosk's devices as ports with a physical truth behind them, in memory: for tests of the flow, its effects and its
 * recovery. Bytes are the affair of each device's own tests.
 */
export abstract class MemoryDevice implements Device {
  readonly name: string;
  readonly #holder: ReturnType<typeof createStatusHolder>;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#holder = createStatusHolder(clock, "online");
  }
  status(): DeviceStatus {
    return this.#holder.status();
  }
  onStatus(listener: (status: DeviceStatus) => void): () => void {
    return this.#holder.onStatus(listener);
  }
  /** The device fails, with a cause; undefined: it works again. */
  fail(code: ErrorCode | undefined): void {
    if (code) this.#holder.set("offline", failure(code));
    else this.#holder.set("online");
  }
  /** What is wrong with it goes away when it is connected anew. */
  reopeningMends = false;
  async reopen(): Promise<Result<void>> {
    if (this.reopeningMends) this.fail(undefined);
    const { word, cause } = this.status();
    return word === "offline" && cause ? err(cause) : ok();
  }
  async close(): Promise<void> {}
}
