import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { openerFor } from "../../devices/contract/openers.ts";
import { createReceiptPrinterSimulator } from "../../devices/receipt-printer/simulator/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { createPtyLine } from "../contract/support/pty-line.ts";
import { kioskFile } from "../support/kiosk-file.ts";
import { madoguchi } from "../support/run-command.ts";

const launcher = fileURLToPath(new URL("../../madoguchi", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "madoguchi-device-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts `./madoguchi device …` with these lines on standard input, which then ends unless it is held open. */
function drive(args: readonly string[], lines: readonly string[], options: { readonly hold?: boolean } = {}) {
  const child = spawn(launcher, ["device", ...args], { stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let err = "";
  let heard = () => {};
  for (const [stream, add] of [
    [child.stdout, (text: string) => (out += text)],
    [child.stderr, (text: string) => (err += text)],
  ] as const) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      add(text);
      heard();
    });
  }
  child.stdin.write(lines.map((line) => `${line}\n`).join(""));
  if (!options.hold) child.stdin.end();
  const finished = once(child, "close").then(([code]) => ({ code: code as number, out, err }));
  return {
    child,
    finished,
    async until(text: string): Promise<void> {
      while (!`${out}${err}`.includes(text)) {
        await Promise.race([
          new Promise<void>((resolve) => {
            heard = resolve;
          }),
          finished.then((end) => Promise.reject(new Error(`ended with ${end.code}: ${end.err}`))),
        ]);
      }
    },
  };
}

const jsonLines = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe.concurrent("./madoguchi device", () => {
  it("drives a printer on a serial port, tells every frame, and records what its replay repeats to the byte", async () => {
    const printer = createReceiptPrinterSimulator({ clock: systemClock, lineMs: 1 });
    const line = await createPtyLine(systemClock, printer.attach);
    const file = join(folder, "receipt.jsonl");
    const port = ["receipt-printer", "--port", line.address];
    const { code, out, err } = await drive([...port, "--json", "--record", file], ["check", "print", "status"])
      .finished;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const told = jsonLines(out);
    expect(told).toContainEqual(expect.objectContaining({ kind: "completed", command: "print", code: "ok" }));
    expect(told).toContainEqual(expect.objectContaining({ kind: "frame", dir: "rx", name: "status 2: fine" }));
    expect(told.at(-1)).toMatchObject({ kind: "link", state: "closed" });
    expect(printer.receipts()).toHaveLength(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain('"settings":{"baud":9600,"parity":"none"');

    const held = unwrap(await unwrap(openerFor(line.address)).open(AbortSignal.timeout(5_000)));
    const refused = await drive(port, ["check"]).finished;
    held.close();
    await line.close();
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toMatch(new RegExp(`K-LINK-104.*holder=process ${process.pid} `));

    const recorded = readFileSync(file, "utf8");
    const [changed, torn] = [join(folder, "changed.jsonl"), join(folder, "torn.jsonl")];
    writeFileSync(changed, recorded.replace('"dir":"tx","hex":"100403"', '"dir":"tx","hex":"100404"'));
    writeFileSync(torn, recorded.slice(0, -10));
    const changedLine = recorded.split("\n").findIndex((text) => text.includes('"hex":"100403"')) + 1;
    const [same, other, none] = await Promise.all([
      madoguchi("replay", file, "--json"),
      madoguchi("replay", changed),
      madoguchi("replay", torn),
    ]);
    expect(jsonLines(same.out).at(-1)).toMatchObject({ kind: "replay", code: "ok", divergence: null });
    expect(same.code).toBe(0);
    expect(other.code).toBe(1);
    expect(other.out).toContain(`(line=${changedLine})`);
    expect(other.out).toContain("K-REC-103");
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain("K-REC-102");
  });

  it("shows and keeps nothing of who a card belongs to", async () => {
    const file = join(folder, "card.jsonl");
    const lines = ["wait 1000", "identify", "pin 1234", "certificate", "items 1234", "release"];
    const { code, out, err } = await drive(["card-reader", "--simulator", "--all", "--record", file], lines).finished;
    expect(code).toBe(0);
    expect(out).toContain('"kind":"myNumberCard"');
    const kept = readFileSync(file, "utf8");
    const secrets = [
      "1234",
      "架空",
      "花子",
      ...["1234", "架空", "花子", "19840229"].map((s) => Buffer.from(s).toString("hex")),
    ];
    for (const secret of secrets) expect(`${out}${err}${kept.replace(/"atMs":[\d.]+/g, "")}`).not.toContain(secret);
    expect((await madoguchi("replay", file)).code).toBe(0);
  });

  it("takes lines of a script, goes on behind one that is none, and leaves with 1", async () => {
    const lines = ["dispens 10=1", "denominate x", "hand insert 3", "denominate 60 # a comment", "quit", "units"];
    const { code, out, err } = await drive(["coin-vendor", "--simulator", "--no-frames"], lines).finished;
    expect(code).toBe(1);
    expect(err).toContain("did you mean dispense?");
    expect(err).toContain("hands can: insert 10|50|100|500|foreign");
    expect(out).toContain("denominate: K-CMD-103");
    expect(out).toContain('denominate: ok {"10":1,"50":1}');
    expect(out).not.toContain("units");
  });

  it("ends a command at the first Ctrl-C and itself at the second", async () => {
    const hand = drive(["coin-vendor", "--simulator", "--no-frames"], ["wait 60000"], { hold: true });
    await hand.until("status online");
    hand.child.kill("SIGINT");
    hand.child.stdin.write("denominate 10\n");
    await hand.until("denominate: ok");
    hand.child.kill("SIGINT");
    expect((await hand.finished).code).toBe(1);
  });

  it("takes no socket away from a kiosk that is connected to it, or that serves it", async () => {
    const path = join(folder, "held");
    const server = createServer().listen(path);
    await once(server, "listening");
    const kiosk = connect(path);
    await once(kiosk, "connect");
    const [coins, card] = await Promise.all([
      drive(["coin-vendor", "--port", `unix:${path}`], []).finished,
      drive(["card-reader", "--port", `unix:${path}`], []).finished,
    ]);
    kiosk.destroy();
    server.close();
    for (const end of [coins, card])
      expect({ code: end.code, held: end.err.includes("K-LINK-104") }).toEqual({ code: 2, held: true });
  });

  it("leaves with 2 when it is asked for what there is not", async () => {
    const wrong = [
      [["coinvendor"], "did you mean coin-vendor?"],
      [["coin-vendor"], "give --port ADDRESS or --simulator"],
      [["certificate-printer", "--port", "tcp:printer:631"], "K-LINK-103"],
      [["receipt-printer", "--port", `unix:${folder}/nobody`], "K-LINK-101"],
      [["cabinet", "--simulator", "--record", folder], "K-REC-104"],
    ] as const;
    const ends = await Promise.all(wrong.map(([args]) => drive(args, ["check"]).finished));
    for (const [index, [args, says]] of wrong.entries()) {
      expect({ args, code: ends[index]?.code }).toEqual({ args, code: 2 });
      expect(ends[index]?.err).toContain(says);
    }
  });
});

describe("./madoguchi devices", () => {
  it("lists what is attached, and what a kiosk's file says is not there", async () => {
    const file = join(folder, "kiosk.yaml");
    const devices = {
      coinVendor: "serial:/dev/serial/by-id/usb-no-such-adapter?baud=9600",
      receiptPrinter: "serial:/dev/no-such-port",
    };
    writeFileSync(file, kioskFile(devices));
    const [listed, told] = await Promise.all([madoguchi("devices", file, "--json"), madoguchi("devices", file)]);
    expect(listed.code).toBe(0);
    const { attached, configured } = JSON.parse(listed.out) as Record<"attached" | "configured", { device: string }[]>;
    expect(attached).toEqual(expect.any(Array));
    expect(configured).toContainEqual(expect.objectContaining({ device: "coin-vendor", there: false }));
    expect(told.out).toContain("NOT THERE: the kiosk's receipt-printer at serial:/dev/no-such-port");
    expect(told.out).toContain("not looked for: the kiosk's cabinet at unix:/run/madoguchi/cabinet.sock");
    rmSync(file);
    const refused = await madoguchi("devices", folder);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("K-CONF-101");
  });
});
