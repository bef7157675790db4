import { describe, expect, it } from "vitest";
import { failure } from "../../kernel/errors/failure.ts";
import { err, ok } from "../../kernel/result.ts";
import type { OfferItem } from "../../protocol/offer.ts";
import type { ChoiceStatement } from "../../protocol/statements.ts";
import { checkAgainstOffer } from "./check-against-offer.ts";

const text = { ja: "", en: "" };
const all = { scope: true, headAndRelationship: true, domicile: true, myNumber: true };
const item = (options: Partial<OfferItem["options"]>): OfferItem => ({
  kind: "resident-record",
  title: text,
  explanation: text,
  hours: text,
  feePerCopyYen: 200,
  maxCopies: 2,
  options: { ...all, ...options },
});
type RecordOptions = Extract<ChoiceStatement["choice"], { kind: "resident-record" }>["options"];
const wish = (options: Partial<RecordOptions>, more: Partial<ChoiceStatement> = {}): ChoiceStatement => ({
  requestId: "",
  applicationHash: "",
  choice: {
    kind: "resident-record",
    options: { scope: "self", headAndRelationship: false, domicile: false, myNumber: false, ...options },
  },
  members: [],
  copies: 1,
  feePerCopyYen: 200,
  feeYen: 200,
  confirmedAtMs: 0,
  ...more,
});
const codeOf = (offered: Partial<OfferItem["options"]>, statement: ChoiceStatement) => {
  const checked = checkAgainstOffer(
    new Map([["resident-record", ok(item(offered))]]),
    new Set(["m0", "m1"]),
    statement,
  );
  return checked.ok ? "ok" : checked.error.code;
};

describe("a choice against the offer", () => {
  it.each(["headAndRelationship", "domicile", "myNumber"] as const)(
    "may have %s only where it is offered",
    (option) => {
      expect(codeOf({}, wish({ [option]: true }))).toBe("ok");
      expect(codeOf({ [option]: false }, wish({ [option]: true }))).toBe("K-CERT-116");
      expect(codeOf({ [option]: false }, wish({}))).toBe("ok");
    },
  );

  it("names the holder alone where whom it names cannot be chosen", () => {
    expect(codeOf({ scope: false }, wish({}))).toBe("ok");
    expect(codeOf({ scope: false }, wish({ scope: "household" }))).toBe("K-CERT-116");
    expect(codeOf({ scope: false }, wish({ scope: "members" }, { members: ["m0"] }))).toBe("K-CERT-116");
  });

  it("keeps to members, copies and fee of the offer", () => {
    expect(codeOf({}, wish({ scope: "members" }, { members: ["m1"] }))).toBe("ok");
    expect(codeOf({}, wish({ scope: "members" }, { members: ["m2"] }))).toBe("K-CERT-116");
    expect(codeOf({}, wish({}, { copies: 3 }))).toBe("K-CERT-116");
    expect(codeOf({}, wish({}, { feePerCopyYen: 100 }))).toBe("K-CERT-117");
  });

  it("gets the refusal of its kind if there is one now, and K-CERT-116 for a kind that is not served", () => {
    const refused = checkAgainstOffer(new Map([["resident-record", err(failure("K-CERT-113"))]]), new Set(), wish({}));
    expect(refused).toMatchObject({ ok: false, error: { code: "K-CERT-113" } });
    expect(checkAgainstOffer(new Map(), new Set(), wish({}))).toMatchObject({
      ok: false,
      error: { code: "K-CERT-116" },
    });
  });
});
