import type { Clock } from "../../../src/kernel/clock.ts";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import { createCable } from "./cable.ts";
import type { Direction, Line } from "./line.ts";

/** A line on which each question has a connection of its own, as IPP over HTTP has. */
export interface ExchangeLine extends Line {
  /** `K-PRINT-101` when nothing was delivered, `K-LINK-102` when it broke, `K-CMD-102` when the signal aborted. */
  send(question: Uint8Array, signal: AbortSignal): Promise<Result<Uint8Array>>;
}

/** A line to a machine that answers each question by `answer`; `undefined` is an answer that is none. */
export function createExchangeLine(
  clock: Pick<Clock, "setTimer">,
  answer: (question: Uint8Array) => Promise<Result<Uint8Array>>,
): ExchangeLine {
  const broken = new Set<() => void>();
  let hears: ((bytes: Uint8Array) => void) | undefined;
  const cable = createCable(clock, () => {
    for (const tell of [...broken]) tell();
  });

  /** What comes out at the other end; undefined when nothing does. */
  async function pass(dir: Direction, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const out = cable.enter(dir, bytes);
    await new Promise<void>((resolve) => cable.arrive(resolve));
    return out.length === 0 ? undefined : Buffer.concat(out);
  }

  async function travel(question: Uint8Array, isBroken: () => boolean, heard: Promise<Uint8Array>) {
    const arrived = await pass("tx", question);
    // A plug that was pulled within the question: the machine never has the whole of it.
    await Promise.resolve();
    if (arrived === undefined || isBroken()) return await heard;
    const answered = await answer(arrived);
    if (!answered.ok) return answered;
    const back = await pass("rx", answered.value);
    return back === undefined ? await heard : ok(back);
  }

  return {
    opener: { address: "exchange:", open: async () => fail("K-LINK-103") },
    ...cable.hands,
    inject(dir, bytes) {
      if (dir === "tx") void answer(bytes);
      else hears?.(bytes);
    },
    async send(question, signal) {
      await cable.started;
      if (cable.isPulled()) return fail("K-PRINT-101", { why: "unplugged" });
      return await new Promise<Result<Uint8Array>>((resolve) => {
        let over = false;
        const end = (result: Result<Uint8Array>) => {
          over = true;
          broken.delete(onBroken);
          signal.removeEventListener("abort", onAbort);
          if (hears === onHeard) hears = undefined;
          resolve(result);
        };
        const onBroken = () => end(fail("K-LINK-102", { why: "unplugged" }));
        const onAbort = () => end(fail("K-CMD-102", { what: "ipp" }));
        const onHeard = (bytes: Uint8Array) => end(ok(bytes));
        broken.add(onBroken);
        signal.addEventListener("abort", onAbort, { once: true });
        if (signal.aborted) return onAbort();
        hears = onHeard;
        const silence = new Promise<Uint8Array>(() => {});
        void travel(question, () => over, silence).then((result) => {
          if (!over && !(result instanceof Uint8Array)) end(result);
        });
      });
    },
  };
}
