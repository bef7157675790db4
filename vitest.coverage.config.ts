import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** With a slash at its end. A relative pattern would also mean folders of the same name elsewhere. */
const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * For `./madoguchi coverage`: every line of `devices/` and `firmware-bridge/`, tested or not, without exclusions. The
 * processes that tests start write their own count (`test/support/child-coverage.ts`).
 */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      // V8 does not count in functions that come from a cache of compiled code.
      env: { NODE_DISABLE_COMPILE_CACHE: "1" },
      setupFiles: [`${root}test/support/child-coverage.ts`],
      // Counting makes everything slower; nothing here is about speed.
      testTimeout: 600_000,
      coverage: {
        enabled: true,
        provider: "v8",
        include: [`${root}devices/**/*.ts`, `${root}firmware-bridge/**/*.ts`],
        exclude: [],
        reporter: ["json"],
        reportOnFailure: true,
      },
    },
  }),
);
