import { describe, expect, test } from "vitest";
import { failure } from "../../kernel/errors/failure.ts";
import { type HealthFacts, healthIssues } from "./checks.ts";

const well: HealthFacts = {
  devices: {
    cardReader: { word: "online" },
    coinVendor: { word: "online" },
    certificatePrinter: { word: "deviceBusy" },
    receiptPrinter: { word: "online" },
    cabinet: { word: "online" },
  },
  changePayable: true,
  unsettled: false,
};

describe("the kiosk's health", () => {
  test("is well when every device works, a busy one too", () => {
    expect(healthIssues(well)).toEqual([]);
  });

  test.each([["cardReader"], ["coinVendor"], ["certificatePrinter"], ["cabinet"]] as const)(
    "closes the kiosk without its %s, with the cause's own code",
    (part) => {
      const devices = { ...well.devices, [part]: { word: "offline", cause: failure("K-LINK-101") } };
      expect(healthIssues({ ...well, devices })).toEqual([{ part, code: "K-LINK-101", consequence: "outOfService" }]);
    },
  );

  test("costs only the receipt without a receipt printer", () => {
    const devices = { ...well.devices, receiptPrinter: { word: "userError", cause: failure("K-RCPT-101") } } as const;
    expect(healthIssues({ ...well, devices })).toEqual([
      { part: "receiptPrinter", code: "K-RCPT-101", consequence: "noReceipt" },
    ]);
  });

  test("is watched where a device works and has something to say", () => {
    const devices = { ...well.devices, receiptPrinter: { word: "online", cause: failure("K-RCPT-109") } } as const;
    expect(healthIssues({ ...well, devices })).toMatchObject([{ part: "receiptPrinter", consequence: "watch" }]);
  });

  test("asks for exact money when not every change can be given, and only while the coin vendor works", () => {
    expect(healthIssues({ ...well, changePayable: false })).toEqual([
      { part: "coinVendor", code: "K-KIOSK-111", consequence: "exactMoneyOnly" },
    ]);
    const devices = { ...well.devices, coinVendor: { word: "offline" } } as const;
    expect(healthIssues({ ...well, devices, changePayable: false })).toMatchObject([{ consequence: "outOfService" }]);
  });

  test("tells everything that is wrong, what closes the kiosk first", () => {
    const devices = {
      ...well.devices,
      receiptPrinter: { word: "offline", cause: failure("K-LINK-101") },
      cabinet: { word: "offline", cause: failure("K-CAB-101") },
    } as const;
    const issues = healthIssues({ devices, changePayable: false, unsettled: true });
    expect(issues.map(({ part, consequence }) => `${part}: ${consequence}`)).toEqual([
      "cabinet: outOfService",
      "journal: outOfService",
      "coinVendor: exactMoneyOnly",
      "receiptPrinter: noReceipt",
    ]);
  });
});
