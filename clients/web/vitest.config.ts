import { configDefaults, defineConfig } from "vitest/config";

/** What needs the server is run by tests/e2e/vitest.config.ts. */
export default defineConfig({
  // A busy machine takes its time, and nothing is shown by how long a test takes.
  test: { exclude: [...configDefaults.exclude, "tests/e2e/**"], testTimeout: 60_000, hookTimeout: 120_000 },
});
