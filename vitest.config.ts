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
    // Many files wait for devices and processes more than they compute: three side by side, also on two cores.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    passWithNoTests: false,
    allowOnly: false,
  },
});
