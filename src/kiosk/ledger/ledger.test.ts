import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CoinCounts, denominations } from "../../../devices/coin-vendor/port.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { unwrap } from "../../kernel/result.ts";
import { CHAIN_START, chainHash } from "./chain.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { JournalError } from "./store.ts";

const SESSION = "0193c5a0-0000-7000-8000-000000000001";
const SUMMARY = {
  sessionId: SESSION,
  result: "issued",
  bindingLevel: "L3",
  municipality: "131016",
  certificate: "resident-record",
  copies: 1,
  feeYen: 300,
  insertedYen: 500,
  changeYen: 200,
  refundedYen: 0,
  owedYen: 0,
  impressions: 2,
  pages: 1,
  timingsMs: { prepare: 812.5 },
  startedAtMs: 1_000,
  endedAtMs: 2_000,
} as const;

describe("the ledger", () => {
  let folder: string;
  const clock = createFakeClock();
  const opened: Ledger[] = [];
  const open = () => {
    const ledger = unwrap(openLedger({ folder, clock }));
    opened.push(ledger);
    return ledger;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "madoguchi-ledger-"));
  });
  afterEach(() => {
    for (const ledger of opened.splice(0)) ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Staff count hoppers. */
  const count = (ledger: Ledger, coins: CoinCounts) => {
    const hoppers = denominations.filter((coin) => coins[coin] !== undefined);
    ledger.exchanges.startExchange(hoppers.map((coin) => `hopper-${coin}` as const));
    return ledger.exchanges.endExchange(
      hoppers.map((coin) => ({ unit: `hopper-${coin}` as const, denomination: coin, found: coins[coin] ?? 0 })),
    );
  };

  it("keeps an intent open until it is settled, also over a restart", () => {
    const first = open();
    const id = first.intent(SESSION, "print", { documentId: "d1", copy: 1, impressions: 2 });
    first.close();
    const second = open();
    expect(second.openIntents()).toEqual([
      {
        id,
        sessionId: SESSION,
        kind: "print",
        data: { documentId: "d1", copy: 1, impressions: 2 },
        atMs: clock.nowMs(),
      },
    ]);
    second.settle(id, "unknown", { impressions: 1 });
    expect(second.openIntents()).toEqual([]);
    second.close();
    const third = open();
    expect(third.openIntents()).toEqual([]);
    expect(third.settledIntents(SESSION)).toMatchObject([
      { id, kind: "print", state: "unknown", outcome: { impressions: 1 } },
    ]);
  });

  it("throws when an intent is settled twice, or was never made", () => {
    const ledger = open();
    const id = ledger.intent(SESSION, "receipt", {});
    ledger.settle(id, "done");
    expect(() => ledger.settle(id, "done")).toThrow("settling twice");
    expect(() => ledger.settle("99", "done")).toThrow("not open");
    expect(ledger.settledIntents(SESSION)).toHaveLength(1);
  });

  it("keeps the acceptor's counter and its credits in one row", () => {
    const first = open();
    expect(first.credits.lastCounter()).toBeUndefined();
    const cashIn = first.intent(SESSION, "cashIn", {});
    first.credits.recordCoins({ counter: 3, credits: [100, 100, 50], errors: [254], lostEvents: 0, reset: false });
    first.close();
    const second = open();
    expect(second.credits.lastCounter()).toBe(3);
    expect(second.creditedYenSince(cashIn)).toBe(250);
    expect(second.cashBook().escrow).toEqual({ 10: 0, 50: 1, 100: 2, 500: 0 });
  });

  it("counts only the credits after an intent", () => {
    const ledger = open();
    ledger.credits.recordCoins({ counter: 1, credits: [500], errors: [], lostEvents: 0, reset: false });
    const cashIn = ledger.intent(SESSION, "cashIn", {});
    ledger.credits.recordCoins({ counter: 2, credits: [10], errors: [], lostEvents: 0, reset: false });
    expect(ledger.creditedYenSince(cashIn)).toBe(10);
  });

  it("ends a session with one transaction: the summary is there and the snapshot is gone", () => {
    const first = open();
    first.saveFlow(SESSION, { value: "pay", context: { feeYen: 300, documents: ["d1"], level: null } });
    first.saveFlow(SESSION, { value: "printing" });
    expect(first.openFlows()).toEqual([{ sessionId: SESSION, snapshot: { value: "printing" } }]);
    first.close();
    const second = open();
    expect(second.openFlows()).toHaveLength(1);
    second.endSession(SUMMARY);
    expect(second.openFlows()).toEqual([]);
    expect(second.summary(SESSION)).toEqual(SUMMARY);
    second.close();
    expect(open().lastSummary()).toEqual(SUMMARY);
  });

  it("keeps a message for a centre until the centre has acknowledged it", () => {
    const first = open();
    const report = { requestId: "r1", result: "issued", prints: [] } as const;
    first.enqueue({ kind: "settle", body: report });
    first.enqueue({ kind: "settle", body: { ...report, requestId: "r2" } });
    first.close();
    const second = open();
    const [one] = second.queued();
    expect(second.queued()).toMatchObject([
      { kind: "settle", body: { requestId: "r1" } },
      { body: { requestId: "r2" } },
    ]);
    second.dequeue(one?.id ?? "");
    second.dequeue(one?.id ?? "");
    second.close();
    expect(open().queued()).toMatchObject([{ body: { requestId: "r2" } }]);
  });

  it("shows a session's rows in order, other sessions left out", () => {
    const ledger = open();
    ledger.fact(SESSION, "sessionOpened", { requestId: "r1" });
    ledger.fact("another", "sessionOpened", { requestId: "r2" });
    const id = ledger.intent(SESSION, "receipt", {});
    ledger.settle(id, "done");
    expect(ledger.sessionFacts(SESSION)).toEqual([{ kind: "sessionOpened", data: { requestId: "r1" } }]);
    expect(ledger.sessionRows(SESSION)).toMatchObject([
      { seq: 1, kind: "fact.sessionOpened" },
      { seq: 3, kind: "intent.receipt" },
      { seq: 4, kind: "settled", settles: 3, data: { state: "done" } },
    ]);
  });

  it.each([
    ["a name", { who: "緑野 花子" }],
    ["a name in full-width letters", { who: "ＭＩＤＯＲＩ" }],
    ["twelve digits that may be a My Number", { number: "number 123456789018" }],
    ["a number that is none", { yen: Number.NaN }],
  ])("refuses to hold %s", (_what, data) => {
    const ledger = open();
    expect(() => ledger.fact(SESSION, "incident", data)).toThrow(TypeError);
    expect(() => ledger.intent(SESSION, "print", data)).toThrow(TypeError);
    expect(() => ledger.saveFlow(SESSION, { deep: [{ data }] })).toThrow(TypeError);
    expect(ledger.head().seq).toBe(0);
  });

  it("holds an identifier whose last group happens to be twelve digits", () => {
    const ledger = open();
    ledger.fact(SESSION, "sessionOpened", { requestId: "0193c5a0-0000-7000-8000-123456789018" });
    expect(ledger.head().seq).toBe(1);
  });

  it("does not say what it refused", () => {
    const ledger = open();
    expect(() => ledger.fact(SESSION, "incident", { who: "緑野花子" })).toThrow(
      /^the journal does not hold this: incident who: printable ASCII$/,
    );
  });

  it("gives its folder to one process at a time", () => {
    const ledger = open();
    expect(openLedger({ folder, clock })).toMatchObject({ ok: false, error: { code: "K-CONF-104" } });
    ledger.close();
    open();
  });

  it("throws, and counts nothing, when a row cannot be made durable", () => {
    const ledger = open();
    const id = ledger.intent(SESSION, "escrowAccept", {});
    const other = new DatabaseSync(join(folder, "ledger.sqlite"), { timeout: 0 });
    other.exec("BEGIN IMMEDIATE");
    expect(() => ledger.settle(id, "done")).toThrow(JournalError);
    expect(ledger.openIntents()).toHaveLength(1);
    other.exec("ROLLBACK");
    other.close();
    ledger.settle(id, "done");
    expect(ledger.verifyChain()).toMatchObject({ ok: true, value: { seq: 2 } });
  });

  describe("its chain", () => {
    it("has the agreed hash", () => {
      // Golden: computed from the definition by another program (Python, hashlib and struct).
      const row = {
        seq: 1,
        atMs: 1_700_000_000_000,
        kind: "fact.paid",
        session: "s1",
        settles: 0,
        data: '{"yen":300}',
      };
      const first = chainHash(CHAIN_START, row);
      expect(first.toString("hex")).toBe("2db31d78379eb0c6079663dd7d7194512425ea46afa2f88730d23975441a4742");
      expect(chainHash(first, { ...row, seq: 2, settles: 1 }).toString("hex")).toBe(
        "8034448df90741cbc9cf4f22fad0ebffd38425f844b13c96b7f9f0900a022f43",
      );
    });

    const fill = () => {
      const ledger = open();
      for (let yen = 0; yen < 5; yen++) ledger.fact(SESSION, "paid", { yen });
      ledger.close();
    };
    const tamper = (sql: string) => {
      const database = new DatabaseSync(join(folder, "ledger.sqlite"));
      database.exec(`DROP TRIGGER entries_never_change; DROP TRIGGER entries_never_go; ${sql}`);
      database.close();
    };

    it.each([
      ["an altered amount", `UPDATE entries SET data = '{"yen":9}' WHERE seq = 3`, 3],
      ["an altered time", "UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 2", 2],
      ["a row moved to another session", "UPDATE entries SET session = 'x' WHERE seq = 4", 4],
      ["a row taken out of the middle", "DELETE FROM entries WHERE seq = 2", 2],
      ["a first row taken out", "DELETE FROM entries WHERE seq = 1", 1],
    ])("shows %s when the ledger is opened", (_what, sql, row) => {
      fill();
      tamper(sql);
      expect(openLedger({ folder, clock })).toMatchObject({
        ok: false,
        error: { code: "K-LEDGER-104", detail: { row } },
      });
    });

    it("shows a cut tail by its head only", () => {
      fill();
      const before = open();
      const head = before.head();
      before.close();
      tamper("DELETE FROM entries WHERE seq = 5");
      expect(open().head()).not.toEqual(head);
    });

    it("cannot be altered through SQL while the triggers stand", () => {
      fill();
      const database = new DatabaseSync(join(folder, "ledger.sqlite"));
      expect(() => database.exec("UPDATE entries SET data = '{}' WHERE seq = 1")).toThrow("only grows");
      expect(() => database.exec("DELETE FROM entries")).toThrow("only grows");
      database.close();
    });
  });

  describe("a damaged file", () => {
    const file = () => join(folder, "ledger.sqlite");
    const fill = () => {
      const ledger = open();
      for (let yen = 0; yen < 400; yen++) ledger.fact(SESSION, "paid", { yen, text: "x".repeat(100) });
      ledger.close();
    };
    const expectDamaged = (code = "K-LEDGER-102") => {
      expect(openLedger({ folder, clock })).toMatchObject({ ok: false, error: { code } });
      // The folder is free again: a refusal holds nothing.
      expect(openLedger({ folder, clock })).toMatchObject({ ok: false, error: { code } });
    };

    it("is refused when it is cut short", () => {
      fill();
      truncateSync(file(), 20_000);
      expectDamaged();
    });

    it("is refused when it is empty: an empty journal is not a new kiosk", () => {
      fill();
      truncateSync(file(), 0);
      expectDamaged();
    });

    it("is refused when it is something else", () => {
      writeFileSync(file(), "この欄は空欄です".repeat(1000));
      expectDamaged();
    });

    it("is refused when it is another program's database", () => {
      const database = new DatabaseSync(file());
      database.exec("CREATE TABLE t (a)");
      database.close();
      expectDamaged();
    });

    it("is refused when a page of it was overwritten", () => {
      fill();
      const bytes = readFileSync(file());
      bytes.fill(0x5a, 3 * 4096, 4 * 4096);
      writeFileSync(file(), bytes);
      expectDamaged();
    });

    it("is refused when one byte of a row was flipped on the disk", () => {
      fill();
      const bytes = readFileSync(file());
      const at = bytes.indexOf('{"yen":200');
      bytes[at + 7] = 0x39;
      writeFileSync(file(), bytes);
      expectDamaged("K-LEDGER-104");
    });

    it("is refused when a newer version made it", () => {
      fill();
      const database = new DatabaseSync(file());
      database.exec("PRAGMA user_version = 2");
      database.close();
      expectDamaged("K-LEDGER-103");
    });
  });

  describe("of many years", () => {
    const file = () => join(folder, "ledger.sqlite");
    /** An intent and a message of long ago, and more rows than a start reads again. */
    const fillLong = () => {
      const ledger = open();
      ledger.intent(SESSION, "receipt", {});
      ledger.enqueue({ kind: "settle", body: { requestId: "r1", result: "issued", prints: [] } });
      count(ledger, { 100: 20 });
      for (let row = 0; row < 3_500; row++) {
        const counter = (row % 255) + 1;
        ledger.credits.recordCoins({ counter, credits: [10], errors: [], lostEvents: 0, reset: false });
      }
      const known = [
        ledger.cashBook(),
        ledger.openIntents(),
        ledger.queued(),
        ledger.credits.lastCounter(),
        ledger.head(),
      ];
      ledger.close();
      return known;
    };
    const change = (sql: string) => {
      const database = new DatabaseSync(file());
      database.exec(`DROP TRIGGER entries_never_change; ${sql}`);
      database.close();
    };
    const known = (ledger: Ledger) => [
      ledger.cashBook(),
      ledger.openIntents(),
      ledger.queued(),
      ledger.credits.lastCounter(),
      ledger.head(),
    ];

    it("starts from a checkpoint and knows the same as before", () => {
      const before = fillLong();
      const after = open();
      expect(known(after)).toEqual(before);
      expect(after.verifyChain()).toEqual({ ok: true, value: after.head() });
    });

    it("starts from the first row when its checkpoints are spoiled", () => {
      const before = fillLong();
      change(`UPDATE checkpoints SET state = replace(state, '"10":', '"10":9')`);
      expect(known(open())).toEqual(before);
    });

    it("shows an altered row of long ago when the whole chain is read, and one of late on every start", () => {
      fillLong();
      change("UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 5");
      const ledger = open();
      expect(ledger.verifyChain()).toMatchObject({ ok: false, error: { code: "K-LEDGER-104", detail: { row: 5 } } });
      ledger.close();
      const database = new DatabaseSync(file());
      database.exec("UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 3000");
      database.close();
      expect(openLedger({ folder, clock })).toMatchObject({ error: { code: "K-LEDGER-104", detail: { row: 3000 } } });
    });
  });

  describe("the cash book", () => {
    it("follows the coins from the slot to the cash box and from the hopper to the tray", () => {
      const ledger = open();
      count(ledger, { 10: 20, 50: 20, 100: 20, 500: 20 });
      ledger.credits.recordCoins({ counter: 1, credits: [500], errors: [], lostEvents: 0, reset: false });
      ledger.settle(ledger.intent(SESSION, "escrowAccept", {}), "done");
      const change = { purpose: "change", denomination: 100, coins: 2, counterBefore: 7 };
      ledger.settle(ledger.intent(SESSION, "payout", change), "done", { paid: 2, unpaid: 0 });
      expect(ledger.cashBook()).toEqual({
        escrow: { 10: 0, 50: 0, 100: 0, 500: 0 },
        cashBox: { 10: 0, 50: 0, 100: 0, 500: 1 },
        hoppers: { 10: 20, 50: 20, 100: 18, 500: 20 },
        countedHoppers: [10, 50, 100, 500],
        escrowNotes: {},
        noteBox: {},
        heldNotes: {},
        openUnits: [],
        unproved: { 10: 0, 50: 0, 100: 0, 500: 0 },
        unprovedNotes: {},
        lostEvents: 0,
      });
    });

    it("lets coins that were given back leave, and those whose way is unknown be counted by staff", () => {
      const ledger = open();
      ledger.credits.recordCoins({ counter: 1, credits: [100], errors: [], lostEvents: 2, reset: false });
      ledger.settle(ledger.intent(SESSION, "escrowReturn", {}), "notDone");
      expect(ledger.cashBook().escrow[100]).toBe(1);
      ledger.settle(ledger.intent(SESSION, "escrowReturn", {}), "done");
      expect(ledger.cashBook().escrow[100]).toBe(0);
      ledger.credits.recordCoins({ counter: 2, credits: [100], errors: [], lostEvents: 0, reset: false });
      ledger.settle(ledger.intent(SESSION, "escrowAccept", {}), "unknown");
      const refund = { purpose: "refund", denomination: 100, coins: 3, counterBefore: 7 };
      ledger.settle(ledger.intent(SESSION, "payout", refund), "unknown", { paid: 1 });
      expect(ledger.cashBook()).toMatchObject({
        unproved: { 100: 3 },
        hoppers: { 100: -3 },
        cashBox: { 100: 0 },
        lostEvents: 2,
      });
    });

    it("goes on from what staff counted, and keeps the difference", () => {
      const ledger = open();
      expect(count(ledger, { 100: 20 })).toEqual([{ unit: "hopper-100", denomination: 100, found: 20, left: 20 }]);
      expect(count(ledger, { 100: 19 })).toMatchObject([{ expected: 20, found: 19, difference: -1, left: 19 }]);
      expect(ledger.cashBook().hoppers[100]).toBe(19);
    });

    it("does not know a hopper that was refilled but never counted, and knows it from its first count on", () => {
      const ledger = open();
      expect(ledger.exchanges.counts("hopper-50")).toBeUndefined();
      ledger.exchanges.startExchange(["hopper-50"]);
      expect(ledger.exchanges.endExchange([{ unit: "hopper-50", denomination: 50, added: 40 }])).toEqual([
        { unit: "hopper-50", denomination: 50 },
      ]);
      expect(ledger.exchanges.counts("hopper-50")).toBeUndefined();
      count(ledger, { 50: 43 });
      ledger.exchanges.startExchange(["hopper-50"]);
      ledger.exchanges.endExchange([{ unit: "hopper-50", denomination: 50, added: 40, removed: 3 }]);
      expect(ledger.exchanges.counts("hopper-50")).toEqual({ 50: 80 });
    });

    it("keeps units open over a restart, and records a collection whole", () => {
      const first = open();
      first.credits.recordCoins({ counter: 1, credits: [500, 100], errors: [], lostEvents: 0, reset: false });
      first.settle(first.intent(SESSION, "escrowAccept", {}), "done");
      first.exchanges.startExchange(["cashBox", "noteBox"]);
      first.close();
      const second = open();
      expect(second.exchanges.openUnits()).toEqual(["cashBox", "noteBox"]);
      const entries = [
        { unit: "cashBox", denomination: 500, found: 1, removed: 1 },
        { unit: "cashBox", denomination: 100, found: 0 },
      ] as const;
      expect(second.exchanges.endExchange(entries)).toMatchObject([{ difference: 0 }, { difference: -1 }]);
      expect(second.exchanges.openUnits()).toEqual([]);
      expect(second.cashBook().cashBox).toEqual({ 10: 0, 50: 0, 100: 0, 500: 0 });
      expect(() => second.exchanges.endExchange([{ unit: "cashBox", denomination: 500, removed: 1 }])).toThrow("left");
    });

    it("follows a note from the slot to the box or back, and credits it once", () => {
      const first = open();
      const cashIn = first.intent(SESSION, "cashIn", {});
      const note = { source: "notes", counter: 0, errors: [], lostEvents: 0, reset: false };
      first.credits.recordCoins({ ...note, credits: [1000] });
      expect(first.creditedYenSince(cashIn)).toBe(1000);
      first.close();
      const second = open();
      expect(second.credits.heldNote("notes")).toBe(1000);
      expect(second.exchanges.counts("escrow")).toMatchObject({ 1000: 1 });
      second.credits.recordCoins({ ...note, counter: 3, credits: [], returned: [1000] });
      expect(second.creditedYenSince(cashIn)).toBe(0);
      expect(second.credits.heldNote("notes")).toBeUndefined();
      second.credits.recordCoins({ ...note, counter: 4, credits: [1000] });
      second.credits.recordCoins({ ...note, counter: 5, credits: [], stacked: [1000] });
      expect(second.creditedYenSince(cashIn)).toBe(1000);
      expect(second.exchanges.counts("noteBox")).toEqual({ 1000: 1 });
      expect(second.credits.lastCounter("notes")).toBe(5);
      expect(second.credits.lastCounter()).toBeUndefined();
    });
  });
});
