/** Runs the client's benchmark: node tests/bench/run.mjs [--json] [--sources] [--pictures N], in clients/web. */

import { runnerImport } from "vite";

const { module } = await runnerImport("./tests/bench/report.ts", { configFile: false, logLevel: "error" });
process.exitCode = await module.report(process.argv.slice(2));
