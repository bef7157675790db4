import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileHarness, type FirmwareHarness } from "../../test/support/firmware-harness.ts";

fc.configureGlobal({ seed: 20261125 });

const TICKS_PER_SECOND = 125;
const POWER_ON = 1;
const EXTERNAL = 2;
const WATCHDOG = 8;
const DOOR = 12;
const HOST = 10;
const GRACE_S = 180;

let harness: FirmwareHarness;
beforeAll(() => {
  harness = compileHarness();
});
afterAll(() => harness.remove());

const hex = (...bytes: number[]) => Buffer.from(bytes).toString("hex");
const two = (value: number): [number, number] => [value & 0x7f, value >> 7];
const sysex = (...bytes: number[]) => `rx ${hex(0xf0, ...bytes, 0xf7)}`;
/** The dead man's feed: a nonce, a period in tenths of a second, whether money or paper moves. */
const feed = (nonce: number, periodTenths: number, busy = false) =>
  sysex(3, 1, ...two(nonce), ...two(periodTenths), busy ? 1 : 0);
const seconds = (s: number) => `tick ${s * TICKS_PER_SECOND}`;
/** A start with power and a shut door; the last line asks for nothing and drops the greeting. */
const started = ["power", `pin ${DOOR} 0`, `boot ${POWER_ON}`];
/** What the lines after the start printed. */
const afterStart = (...lines: string[]) => harness.run(...started, ...lines).slice(started.length);
const done = (id: number, result: number) => `tx ${hex(0xf0, 0x0e, 1, id, result, 0xf7)}`;
const untilTrip = (mostS: number) => `until ${HOST} 1 ${mostS * TICKS_PER_SECOND}`;

describe("the firmware's Firmata", () => {
  it("greets with protocol, name, version, and why it started", () => {
    const greeting = harness.run(...started)[2];
    const name = [..."madoguchi-io"].flatMap((c) => [c.charCodeAt(0), 0]);
    const bytes = [0xf9, 2, 6, 0xf0, 0x79, 1, 0, ...name, 0xf7, 0xf0, 2, 1, 0, 0, POWER_ON, 0, 0, 0, 0, 0, 0, 0, 0xf7];
    expect(greeting).toEqual([`tx ${hex(...bytes)}`]);
  });

  it("answers version, firmware, capabilities, analog mapping and pin states", () => {
    const [version, firmware, capabilities, mapping, light, door] = afterStart(
      "rx f9",
      sysex(0x79),
      sysex(0x6b),
      sysex(0x69),
      sysex(0x6d, 2),
      sysex(0x6d, DOOR),
    );
    expect(version).toEqual(["tx f90206"]);
    expect(firmware?.[0]).toMatch(/^tx f0790100.*f7$/);
    const perPin = Buffer.from(capabilities?.[0]?.slice(3) ?? "", "hex")
      .subarray(2, -1)
      .toString("hex")
      .split("7f");
    expect(perPin.slice(0, 20)).toEqual([
      ...["", "", "0101", "0101", "0101", "0101", "0101", "0101", "0101", "", ""],
      ...["00010b01", "00010b01", "", "00010b01", "00010b01", "00010b01", "00010b01", "00010b01", "00010b01"],
    ]);
    expect(mapping).toEqual([`tx ${hex(0xf0, 0x6a, ...new Array<number>(20).fill(0x7f), 0xf7)}`]);
    expect(light).toEqual(["tx f06e020100f7"]);
    expect(door).toEqual(["tx f06e0c0b01f7"]);
  });

  it("writes outputs by port and by pin, and moves neither relays nor inputs however it is asked", () => {
    const [all, one, modes, high, relay] = afterStart(
      "rx 907f01917f01",
      "rx f50200",
      "rx f40c01f40a01f40901",
      "rx f50a01f50901f50c01",
      sysex(6, 1, 0, 10, 0),
    );
    expect(all).toEqual([2, 3, 4, 5, 6, 7, 8].map((pin) => `pin ${pin} 1`));
    expect(one).toEqual(["pin 2 0"]);
    const refused = hex(0xf0, 0x71, ...[..."pin mode refused"].flatMap((c) => [c.charCodeAt(0), 0]), 0xf7);
    expect(modes).toEqual([`tx ${refused.repeat(3)}`]);
    expect(high).toEqual([]);
    expect(relay).toEqual([done(6, 2)]);
  });

  it("takes the power off a device for exactly the time that was asked for", () => {
    const [pulsed, ended] = afterStart(sysex(6, 1, 1, ...two(20)), `until 9 0 ${60 * TICKS_PER_SECOND}`);
    expect(pulsed).toEqual(["pin 9 1", done(6, 0)]);
    expect(ended).toEqual(["pin 9 0", `after ${2 * TICKS_PER_SECOND}`]);
    expect(afterStart(sysex(6, 1, 1, ...two(301)), sysex(6, 1, 1, 0, 0))).toEqual([[done(6, 2)], [done(6, 2)]]);
  });

  it("forgets lights and reports on a reset message, and nothing of the dead man", () => {
    const [, , , off, , trips] = afterStart(
      "rx f50201d101",
      feed(1, 10),
      "tick 1",
      "rx ff",
      "pin 11 0",
      untilTrip(200),
    );
    expect(off).toEqual(["pin 2 0"]);
    expect(trips?.at(-2)).toMatch(/^after/);
  });
});

