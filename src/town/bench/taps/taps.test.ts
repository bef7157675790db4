import { describe, expect, it } from "vitest";
import { encodeCommand } from "../../../../devices/card-reader/apdu/apdu.ts";
import { askTries, readBinary, verify } from "../../../../devices/card-reader/apdu/commands.ts";
import type { SimulatedCard } from "../../../../devices/card-reader/simulator/simulated-card.ts";
import { encodeIpp } from "../../../../devices/certificate-printer/ipp/encode.ts";
import { attribute, charset, enumeration, keyword } from "../../../../devices/certificate-printer/ipp/message.ts";
import { encodeFrame } from "../../../../devices/coin-vendor/codec/frame.ts";
import type { NewEntry } from "../timeline/timeline.ts";
import { listenToBoard } from "./board.ts";
import { tappedCard } from "./card.ts";
import { listenToCoins } from "./coin.ts";
import { listenToPrinter } from "./ipp.ts";
import { listenToReceipts } from "./receipt.ts";
import { createEar } from "./repeats.ts";

function ear() {
  const told: NewEntry[] = [];
  return {
    told,
    ear: createEar(
      "device",
      () => 7,
      (entry) => told.push(entry),
    ),
  };
}

const frame = (destination: number, source: number, header: number, data: number[] = []) =>
  encodeFrame({ destination, source, header, data: Uint8Array.from(data) });

describe("the coin vendor's wire", () => {
  it("is told as command and answer, by the names of the standard", () => {
    const { told, ear: hear } = ear();
    const listen = listenToCoins(hear);
    listen("toDevice", frame(5, 1, 167, [1, 2, 3, 4]));
    listen("toKiosk", frame(1, 5, 0, [9]));
    expect(told).toMatchObject([{ kind: "wire", source: "device", atMs: 7, name: "dispenseCoins", level: "info" }]);
    expect(told[0]?.detail).toEqual({
      part: "hopper100",
      header: 167,
      data: "01020304",
      answer: "ACK",
      answerData: "09",
    });
  });

  it("tells a poll once, and how often it was repeated when there is news", () => {
    const { told, ear: hear } = ear();
    const listen = listenToCoins(hear);
    for (const counter of [0, 0, 0, 1]) {
      listen("toDevice", frame(2, 1, 229));
      listen("toKiosk", frame(1, 2, 0, [counter]));
    }
    expect(told.map((e) => e.detail)).toMatchObject([{ answerData: "00" }, { answerData: "01", repeats: 2 }]);
  });

  it("tells of silence and of noise", () => {
    const { told, ear: hear } = ear();
    const listen = listenToCoins(hear);
    listen("toDevice", frame(2, 1, 254));
    listen("toDevice", Uint8Array.of(0xff));
    listen("toDevice", frame(2, 1, 254));
    expect(told).toMatchObject([
      { name: "noise", level: "warn" },
      { name: "simplePoll", level: "warn", detail: { answer: "silence" } },
    ]);
  });
});

describe("the card's contact", () => {
  const card = (answer: Uint8Array): SimulatedCard =>
    ({
      exchange(apdu: Uint8Array) {
        apdu.fill(0);
        return { answer };
      },
    }) as unknown as SimulatedCard;
  const pin = Buffer.from("4821", "latin1");

  it("never tells a PIN, in whatever form", () => {
    const { told, ear: hear } = ear();
    const tapped = tappedCard(card(Uint8Array.of(0x63, 0xc2)), hear);
    tapped.exchange(verify(Buffer.from(pin)));
    tapped.exchange(encodeCommand({ cla: 0, ins: 0x24, p1: 1, p2: 0x80, data: Buffer.from(pin) }));
    expect(told).toMatchObject([
      { name: "VERIFY", level: "warn", detail: { pin: "••••", sw: "63C2", meaning: "wrongPin" } },
      { name: "CHANGE REFERENCE DATA", detail: { pin: "••••" } },
    ]);
    const text = JSON.stringify(told);
    for (const form of ["4821", pin.toString("hex"), pin.toString("base64")]) expect(text).not.toContain(form);
  });

  it("tells that tries are asked for, and of what is read the length only", () => {
    const { told, ear: hear } = ear();
    const tapped = tappedCard(card(Uint8Array.of(...Buffer.from("SECRET NAME"), 0x90, 0x00)), hear);
    tapped.exchange(askTries());
    tapped.exchange(readBinary(256, 11));
    expect(told).toMatchObject([
      { name: "VERIFY", detail: { asks: "triesLeft" } },
      { name: "READ BINARY", detail: { offset: 256, le: 11, answerBytes: 11, sw: "9000" } },
    ]);
    expect(JSON.stringify(told)).not.toContain(Buffer.from("SECRET").toString("hex").toUpperCase());
  });

  it("tells of bytes that are no command", () => {
    const { told, ear: hear } = ear();
    tappedCard(card(Uint8Array.of(0x67, 0)), hear).exchange(Uint8Array.of(1, 2));
    expect(told).toMatchObject([{ name: "APDU", detail: { bytes: 2, sw: "6700" } }]);
  });
});

