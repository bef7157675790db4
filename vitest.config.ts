import { defineConfig } from "vitest/config";

/** Tests stand beside their source; those that need several rooms stand under `test/`. */
export default defineConfig({
  test: {
    include: [
      "src/**/*.test.ts",
      "devices/**/*.test.ts",
      "firmware-bridge/**/*.test.ts",
      "test/**/*.test.ts",
      "ui/**/*.test.ts",
    ],
    pool: "forks",
    // Many files wait for devices and processes more than they compute: two side by side, also on two cores
    // (three take no less time: two fill the processors, and what waits for real time begins to fail).
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    passWithNoTests: false,
    allowOnly: false,
  },
});
