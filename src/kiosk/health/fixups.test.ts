import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type KioskRig, startKioskRig } from "../../../test/support/kiosk-rig.ts";
import { unwrap } from "../../kernel/result.ts";
import { connectStaff, type StaffClient } from "./staff-client.ts";

let rig: KioskRig;
let staff: StaffClient;
afterEach(async () => {
  await staff?.close();
  await rig.stop();
});

async function start(...args: Parameters<typeof startKioskRig>) {
  rig = await startKioskRig(...args);
  staff = unwrap(await connectStaff(rig.staffSocket));
  await rig.at("language");
  return rig;
}

describe("staff who ask a kiosk for its health", () => {
  test("hear that all is well: every part connected, alive and able", async () => {
    await start();
    const health = unwrap(await staff.health());
    expect(health).toMatchObject({ serviceable: true, serving: false, issues: [] });
    expect(health.parts.map(({ part }) => part)).toEqual([
      "cardReader",
      "coinVendor",
      "certificatePrinter",
      "receiptPrinter",
      "cabinet",
      "journal",
    ]);
    expect(health.parts.every(({ connected, alive, able }) => connected && alive && able)).toBe(true);
  });

  test("mend a device by connecting it anew, and the first screen comes back", async () => {
    const { devices, at } = await start();
    devices.coinVendor.fail("K-COIN-101");
    await at("outOfService");
    devices.coinVendor.reopeningMends = true;
    const fixed = unwrap(await staff.fix("coinVendor", "reopen"));
    expect(fixed).toMatchObject({ mended: true, health: { serviceable: true, issues: [] } });
    await at("language");
    expect(rig.events("health.fixup")).toEqual([{ part: "coinVendor", fixup: "reopen", mended: true, code: "" }]);
  });

  test("hear the cause when a fixup does not help, and it is still suggested", async () => {
    const { devices } = await start();
    devices.receiptPrinter.fail("K-LINK-101");
    expect(await staff.fix("receiptPrinter", "reopen")).toMatchObject({ ok: false, error: { code: "K-LINK-101" } });
    const { issues } = unwrap(await staff.health());
    expect(issues[0]?.suggestions).toContainEqual({ sentence: "fixup.reopen", fixup: "reopen" });
    expect(rig.events("health.fixup")).toMatchObject([{ mended: false, code: "K-LINK-101" }]);
  });

  test("take the power off a reader that hangs", async () => {
    const { devices } = await start();
    devices.cardReader.fail("K-CARD-104");
    devices.cardReader.reopeningMends = true;
    expect(unwrap(await staff.fix("cardReader", "powerCycleReader"))).toMatchObject({ mended: true });
    expect(devices.cabinet.powerCycled).toEqual(["cardReader"]);
  });

  test("settle what an earlier session left, as far as the devices allow it", async () => {
    const { devices, journal, at, hands, kiosk } = await start();
    await hands.toPay();
    hands.pay(100, 50);
    devices.coinVendor.broken.set("cashInRollback", { code: "K-COIN-301", moved: false });
    devices.coinVendor.broken.set("cashInEnd", { code: "K-COIN-301", moved: false });
    hands.touch({ touch: "cancel" });
    await at("ended");
    await hands.backToStart();
    expect(unwrap(await staff.fix("journal", "settleEarlier"))).toMatchObject({ mended: false });
    devices.coinVendor.broken.clear();
    expect(unwrap(await staff.fix("journal", "settleEarlier"))).toMatchObject({ mended: true });
    expect(journal.openIntents()).toEqual([]);
    expect(kiosk.issuance.view().view.step).toBe("language");
  });

  test("are refused while a citizen is served, and for what nothing calls for", async () => {
    const { devices, hands } = await start();
    expect(await staff.fix("coinVendor", "reopen")).toMatchObject({ error: { code: "K-KIOSK-133" } });
    await hands.toCardRead();
    devices.receiptPrinter.fail("K-LINK-101");
    expect(await staff.fix("receiptPrinter", "reopen")).toMatchObject({ error: { code: "K-KIOSK-132" } });
    expect(unwrap(await staff.health())).toMatchObject({ serving: true });
  });

  test("cannot have two fixups at once", async () => {
    const { devices } = await start();
    devices.coinVendor.fail("K-COIN-101");
    let finish = () => {};
    devices.coinVendor.reopen = () =>
      new Promise((resolve) => {
        finish = () => resolve({ ok: true, value: undefined });
      });
    const first = staff.fix("coinVendor", "reopen");
    expect(await staff.fix("coinVendor", "reopen")).toMatchObject({ error: { code: "K-KIOSK-132" } });
    finish();
    expect(unwrap(await first)).toMatchObject({ mended: false });
  });

  test("do no harm with lines that are no requests, however long", async () => {
    await start();
    const socket = connect(rig.staffSocket);
    await new Promise((done) => socket.once("connect", done));
    socket.write(`{"ask":"health"}\n${"x".repeat(100_000)}\n{"id":7,"ask":"health"}\n`);
    const answer = await new Promise<string>((done) => socket.once("data", (bytes) => done(bytes.toString())));
    socket.destroy();
    expect(JSON.parse(answer.split("\n")[0] ?? "")).toMatchObject({ id: 7, say: "health" });
    expect(rig.events("staff.garbage")).toHaveLength(2);
  });

  test("are told when no kiosk is there", async () => {
    await start();
    const nobody = await connectStaff(join(rig.folder, "nobody.sock"));
    expect(nobody).toMatchObject({ ok: false, error: { code: "K-KIOSK-134" } });
  });
});