describe("the printer's exchanges", () => {
  const message = (code: number, state?: number) =>
    encodeIpp({
      version: { major: 2, minor: 0 },
      code,
      requestId: 1,
      groups: [
        { tag: "operation", attributes: [attribute("attributes-charset", charset("utf-8"))] },
        ...(state === undefined
          ? []
          : [
              {
                tag: "printer" as const,
                attributes: [
                  attribute("printer-state", enumeration(state)),
                  attribute("printer-state-reasons", keyword("media-jam")),
                ],
              },
            ]),
      ],
      data: new Uint8Array(),
    });

  it("are told by operation, status and state, and a poll without news once", () => {
    const { told, ear: hear } = ear();
    const listen = listenToPrinter(hear);
    for (const state of [3, 3, 5]) listen(message(0x000b), message(0, state));
    expect(told).toMatchObject([
      { name: "Get-Printer-Attributes", detail: { status: "successful-ok", printerState: "idle" } },
      { name: "Get-Printer-Attributes", detail: { printerState: "stopped", reasons: "media-jam", repeats: 1 } },
    ]);
  });

  it("are told as refused when they are no IPP", () => {
    const { told, ear: hear } = ear();
    listenToPrinter(hear)(Uint8Array.of(1), undefined);
    expect(told).toMatchObject([{ name: "IPP", level: "warn", detail: { answer: "HTTP 400" } }]);
  });
});

describe("the cabinet's and the receipt printer's wires", () => {
  it("are told message by message with our own words; heartbeats once", () => {
    const { told, ear: hear } = ear();
    const listen = listenToBoard(hear);
    listen("toDevice", Uint8Array.of(0xf0, 0x05, 1, 2));
    listen("toDevice", Uint8Array.of(4, 0xf7));
    for (const nonce of [1, 2, 3]) listen("toDevice", Uint8Array.of(0xf0, 0x01, nonce, 0, 0xf7));
    listen("toKiosk", Uint8Array.of(0x91, 0x10, 0x01));
    listen("toKiosk", Buffer.from("soup\n"));
    const noise = { name: "noise", level: "warn", detail: { direction: "toKiosk", bytes: 1 } };
    expect(told).toMatchObject([
      { name: "light", level: "info", detail: { direction: "toDevice", dataHex: "010204" } },
      { name: "echo", level: "info", detail: { direction: "toDevice" } },
      { name: "digitalPort", level: "info", detail: { direction: "toKiosk", channel: 1, value: 0x90 } },
      ...Array.from("soup\n", () => noise),
    ]);
  });

  it("are told as a summary of commands and length", () => {
    const { told, ear: hear } = ear();
    const listen = listenToReceipts(hear);
    listen("toDevice", Uint8Array.of(0x1b, 0x40, 0x41, 0x42, 0x1d, 0x56, 0x42, 0));
    for (let i = 0; i < 3; i++) {
      listen("toDevice", Uint8Array.of(0x10, 0x04, 1));
      listen("toKiosk", Uint8Array.of(0x12));
    }
    expect(told.map((e) => [e.name, e.detail])).toEqual([
      ["ESC/POS", { direction: "toDevice", bytes: 8, commands: "ESC @, GS V" }],
      ["DLE EOT", { direction: "toDevice", bytes: 3, data: "100401" }],
      ["status", { direction: "toKiosk", data: "12" }],
    ]);
  });
});
