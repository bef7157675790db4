import type { BytePort, PortOpener } from "../../devices/contract/port.ts";
import { type Clock, withTimeout } from "../../src/kernel/clock.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";

/** What a board says that it runs. */
export interface BoardFirmware {
  readonly name: string;
  /** `major.minor.patch` of ours, `major.minor` of another. */
  readonly version: string;
}

/** Firmata: firmware, our status, and the analog mapping, which every Firmata answers and which is therefore the end. */
const QUESTION = Uint8Array.of(0xf9, 0xf0, 0x79, 0xf7, 0xf0, 0x02, 0xf7, 0xf0, 0x69, 0xf7);
const FIRMWARE = 0x79;
const STATUS = 0x02;
const MAPPING = 0x6a;
/** An Uno that was reset by the opening of its port sits in its boot loader at first: the question is put again. */
const ASK_AGAIN_MS = 500;
const PATIENCE_MS = 6_000;
const MAX_BYTES = 4_096;

/** Asks the board on a port. `K-FIRM-104` it cannot be opened, `K-FIRM-106` what answers does not speak Firmata. */
export async function askFirmware(opener: PortOpener, clock: Clock): Promise<Result<BoardFirmware>> {
  const opened = await opener.open(AbortSignal.timeout(PATIENCE_MS));
  if (!opened.ok) return fail("K-FIRM-104", { port: opener.address }, opened.error);
  const port = opened.value;
  const answered = await withTimeout(clock, { timeoutMs: PATIENCE_MS, what: "firmware" }, (signal) =>
    listen(port, clock, signal),
  );
  port.close();
  return answered.ok ? answered : fail("K-FIRM-106", { port: opener.address }, answered.error);
}

function listen(port: BytePort, clock: Clock, signal: AbortSignal): Promise<Result<BoardFirmware>> {
  return new Promise((resolve) => {
    let held: number[] = [];
    let found: BoardFirmware | undefined;
    let patch: number | undefined;
    let timer = clock.setTimer(0, ask);
    function ask(): void {
      void port.write(QUESTION);
      timer = clock.setTimer(ASK_AGAIN_MS, ask);
    }
    const finish = (result: Result<BoardFirmware>) => {
      timer.cancel();
      resolve(result);
    };
    signal.addEventListener("abort", () => timer.cancel(), { once: true });
    port.onClose(() => finish(fail("K-LINK-102")));
    port.onData((bytes) => {
      for (const byte of bytes) {
        if (byte === 0xf0) held = [];
        if (held.length < MAX_BYTES) held.push(byte);
        if (byte !== 0xf7 || held[0] !== 0xf0) continue;
        const [, id, ...data] = held.slice(0, -1);
        if (id === FIRMWARE && data.length >= 2) found = parse(data);
        if (id === STATUS && data.length === 11) patch = data[1];
        if (id !== MAPPING || !found) continue;
        finish(ok(patch === undefined ? found : { ...found, version: `${found.version}.${patch}` }));
      }
    });
  });
}

function parse(data: readonly number[]): BoardFirmware {
  const [major = 0, minor = 0, ...text] = data;
  const letters = text.flatMap((low, i) => (i % 2 === 0 ? [low | ((text[i + 1] ?? 0) << 7)] : []));
  return { name: String.fromCharCode(...letters.slice(0, 100)), version: `${major}.${minor}` };
}
