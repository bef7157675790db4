import { describe, expect, it } from "vitest";
import { type Fee, feeOn, overlappingFees } from "./fees.ts";

const fee = (
  feeYen: number,
  validFrom: string,
  validTo?: string,
  certificate: Fee["certificate"] = "resident-record",
): Fee => ({
  certificate,
  feeYen,
  validFrom,
  validTo,
});

describe("fees", () => {
  it("hold from their first to their last day, both included, and a campaign takes its turn", () => {
    const fees = [fee(300, "2020-04-01", "2026-12-31"), fee(10, "2027-01-01", "2027-03-31"), fee(300, "2027-04-01")];
    const days = ["2020-03-31", "2020-04-01", "2026-12-31", "2027-01-01", "2027-03-31", "2027-04-01", "2199-12-31"];
    expect(days.map((day) => feeOn(fees, "resident-record", day))).toEqual([undefined, 300, 300, 10, 10, 300, 300]);
    expect(feeOn(fees, "seal-registration", "2027-01-01")).toBeUndefined();
  });

  it("of one certificate may not hold on the same day", () => {
    expect(overlappingFees([fee(300, "2020-04-01", "2024-03-31"), fee(200, "2024-04-01")])).toBeUndefined();
    expect(overlappingFees([fee(300, "2020-04-01", "2024-04-01"), fee(200, "2024-04-01")])).toEqual([0, 1]);
    expect(overlappingFees([fee(10, "2022-01-01", "2022-02-01"), fee(300, "2020-04-01")])).toEqual([0, 1]);
    expect(
      overlappingFees([fee(300, "2020-04-01"), fee(200, "2020-04-01", undefined, "seal-registration")]),
    ).toBeUndefined();
  });
});
