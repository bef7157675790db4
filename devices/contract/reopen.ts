import { type Clock, withTimeout } from "../../src/kernel/clock.ts";
import { failure } from "../../src/kernel/errors/failure.ts";
import { err, ok, type Result } from "../../src/kernel/result.ts";
import type { CommandOptions, Device } from "./device.ts";
import type { SupervisedLink } from "./link.ts";

/** A full coin vendor greets nine devices and reads all their counters. */
const REOPEN_TIMEOUT_MS = 20_000;

/** Does `giveUp`, which makes the device `offline`, and ends when the device is there again; see `Device.reopen`. */
export async function reopenBy(
  giveUp: () => void,
  device: Pick<Device, "status" | "onStatus">,
  clock: Clock,
  options: CommandOptions = {},
): Promise<Result<void>> {
  const { timeoutMs = REOPEN_TIMEOUT_MS, signal } = options;
  let stop = () => {};
  const back = await withTimeout(
    clock,
    { timeoutMs, what: "reopen", ...(signal ? { signal } : {}) },
    () =>
      new Promise<Result<void>>((resolve) => {
        stop = device.onStatus(({ word }) => {
          if (word !== "offline") resolve(ok());
        });
        giveUp();
      }),
  );
  stop();
  const { cause } = device.status();
  return !back.ok && back.error.code === "K-CMD-101" && cause ? err(cause) : back;
}

/** `reopen` of a device behind a supervised link. */
export function reopenLink(
  device: Pick<Device, "status" | "onStatus">,
  link: SupervisedLink,
  clock: Clock,
  options?: CommandOptions,
): Promise<Result<void>> {
  const giveUp = () => {
    link.reopen(failure("K-LINK-106"));
    link.retryNow();
  };
  return reopenBy(giveUp, device, clock, options);
}