describe("the firmware's parser", () => {
  it("takes the longest sysex whole, drops a longer one whole, and goes on with the next message", () => {
    const longest = sysex(0x71, ...new Array<number>(31).fill(1));
    const longer = sysex(...new Array<number>(33).fill(0x6b));
    const endless = `rx f0${"05".repeat(1000)}`;
    const answers = afterStart(longest, longer, endless, "rx f7", "rx f9", sysex(2));
    expect(answers.slice(0, 5)).toEqual([[], [], [], [], ["tx f90206"]]);
    // Two were too long, none was stray.
    expect(answers[5]?.[0]?.slice(-8)).toBe("000200f7");
  });

  it("begins anew at a status byte inside a message", () => {
    expect(afterStart("rx f06bf9", "rx 9002f9", "rx f7")).toEqual([["tx f90206"], ["tx f90206"], []]);
  });

  it("says the same however the bytes are cut", () => {
    const message = fc.constantFrom("f9", "f06bf7", "f06d02f7", "f50201", "f50200", "f0010105f7", "d101", "f0790102f7");
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), fc.integer({ min: 1, max: 7 }), (messages, size) => {
        const stream = messages.join("");
        const pieces = stream.match(new RegExp(`.{1,${2 * size}}`, "g")) ?? [];
        const join = (answers: string[][]) => answers.flat().join("").replaceAll("tx ", "");
        const whole = afterStart(`rx ${stream}`).flat();
        const sent = whole
          .filter((line) => line.startsWith("tx"))
          .join("")
          .replaceAll("tx ", "");
        const cut = afterStart(...pieces.map((piece) => `rx ${piece}`)).flat();
        expect(join([cut.filter((line) => line.startsWith("tx"))])).toBe(sent);
        expect(cut.filter((l) => l.startsWith("pin"))).toEqual(whole.filter((l) => l.startsWith("pin")));
      }),
      { numRuns: 12 },
    );
  });

  it.each([1, 20261125, 4_000_000_000])("lives through a million random bytes, seed %i, and still answers", (seed) => {
    const [fuzzed, end, version] = harness.run(...started, `fuzz ${seed} 1000000`, "rx f7f7", "rx f9").slice(3);
    expect(fuzzed?.[0]).toMatch(/^relay \d+$/);
    expect(end).toEqual([]);
    expect(version).toEqual(["tx f90206"]);
  });
});

describe("the firmware's switches", () => {
  it("report a level that has stood for three ticks, once, and a bounce never", () => {
    const answers = afterStart(
      "rx d201",
      "pin 16 0",
      "tick 2",
      "pin 16 1",
      "tick 5",
      "pin 16 0",
      "tick 2",
      "tick 1",
      "tick 9",
    );
    expect(answers).toEqual([["tx 920f00"], [], [], [], [], [], [], ["tx 920e00"], []]);
  });

  it("are believed at once at a start", () => {
    expect(harness.run("power", "pin 15 0", `boot ${POWER_ON}`, "rx d101")[3]).toEqual(["tx 915800"]);
  });

  it("change exactly when a level differed three ticks in a row, over 100000 random levels", () => {
    const [line] = afterStart("levels 7 100000")[0] ?? [];
    expect(line).toMatch(/^changes \d{4,}$/);
  });
});

