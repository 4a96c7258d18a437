import { defineConfig } from "vitest/config";

/** Real browsers against the real server. One file after another: a picture without a graphics card takes a whole core. */
export default defineConfig({
  test: {
    include: ["tests/e2e/*.test.ts"],
    fileParallelism: false,
    // Pictures are drawn by the processor; nothing here is measured by how long a test takes.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
