import { describe, expect, test } from "vitest";
import { errorEntry } from "../../src/kernel/errors/catalogue.ts";
import { cardCases } from "./card-cases.ts";
import { type FaultCase, type FaultOutcome, playCase } from "./fault-case.ts";
import { restCases } from "./rest-cases.ts";
import { sessionCases } from "./session-cases.ts";

const files = [
  ["card-cases.ts", cardCases],
  ["rest-cases.ts", restCases],
  ["session-cases.ts", sessionCases],
] as const;
const cases = files.flatMap(([file, some]) => some.map((one) => ({ file, one })));
const deviceNames: Readonly<Record<FaultCase["device"], string>> = {
  cardReader: "card reader",
  coinVendor: "coin vendor",
  certificatePrinter: "certificate printer",
  receiptPrinter: "receipt printer",
  cabinet: "cabinet",
};

/** Rows of tests that passed in this run. */
const passed = new Map<FaultCase, string>();

function row(file: string, { device, fault, when }: FaultCase, { word, code, flow, money }: FaultOutcome): string {
  const clerk = code === "" ? "—" : `\`${code}\` ${errorEntry(code).clerk}`;
  const link = `[${file}](../test/faults/${file})`;
  return `| ${deviceNames[device]} | ${fault} | ${when} | ${word} | ${clerk} | ${flow} | ${money} | ${link} |`;
}

describe("a fault of a device", () => {
  test.each(cases.map(({ file, one }) => [deviceNames[one.device], one.fault, one.when, file, one] as const))(
    "%s: %s, while %s",
    async (_device, _fault, _when, file, one) => {
      const seen = await playCase(one);
      passed.set(one, row(file, one, seen));
    },
  );

  test("stands in docs/fault-matrix.md as these tests have seen it", async () => {
    const rows = cases.map(({ one }) => passed.get(one));
    expect(
      rows.filter((one) => one === undefined),
      "rows of tests that did not pass in this run",
    ).toEqual([]);
    const page = `# Fault matrix
<!-- Written by test/faults/fault-matrix.test.ts (vitest -u); change the cases, not this file. -->

Each row was played in a test that passed: a kiosk with its real drivers over the bytes of simulated machines, a citizen
who pays ¥500 (or what the row says) for a copy of ¥300, and every coin counted afterwards. The word is XFS4IoT's; the
clerk's sentence is the one of \`./madoguchi health\`, in Japanese in \`ui/locales/ja/staff.json\`.

| device | fault | while | status | code and clerk's sentence | what the flow does | where the money is | test |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
    await expect(page).toMatchFileSnapshot("../../docs/fault-matrix.md");
  });
});
