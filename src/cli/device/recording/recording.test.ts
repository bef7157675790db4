import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { verify } from "../../../../devices/card-reader/apdu/commands.ts";
import { myNumberCardProfile } from "../../../../devices/card-reader/card-profile.ts";
import { createCardSession } from "../../../../devices/card-reader/card-session.ts";
import { createSimulatedCard } from "../../../../devices/card-reader/simulator/simulated-card.ts";
import { testProfile } from "../../../../devices/card-reader/simulator/test-cards.ts";
import { encodeIpp } from "../../../../devices/certificate-printer/ipp/encode.ts";
import { attribute, type IppMessage, keyword } from "../../../../devices/certificate-printer/ipp/message.ts";
import { createCommandQueue } from "../../../../devices/contract/command-queue.ts";
import { systemClock } from "../../../kernel/clock.ts";
import { Personal } from "../../../kernel/personal.ts";
import { ok, unwrap } from "../../../kernel/result.ts";
import { createRecording, readRecording } from "./file.ts";
import {
  MAX_RECORDING_BYTES,
  parseRecording,
  type RecordingEvent,
  type RecordingHeader,
  recordedBytes,
  recordedHex,
  standInBytes,
} from "./format.ts";
import { createMask } from "./mask.ts";

fc.configureGlobal({ seed: 20261129 });
const folder = mkdtempSync(join(tmpdir(), "madoguchi-recording-"));
afterAll(() => rmSync(folder, { recursive: true }));

const header: RecordingHeader = {
  recording: 1,
  device: "coin-vendor",
  protocol: "cctalk",
  address: "serial:/dev/serial/by-id/usb-coins?baud=9600",
  settings: { baud: 9600, parity: "none", dataBits: 8, stopBits: 1 },
  software: "0.1.0",
  startedAt: "2026-11-24T01:00:00.000Z",
};
const events: readonly RecordingEvent[] = [
  { link: "opened" },
  { command: ["dispense", "10=2"] },
  { dir: "tx", hex: "020001feff" },
  { dir: "rx", hex: "01..0200" },
  { dir: "tx", withheldBytes: 3, sha256: "0".repeat(64) },
  { dir: "rx", failed: "K-LINK-102" },
  { completed: "dispense", code: "ok" },
  { link: "closed" },
];
const text = [header, ...events.map((event, atMs) => ({ atMs, ...event }))]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

