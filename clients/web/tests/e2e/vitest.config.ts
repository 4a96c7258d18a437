import { defineConfig } from "vitest/config";

/** Browsers and a server at a time are enough for two cores: one file after another. */
export default defineConfig({
  test: {
    include: ["tests/e2e/*.test.ts"],
    fileParallelism: false,
    // Pictures are drawn by the processor; nothing here is measured by how long a test takes.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