describe("the firmware's lights", () => {
  const light = (pin: number, pattern: number) => sysex(5, 1, pin, pattern);
  it.each([
    ["slow", 2, 125, 125],
    ["medium", 3, 63, 62],
    ["quick", 4, 25, 25],
  ])("blink %s with an exact cycle", (_name, pattern, on, off) => {
    const most = 1000;
    const cycle = [`until 2 1 ${most}`, `until 2 0 ${most}`, `until 2 1 ${most}`, `until 2 0 ${most}`];
    const answers = afterStart(light(2, pattern), `until 2 0 ${most}`, ...cycle);
    const times = answers.slice(2).map((lines) => lines.find((l) => l.startsWith("after")));
    expect(times).toEqual([off, on, off, on].map((ticks) => `after ${ticks}`));
  });

  it("stay on or off, blink together, and refuse what is no light or no pattern", () => {
    const [on, , together, off, noLight, noPattern, short] = afterStart(
      light(2, 1),
      "tick 300",
      light(3, 2) + light(4, 2).slice(3),
      light(2, 0),
      light(10, 1),
      light(2, 5),
      sysex(5, 1, 2),
    );
    expect(on).toEqual(["pin 2 1", done(5, 0)]);
    const levels = together?.filter((line) => line.startsWith("pin")).map((line) => line.split(" ")[2]);
    expect(new Set(levels).size).toBeLessThanOrEqual(1);
    expect(off).toEqual(["pin 2 0", done(5, 0)]);
    expect([noLight, noPattern, short]).toEqual([[done(5, 2)], [done(5, 2)], [done(5, 1)]]);
  });
});

