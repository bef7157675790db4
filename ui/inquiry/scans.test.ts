import { describe, expect, it } from "vitest";
import type { InquiryBack } from "../../src/protocol/inquiry.ts";
import { after, askedAgain, isPerhapsFront, newScan, type Scan } from "./scans.ts";

const back = (answer: InquiryBack["answer"]): InquiryBack => ({
  kind: "back",
  number: 1,
  count: 1,
  answer,
  fieldsOk: true,
  strips: [],
  code: { state: "ok" },
});
const told = (scan: Scan, ...lines: Parameters<typeof after>[1][]) => lines.reduce(after, scan);
const answers = ({ backs }: Scan) => backs.map(({ answer }) => answer);

describe("a scan that is sent again with its front", () => {
  const first = told(newScan(new File([], "back.jpg")), back("genuine"), { kind: "end", asOfMs: 1 });

  it("shows nothing of the first answer while it is looked at, and the new one afterwards", () => {
    const again = askedAgain(first);
    expect([again.state, answers(again), again.asOfMs]).toEqual(["sending", [], undefined]);
    const done = told(again, { kind: "received" }, back("voided"), { kind: "end", asOfMs: 2 });
    expect([done.state, answers(done), done.asOfMs]).toEqual(["done", ["voided"], 2]);
  });

  it("tells of the picture that may hold more backs, and of the first answer's when there is no second", () => {
    const full = told(newScan(new File([], "backs.jpg")), back("genuine"), { kind: "more", number: 1, backs: 4 });
    expect([full.full, askedAgain(full).full]).toEqual([[4], []]);
    expect(told(askedAgain(full), { kind: "failed", code: "K-INQ-102" }).full).toEqual([4]);
  });

  it("has its first answer again when the second never came, beside why", () => {
    const failed = told(askedAgain(first), { kind: "failed", code: "K-INQ-102" });
    expect([failed.state, failed.failure, answers(failed), failed.asOfMs]).toEqual([
      "failed",
      "K-INQ-102",
      ["genuine"],
      1,
    ]);
  });

  it("keeps the second answer when only the front could not be read", () => {
    const failed = told(askedAgain(first), back("partial"), { kind: "failed", code: "K-IMAGE-109" });
    expect(answers(failed)).toEqual(["partial"]);
  });
});

describe("a page without a back", () => {
  const page = (number: number, answer: InquiryBack["answer"], count = 2): InquiryBack => ({
    ...back(answer),
    number,
    count,
  });
  const perhapsFront = (...lines: Parameters<typeof after>[1][]) => {
    const scan = told(newScan(new File([], "both-sides.pdf")), ...lines);
    return scan.backs.map((one) => isPerhapsFront(scan, one));
  };

  it("is perhaps a front when another page of its file has a back, before or after it, told or withheld", () => {
    expect(perhapsFront(page(1, "genuine"), page(2, "not-ours"))).toEqual([false, true]);
    expect(perhapsFront(page(1, "not-ours"), page(2, "altered"))).toEqual([true, false]);
    expect(perhapsFront(page(1, "not-ours"), { kind: "withheld", code: "K-INQ-103" })).toEqual([true]);
  });

  it("is none when no page of its file has a back", () => {
    expect(perhapsFront(page(1, "not-ours"), page(2, "not-ours"))).toEqual([false, false]);
    expect(perhapsFront(page(1, "not-ours", 1))).toEqual([false]);
  });
});
