import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestPcscd, type TestPcscd, VPCD_READER, VPCD_SECOND_READER } from "../support/pcscd/pcscd.ts";
import { madoguchi } from "../support/run-command.ts";

let pcscd: TestPcscd;
beforeAll(async () => {
  pcscd = await createTestPcscd();
  process.env.PCSCLITE_CSOCK_NAME = pcscd.socketPath;
});
afterAll(() => pcscd.destroy());

it("./madoguchi devices lists the readers of pcscd, and ends", async () => {
  const { code, out } = await madoguchi("devices", "--json");
  expect(code).toBe(0);
  const { attached, notes } = JSON.parse(out) as { attached: { kind: string; address: string }[]; notes: string[] };
  const readers = attached.filter(({ kind }) => kind === "pcscReader").map(({ address }) => address);
  expect(readers).toEqual([`pcsc:${VPCD_READER}`, `pcsc:${VPCD_SECOND_READER}`]);
  expect(notes).toEqual([]);
});
