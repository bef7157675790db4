import { describe, test } from "vitest";
import { playCase } from "./fault-case.ts";
import { restCases } from "./rest-cases.ts";

describe("a fault of a device", () => {
  test.each(restCases.map((one) => [one.device, one.fault, one.when, one] as const))(
    "%s: %s, while %s",
    async (_device, _fault, _when, one) => {
      await playCase(one);
    },
  );
});
