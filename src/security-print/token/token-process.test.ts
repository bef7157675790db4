import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createTestSoftHsm } from "../../../test/support/softhsm.ts";
import { systemClock } from "../../kernel/clock.ts";
import { unwrap } from "../../kernel/result.ts";
import { checkToken } from "./check-token.ts";
import type { TokenConfig } from "./config.ts";
import { createTokenProcess, type TokenProcess } from "./token-process.ts";

const hsm = createTestSoftHsm();
const config = hsm.token("centre");
const open: TokenProcess[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((token) => token.close()));
});
afterAll(() => hsm.destroy());

function tokenOf(change: Partial<TokenConfig> = {}, timeoutMs?: number): TokenProcess {
  const options = { clock: systemClock, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const token = createTokenProcess({ ...config, ...change }, options);
  open.push(token);
  return token;
}

const dataKey = randomBytes(32);
const aad = Buffer.from("a header");

describe("the process that speaks with the token", () => {
  test("wraps and unwraps for everybody at once, and is told no PIN on its command line", async () => {
    const token = tokenOf();
    const wrapper = token.wrapper(unwrap(await token.generate()));
    const wrapped = await Promise.all(Array.from({ length: 20 }, () => wrapper.wrap(dataKey, aad)));
    const opened = await Promise.all(wrapped.map((one) => token.unwrap(wrapper.keyId, unwrap(one), aad)));
    expect(opened.map(unwrap)).toEqual(opened.map(() => dataKey));
    const other = await token.unwrap(wrapper.keyId, unwrap(wrapped[0] as (typeof wrapped)[0]), Buffer.from("another"));
    expect(other).toEqual({ ok: true, value: undefined });
    expect(readFileSync(`/proc/${token.pid()}/cmdline`, "latin1")).not.toContain(hsm.pin);
  });

  test("is ended when it takes too long, and the next question has another", async () => {
    const token = tokenOf({}, 1);
    const first = await token.generate();
    expect(first).toMatchObject({ ok: false, error: { code: "K-IMAGE-123", detail: { why: "time-out" } } });
    expect(token.pid()).toBeUndefined();
    expect((await tokenOf().generate()).ok).toBe(true);
  });

  test("costs one answer when it dies, and the next question has another", async () => {
    const token = tokenOf();
    const keyId = unwrap(await token.generate());
    const [pid, asked] = [token.pid() ?? 0, token.wrapper(keyId).wrap(dataKey, aad)];
    process.kill(pid, "SIGKILL");
    expect(await asked).toMatchObject({ ok: false, error: { code: "K-IMAGE-123" } });
    expect(unwrap(await token.wrapper(keyId).wrap(dataKey, aad))).toHaveLength(60);
    expect(token.pid()).not.toBe(pid);
  });

  test("is gone after its end, and answers nothing any more", async () => {
    const token = tokenOf();
    unwrap(await token.present([]));
    const pid = token.pid() ?? 0;
    await token.close();
    await token.close();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(await token.present([])).toMatchObject({ ok: false, error: { code: "K-IMAGE-123" } });
  });
});

describe("a token at the start of whoever needs it", () => {
  test("is not asked when no key lies in it", async () => {
    expect(await checkToken([], undefined)).toEqual({ ok: true, value: undefined });
    const token = tokenOf({ module: "/nowhere.so" });
    expect((await checkToken([], token)).ok).toBe(true);
    expect(token.pid()).toBeUndefined();
  });

  test("is asked for when keys lie in one and none is named", async () => {
    expect(await checkToken(["0".repeat(16)], undefined)).toMatchObject({ ok: false, error: { code: "K-IMAGE-125" } });
  });

  test("is the one when it has any of the keys, for old ones may have been deleted", async () => {
    const token = tokenOf();
    const keyId = unwrap(await token.generate());
    expect((await checkToken(["0".repeat(16), keyId], token)).ok).toBe(true);
    const other = tokenOf(hsm.token("other"));
    expect(await checkToken([keyId], other)).toMatchObject({ ok: false, error: { code: "K-IMAGE-124" } });
  });
});