describe("a recording", () => {
  it("is read as it was written, and only its owner may read the file", () => {
    const file = join(folder, "one.jsonl");
    const recording = unwrap(createRecording(file, header, systemClock));
    for (const event of events) recording.add(event);
    recording.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const read = unwrap(readRecording(file));
    expect(read.header).toEqual(header);
    expect(read.entries.map(({ atMs: _, ...event }) => event)).toEqual(events);
  });

  it("never takes the place of a file that is there", () => {
    const file = join(folder, "there.txt");
    writeFileSync(file, "evidence");
    expect(createRecording(file, header, systemClock)).toMatchObject({ ok: false, error: { code: "K-REC-104" } });
    expect(readFileSync(file, "utf8")).toBe("evidence");
    const nowhere = join(folder, "no", "such", "folder");
    expect(createRecording(nowhere, header, systemClock)).toMatchObject({ error: { code: "K-REC-104" } });
  });

  it("ends before it is longer than what is read, and says so", () => {
    const file = join(folder, "long.jsonl");
    const recording = unwrap(createRecording(file, header, systemClock));
    const hex = "00".repeat(1 << 20);
    for (let i = 0; i < 20; i++) recording.add({ dir: "rx", hex });
    recording.close();
    expect(statSync(file).size).toBeLessThanOrEqual(MAX_RECORDING_BYTES);
    expect(unwrap(readRecording(file)).entries.at(-1)).toMatchObject({ full: true });
    expect(unwrap(readRecording(file)).entries.filter((entry) => "full" in entry)).toHaveLength(1);
  });

  it("that was torn off anywhere is refused with the line, or is whole", () => {
    const refused = new Set<string>();
    for (let end = 0; end < text.length; end++) {
      const read = parseRecording(text.slice(0, end));
      if (read.ok) expect(text[end - 1]).toBe("\n");
      else refused.add(read.error.code);
    }
    expect([...refused].sort()).toEqual(["K-REC-101", "K-REC-102"]);
    const broken = parseRecording(text.slice(0, -5));
    expect(broken).toMatchObject({ error: { code: "K-REC-102", detail: { line: events.length + 1 } } });
  });

  it.each([
    ["another version", text.replace('"recording":1', '"recording":2'), "K-REC-101"],
    ["an unknown device", text.replace("coin-vendor", "coffee-machine"), "K-REC-101"],
    ["half a byte", text.replace("020001feff", "020001fef"), "K-REC-102"],
    ["an unknown field", text.replace('"link":"opened"', '"link":"opened","more":1'), "K-REC-102"],
    ["a time before its beginning", text.replace('"atMs":1', '"atMs":-1'), "K-REC-102"],
    ["a document without end", text.replace('"withheldBytes":3', '"withheldBytes":1e300'), "K-REC-102"],
    ["an empty line", text.replace("\n", "\n\n"), "K-REC-102"],
  ])("with %s is refused", (_, damaged, code) => {
    expect(damaged).not.toBe(text);
    expect(parseRecording(damaged)).toMatchObject({ ok: false, error: { code } });
  });

  it("of any text is a refusal, never a throw", () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (rubbish, behind) => {
        const read = parseRecording(behind ? `${text}${rubbish}` : rubbish);
        if (!read.ok) expect(["K-REC-101", "K-REC-102"]).toContain(read.error.code);
        else expect(behind && rubbish).toBe("");
      }),
    );
  });

  it("is a regular file of bounded length: nothing else is read", () => {
    for (const place of [folder, "/dev/zero", join(folder, "absent")]) {
      expect(readRecording(place), place).toMatchObject({ ok: false, error: { code: "K-REC-101" } });
    }
    const huge = join(folder, "huge.jsonl");
    const descriptor = openSync(huge, "w");
    closeSync(descriptor);
    writeFileSync(huge, Buffer.alloc(MAX_RECORDING_BYTES + 1, 0x20));
    expect(readRecording(huge)).toMatchObject({ ok: false, error: { code: "K-REC-101" } });
    expect(existsSync(huge)).toBe(true);
  });

  it("keeps every byte that is not masked, and gives a stand-in for those that are", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.func(fc.boolean()), (bytes, masks) => {
        const hidden = [...bytes.keys()].map((index) => masks(index));
        const hex = recordedHex(bytes, (index) => hidden[index] ?? false);
        expect(recordedBytes(hex)).toEqual([...bytes].map((byte, index) => (hidden[index] ? undefined : byte)));
        expect(standInBytes(hex)).toHaveLength(bytes.length);
      }),
    );
  });
});

const bytesOf = (event: RecordingEvent) => ("hex" in event ? recordedBytes(event.hex) : []);

