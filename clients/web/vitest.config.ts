import { configDefaults, defineConfig } from "vitest/config";

/** What needs the server is run by tests/e2e/vitest.config.ts. */
export default defineConfig({ test: { exclude: [...configDefaults.exclude, "tests/e2e/**"] } });
