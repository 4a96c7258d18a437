import { defineConfig } from "vitest/config";

/** Real browsers against the real server. One file after another: a picture without a graphics card takes a whole core. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
