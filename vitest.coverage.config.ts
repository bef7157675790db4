import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/**
 * For `./madoguchi coverage`: every line of `devices/` and `firmware-bridge/`, tested or not, without exclusions. The
 * processes that tests start write their own count into `childCoverage`.
 */
const childCoverage = process.env.MADOGUCHI_CHILD_COVERAGE ?? "";

export default mergeConfig(
  base,
  defineConfig({
    test: {
      env: { NODE_V8_COVERAGE: childCoverage },
      // Counting makes everything slower; nothing here is about speed.
      testTimeout: 600_000,
      coverage: {
        enabled: true,
        provider: "v8",
        include: ["devices/**/*.ts", "firmware-bridge/**/*.ts"],
        exclude: [],
        reporter: ["json"],
        reportOnFailure: true,
      },
    },
  }),
);
