/** Tells at the end which tests were tried again, and what was wrong the first time: one that is not reliable is seen. */

import type { Reporter, TestModule } from "vitest/node";

export default class Retries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const all = modules.flatMap((module) => [...module.children.allTests()].map((test) => ({ test, file: module.relativeModuleId })));
    const again = all.filter(({ test }) => (test.diagnostic()?.retryCount ?? 0) > 0);
    const lines = again.map(({ test, file }) => `  ${file} > ${test.fullName}: ${test.result().state}; at first: ${test.result().errors?.[0]?.message ?? "no error was kept"}`);
    console.log(`\nTried again: ${again.length} of ${all.length} tests${lines.length === 0 ? "." : ""}`);
    for (const line of lines) console.log(line);
  }
}