describe("the mask of a card", () => {
  const PIN = "8642";
  const profile = testProfile();

  /** A whole session with the simulated card, as its driver leads it: what a recording keeps of it. */
  async function session(): Promise<{ readonly raw: Uint8Array[]; readonly kept: RecordingEvent[] }> {
    const card = createSimulatedCard({ profile: { ...profile, pins: { auth: PIN, items: PIN } } });
    const mask = createMask("card-reader");
    const raw: Uint8Array[] = [];
    const kept: RecordingEvent[] = [];
    const note = (dir: "tx" | "rx", bytes: Uint8Array) => {
      raw.push(Uint8Array.from(bytes));
      kept.push(mask({ dir, bytes }));
    };
    const { session: open } = createCardSession({
      profile: myNumberCardProfile,
      queue: createCommandQueue(systemClock),
      onClosed: () => {},
      onItemsRefused: () => {},
      async request(request) {
        if (request.kind !== "transmit") return ok(new Uint8Array());
        note("tx", request.apdu);
        const reaction = card.exchange(request.apdu);
        if (!("answer" in reaction)) throw new Error("the card is silent");
        note("rx", reaction.answer);
        return ok(reaction.answer);
      },
    });
    unwrap(await open.identify());
    unwrap(await open.verifyPin(new Personal(PIN)));
    unwrap(await open.readAuthCertificate());
    unwrap(await open.signDigest(new Uint8Array(32)));
    expect(unwrap(await open.readFourItems(new Personal(PIN)))?.reveal().name).toContain("花子");
    return { raw, kept };
  }

  it("keeps no PIN, no certificate, no signature and none of the four items", async () => {
    const { raw, kept } = await session();
    const all = Buffer.concat(raw).toString("hex");
    const text = JSON.stringify(kept);
    const secrets = [
      Buffer.from(PIN),
      Buffer.from("葛"),
      Buffer.from("花子"),
      Buffer.from("見本市"),
      Buffer.from("19840229"),
      // The certificate of the test is one byte again and again.
      Buffer.alloc(2, 0xa5),
    ].map((bytes) => bytes.toString("hex"));
    for (const secret of secrets) {
      expect(all, "the conversation holds it").toContain(secret);
      expect(text, "the recording does not").not.toContain(secret);
    }
    const shown = kept.flatMap(bytesOf).filter((byte) => byte !== undefined).length;
    expect(shown).toBeLessThan(300);
  });

  it("keeps what the driver needs to take the same steps: kind, status words, tags and lengths", async () => {
    const { raw, kept } = await session();
    const token = Buffer.from("JPKIAPICCTOKEN2").toString("hex");
    expect(kept.some((event) => "hex" in event && event.hex.startsWith(token))).toBe(true);
    for (const [index, event] of kept.entries()) {
      expect(bytesOf(event)).toHaveLength(raw[index]?.length ?? -1);
      if ("dir" in event && event.dir === "rx")
        expect(bytesOf(event).slice(-2)).toEqual([...(raw[index] ?? [])].slice(-2));
    }
    const items = kept.flatMap((event) => ("hex" in event && event.hex.startsWith("ff20") ? [event.hex] : []));
    for (const tag of ["df21", "df22", "df23", "df24", "df25"]) expect(items.join()).toContain(tag);
  });

  it("hides everything that is not understood", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), (apdu, answer) => {
        const mask = createMask("card-reader");
        apdu[1] = 0x20;
        expect(
          bytesOf(mask({ dir: "tx", bytes: apdu }))
            .slice(5)
            .every((byte) => byte === undefined),
        ).toBe(true);
        expect(
          bytesOf(mask({ dir: "rx", bytes: answer }))
            .slice(0, -2)
            .every((byte) => byte === undefined),
        ).toBe(true);
      }),
    );
    expect(bytesOf(createMask("card-reader")({ dir: "tx", bytes: verify(Buffer.from(PIN)) }))).toEqual([
      0,
      0x20,
      0,
      0x80,
      4,
      ...new Array(4).fill(undefined),
    ]);
  });
});

describe("the mask of a printer", () => {
  it("keeps of a receipt only length and hash, and the questions about its state whole", () => {
    const mask = createMask("receipt-printer");
    const receipt = Buffer.from("1b4082b182f10a1d5642", "hex");
    expect(mask({ dir: "tx", bytes: receipt })).toEqual({
      dir: "tx",
      withheldBytes: receipt.length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    for (const question of ["100401", "1d610e", "10140801030114060208"]) {
      expect(mask({ dir: "tx", bytes: Buffer.from(question, "hex") })).toEqual({ dir: "tx", hex: question });
    }
    // What begins as a question may still carry a receipt.
    const both = Buffer.concat([Buffer.from("100401", "hex"), receipt]);
    expect(mask({ dir: "tx", bytes: both })).toHaveProperty("withheldBytes");
  });

  it("keeps of a document only length and hash, and no name of somebody else's job", () => {
    const mask = createMask("certificate-printer");
    expect(mask({ document: Buffer.from("a page") })).toMatchObject({ withheldBytes: 6 });
    const message = (...names: string[]): Uint8Array => {
      const message: IppMessage = {
        version: { major: 2, minor: 0 },
        code: 0,
        requestId: 1,
        groups: names.map((value) => ({
          tag: "job",
          attributes: [
            { name: "job-name", values: [{ tag: "name", value }] },
            attribute("job-state-reasons", keyword("none")),
          ],
        })),
        data: new Uint8Array(),
      };
      return encodeIpp(message);
    };
    const own = "madoguchi-test-1";
    mask({ dir: "tx", bytes: message(own) });
    const kept = mask({ dir: "rx", bytes: message(own, "山田の給与明細.pdf") });
    const shown = Buffer.from("hex" in kept ? standInBytes(kept.hex) : []).toString();
    expect(shown).toContain(own);
    expect(shown).toContain("job-state-reasons");
    expect(shown).not.toMatch(/山田|給与|pdf/);
  });
});
