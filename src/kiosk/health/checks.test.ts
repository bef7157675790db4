import { describe, expect, test } from "vitest";
import { failure } from "../../kernel/errors/failure.ts";
import { type HealthFacts, healthIssues } from "./checks.ts";
import { conditionOf } from "./condition.ts";

const well: HealthFacts = {
  deterrentCalibrated: true,
  devices: {
    cardReader: { word: "online" },
    coinVendor: { word: "online" },
    certificatePrinter: { word: "deviceBusy" },
    receiptPrinter: { word: "online" },
    cabinet: { word: "online" },
  },
  sensors: { serviceDoorOpen: false, cashBoxOpen: false, upsLow: false },
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
      expect(healthIssues({ ...well, devices })).toMatchObject([
        { part, code: "K-LINK-101", consequence: "outOfService" },
      ]);
    },
  );

  test("costs only the receipt without a receipt printer", () => {
    const devices = { ...well.devices, receiptPrinter: { word: "userError", cause: failure("K-RCPT-101") } } as const;
    expect(healthIssues({ ...well, devices })).toEqual([
      {
        part: "receiptPrinter",
        code: "K-RCPT-101",
        consequence: "noReceipt",
        suggestions: [{ sentence: "clerk.K-RCPT-101" }],
      },
    ]);
  });

  test("is watched where a device works and has something to say", () => {
    const devices = { ...well.devices, receiptPrinter: { word: "online", cause: failure("K-RCPT-109") } } as const;
    expect(healthIssues({ ...well, devices })).toMatchObject([{ part: "receiptPrinter", consequence: "watch" }]);
  });

  test("is watched while nobody has fitted the deterrent text to the printer, as long as the printer works", () => {
    expect(healthIssues({ ...well, deterrentCalibrated: false })).toMatchObject([
      { part: "certificatePrinter", code: "K-PRINT-210", consequence: "watch" },
    ]);
    const devices = {
      ...well.devices,
      certificatePrinter: { word: "offline", cause: failure("K-PRINT-101") },
    } as const;
    expect(healthIssues({ ...well, devices, deterrentCalibrated: false })).toMatchObject([{ code: "K-PRINT-101" }]);
  });

  test("asks for exact money when not every change can be given, and only while the coin vendor works", () => {
    expect(healthIssues({ ...well, changePayable: false })).toMatchObject([
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
    const issues = healthIssues({ ...well, devices, changePayable: false, unsettled: true });
    expect(issues.map(({ part, consequence }) => `${part}: ${consequence}`)).toEqual([
      "cabinet: outOfService",
      "journal: outOfService",
      "coinVendor: exactMoneyOnly",
      "receiptPrinter: noReceipt",
    ]);
  });

  test("keeps apart whether a device is connected, alive and able", () => {
    const unplugged = conditionOf({ word: "offline", cause: failure("K-LINK-101") });
    const hanging = conditionOf({ word: "offline", cause: failure("K-COIN-101") });
    const jammed = conditionOf({ word: "hardwareError", cause: failure("K-PRINT-202") });
    expect(unplugged).toEqual({ connected: false, alive: false, able: false });
    expect(hanging).toEqual({ connected: true, alive: false, able: false });
    expect(jammed).toEqual({ connected: true, alive: true, able: false });
    expect(conditionOf({ word: "deviceBusy" })).toEqual({ connected: true, alive: true, able: true });
    expect(conditionOf({ word: "offline" })).toEqual({ connected: false, alive: false, able: false });
  });

  test.each([
    ["a coin vendor that is away", "coinVendor", "offline", "K-LINK-101", ["reopen"]],
    ["a reader that hangs", "cardReader", "offline", "K-CARD-104", ["reopen", "powerCycleReader"]],
    ["a printer that somebody stopped", "certificatePrinter", "userError", "K-PRINT-205", ["resumePrinter"]],
    ["a printer with a strange job", "certificatePrinter", "deviceBusy", "K-PRINT-103", ["clearQueue"]],
    ["a cutter", "receiptPrinter", "hardwareError", "K-RCPT-103", ["recoverReceiptPrinter"]],
    ["a jam, which only hands can clear", "certificatePrinter", "hardwareError", "K-PRINT-202", []],
  ] as const)(
    "suggests for %s the clerk's sentence and what the kiosk can do itself",
    (_, part, word, code, fixups) => {
      const devices = { ...well.devices, [part]: { word, cause: failure(code) } };
      expect(healthIssues({ ...well, devices })[0]?.suggestions).toEqual([
        { sentence: `clerk.${code}` },
        ...fixups.map((fixup) => ({ sentence: `fixup.${fixup}`, fixup })),
      ]);
    },
  );

  test("does not suggest the relay of a cabinet that is away itself", () => {
    const away = { word: "offline", cause: failure("K-LINK-101") } as const;
    const issues = healthIssues({ ...well, devices: { ...well.devices, cardReader: away, cabinet: away } });
    expect(issues.map(({ suggestions }) => suggestions.map((one) => one.fixup))).toEqual([
      [undefined, "reopen"],
      [undefined, "reopen"],
    ]);
  });
});
