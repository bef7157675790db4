import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that start whole processes, browsers and towns; each takes as long as dozens of the others. */
const WHOLE_SYSTEM = /\/test\/(browser|flow|commands|contract|judges|centre)\//;

/** Begins with what takes longest, so that no worker is left alone with it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = (file: TestSpecification) => WHOLE_SYSTEM.test(file.moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

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
    sequence: { sequencer: LongestFirst },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    passWithNoTests: false,
    allowOnly: false,
  },
});