describe("the firmware's dead man", () => {
  const trip = (answers: string[] | undefined) => answers?.find((line) => /^(after|never)/.test(line));
  const afterS = (s: number, moreTicks = 0) => `after ${s * TICKS_PER_SECOND + moreTicks}`;
  const state = (lines: string[] | undefined) => {
    const sent = lines?.filter((line) => line.startsWith("tx")).join("") ?? "";
    return [...sent.matchAll(/f007(\d\d)(\d\d)(\d\d)f7/g)].map((m) => Number(m[1]));
  };
  const ARMED = 1;
  const GRACE = 2;
  const HELD = 3;
  const LOCKED = 4;
  const EXHAUSTED = 5;
  const TRIPPING = 6;

  it("does nothing before it was fed, and after it was stood down", () => {
    expect(trip(afterStart(untilTrip(7200))[0])).toBe("never");
    expect(trip(afterStart(feed(1, 10), seconds(1), feed(2, 0), untilTrip(7200))[3])).toBe("never");
  });

  it("trips when a fed host falls silent for longer than its period", () => {
    const [, , fed, silent, pulse] = afterStart(
      seconds(GRACE_S),
      feed(1, 300),
      seconds(29),
      untilTrip(60),
      `until ${HOST} 0 ${60 * TICKS_PER_SECOND}`,
    );
    expect(state(fed)).toEqual([ARMED]);
    expect(trip(silent)).toBe(afterS(1, 1));
    expect(state(silent)).toEqual([TRIPPING]);
    expect(trip(pulse)).toBe(afterS(5));
  });

  it("does not trip while it is fed in time", () => {
    const feeds = Array.from({ length: 400 }, (_, i) => [feed(i + 1, 20), seconds(2)]).flat();
    const answers = afterStart(...feeds);
    expect(answers.flat().filter((line) => line === `pin ${HOST} 1`)).toEqual([]);
  });

  it("takes the same nonce for no feed", () => {
    const [, first, , again, silent] = afterStart(
      seconds(GRACE_S),
      feed(5, 100),
      seconds(9),
      feed(5, 100),
      untilTrip(60),
    );
    expect(first).toEqual([done(3, 0)]);
    expect(again).toEqual([done(3, 3)]);
    expect(trip(silent)).toBe(afterS(1, 1));
  });

  it("refuses a period outside of its limits, and feeds that are cut short", () => {
    const answers = afterStart(feed(1, 9), feed(2, 6001), sysex(3, 1, 2, 0, 100), feed(3, 10), feed(4, 6000));
    expect(answers).toEqual([[done(3, 2)], [done(3, 2)], [done(3, 1)], [done(3, 0)], [done(3, 0)]]);
  });

  it("gives a host that boots its grace, at the start of the board and after each trip", () => {
    const [, early] = afterStart(feed(1, 10), untilTrip(600));
    expect(trip(early)).toBe(afterS(GRACE_S));
    expect(state(early)).toEqual([ARMED, GRACE, TRIPPING]);
    const [, , , later] = afterStart(feed(1, 10), untilTrip(600), `until ${HOST} 0 10000`, untilTrip(600));
    expect(trip(later)).toBe(afterS(GRACE_S));
  });

  it("is locked out while the service door is open, and waits a whole period after it was shut", () => {
    const [, , , open, , shut] = afterStart(
      seconds(GRACE_S),
      feed(1, 300),
      `pin ${DOOR} 1`,
      untilTrip(3600),
      `pin ${DOOR} 0`,
      untilTrip(3600),
    );
    expect(trip(open)).toBe("never");
    expect(state(open)).toEqual([ARMED, LOCKED]);
    // The switch is believed after three ticks, of which the last sees a shut door.
    expect(trip(shut)).toBe(afterS(30, 3));
  });

  it("takes a cut wire of the door for an open door", () => {
    expect(trip(harness.run("power", `pin ${DOOR} 1`, `boot ${POWER_ON}`, feed(1, 10), untilTrip(3600))[4])).toBe(
      "never",
    );
  });

  it("is held back while money or paper moves, but not when the silence is longer than a minute", () => {
    const [, , busy] = afterStart(seconds(GRACE_S), feed(1, 20, true), untilTrip(600));
    expect(trip(busy)).toBe(afterS(60, 1));
    expect(state(busy)).toEqual([ARMED, HELD, TRIPPING]);
    const [, , , , released] = afterStart(
      seconds(GRACE_S),
      feed(1, 20, true),
      seconds(1),
      feed(2, 20, false),
      untilTrip(600),
    );
    expect(trip(released)).toBe(afterS(2, 1));
  });

  it("trips at most three times an hour, then again when the oldest is an hour old", () => {
    const one = [untilTrip(7200), `until ${HOST} 0 100000`];
    const answers = afterStart(seconds(GRACE_S), feed(1, 10), ...one, ...one, ...one, ...one);
    const waits = [2, 4, 6, 8].map((i) => Number(trip(answers[i])?.slice(6)) / TICKS_PER_SECOND);
    expect(waits.slice(1, 3)).toEqual([GRACE_S, GRACE_S]);
    expect(state(answers[8])).toEqual([EXHAUSTED, TRIPPING]);
    expect(waits.slice(1).reduce((sum, wait) => sum + wait, 3 * 5)).toBe(3600);
  });

  it("takes settings within its limits, and all of a message or nothing", () => {
    const settings = (graceS: number, heldS: number, pulseTenths: number, trips: number) =>
      sysex(4, 1, ...two(graceS), ...two(heldS), ...two(pulseTenths), trips);
    const refused = [
      settings(179, 60, 50, 3),
      settings(3601, 60, 50, 3),
      settings(180, 59, 50, 3),
      settings(180, 601, 50, 3),
      settings(180, 60, 9, 3),
      settings(180, 60, 301, 3),
      settings(180, 60, 50, 7),
    ];
    expect(afterStart(...refused)).toEqual(refused.map(() => [done(4, 2)]));
    const [ok, , tripped, pulse] = afterStart(
      settings(300, 90, 10, 1),
      feed(1, 10, true),
      untilTrip(600),
      `until ${HOST} 0 9999`,
    );
    expect(ok).toEqual([done(4, 0)]);
    expect(trip(tripped)).toBe(afterS(300));
    expect(trip(pulse)).toBe(afterS(1));
    expect(trip(afterStart(settings(180, 60, 50, 0), feed(1, 10), untilTrip(7200))[2])).toBe("never");
  });

  it.each([
    ["its own watchdog", WATCHDOG],
    ["the reset button", EXTERNAL],
  ])("stays armed over a reset by %s, with a new grace, and remembers its trips", (_name, cause) => {
    const [, , , , boot, again] = afterStart(
      feed(1, 10),
      untilTrip(600),
      `until ${HOST} 0 100000`,
      seconds(100),
      `boot ${cause}`,
      untilTrip(600),
    );
    expect(boot?.[0]).toContain(`f0020100010${cause}`);
    expect(trip(again)).toBe(afterS(GRACE_S));
    expect(again?.join()).toContain("f007060202f7");
  });

  it("lets go of the relay in a reset that comes while the host is without power", () => {
    const [, , boot] = afterStart(feed(1, 10), untilTrip(600), `boot ${WATCHDOG}`);
    expect(boot?.[0]).toBe(`pin ${HOST} 0`);
  });

  it("is off after a loss of power, whatever the memory holds", () => {
    const [, , , boot, silent] = afterStart(
      feed(1, 10),
      untilTrip(600),
      `until ${HOST} 0 100000`,
      `boot ${POWER_ON}`,
      untilTrip(7200),
    );
    expect(boot?.[0]).toContain("f00201000001");
    expect(trip(silent)).toBe("never");
    const [, , , , noise] = afterStart(feed(1, 10), "power", seconds(0), `boot ${EXTERNAL}`, untilTrip(7200));
    expect(trip(noise)).toBe("never");
  });
});
