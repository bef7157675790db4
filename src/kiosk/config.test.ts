import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseConfig } from "../kernel/config.ts";
import { kioskConfig } from "./config.ts";

const good = {
  id: "kiosk-0001",
  data: "/var/lib/madoguchi",
  signer: { certificate: "kiosk.pem", key: "kiosk.key" },
  operatorCenter: {
    url: "https://operator.example:8443",
    tls: { certificate: "kiosk.pem", key: "kiosk.key", authorities: ["centre-ca.pem"] },
  },
  issuanceCenter: { sealingKey: "A".repeat(43), authorities: ["centre-ca.pem"] },
  municipalityAuthorities: ["municipality-ca.pem"],
  devices: {
    cardReader: "pcsc:ACS ACR39U",
    coinVendor: "serial:/dev/ttyUSB0",
    certificatePrinter: "ipp://127.0.0.1:631/ipp/print",
    receiptPrinter: "serial:/dev/ttyUSB1?baud=38400",
    cabinet: "unix:/run/madoguchi/cabinet.sock",
  },
  panel: { port: 8481 },
  locales: "ui/locales",
};

const parse = (config: unknown) => parseConfig("kiosk.yaml", stringify(config), kioskConfig);

describe("kiosk.yaml", () => {
  test("needs no waits: each has a standard in milliseconds", () => {
    const parsed = parse(good);
    expect(parsed).toMatchObject({ ok: true, value: { waits: { pinMs: 60_000, warningMs: 15_000 } } });
  });

  test("takes single waits and keeps the others", () => {
    expect(parse({ ...good, waits: { payMs: 120_000 } })).toMatchObject({
      ok: true,
      value: { waits: { payMs: 120_000, pinMs: 60_000 } },
    });
  });

  test.each([
    ["an unknown key", { ...good, colour: "red" }, "colour", "no such key"],
    ["an unknown wait", { ...good, waits: { lunchMs: 1 } }, "waits.lunchMs", "no such key"],
    ["a wait that is no number", { ...good, waits: { pinMs: "long" } }, "waits.pinMs", expect.anything()],
    ["a port that there is not", { ...good, panel: { port: 70_000 } }, "panel.port", expect.anything()],
    [
      "a printer behind another scheme",
      { ...good, devices: { ...good.devices, certificatePrinter: "usb:0" } },
      "devices.certificatePrinter",
      "an address that begins with ipp:",
    ],
    [
      "a centre without TLS",
      { ...good, operatorCenter: { ...good.operatorCenter, url: "http://operator.example" } },
      "operatorCenter.url",
      "an https: address",
    ],
    ["no pinned authority", { ...good, municipalityAuthorities: [] }, "municipalityAuthorities", expect.anything()],
  ])("%s is refused by file, line, key, value and what is allowed", (_, config, key, allowed) => {
    expect(parse(config)).toMatchObject({
      ok: false,
      error: { code: "K-CONF-103", detail: { file: "kiosk.yaml", line: expect.any(Number), key, allowed } },
    });
  });
});
