import { defineConfig } from "vitest/config";

/** Browsers and a server at a time are enough for two cores: one file after another. */
export default defineConfig({
  test: {
    include: ["tests/e2e/*.test.ts"],
    fileParallelism: false,
    // Windows drawn by two busy cores miss a moment at times in a way that says nothing of the client. A test that fails is
    // tried once more, from the beginning: its own people, and its own server where it moves things. Which were, and why, is
    // printed at the end: one that needs it again and again is to be mended.
    retry: 1,
    reporters: ["default", "./tests/e2e/support/retries.ts"],
    setupFiles: ["tests/e2e/support/start-over.ts"],
    // Pictures are drawn by the processor; nothing here is measured by how long a test takes.
    testTimeout: 900_000,
    hookTimeout: 600_000,
  },
});
