/** Takes the documentation's pictures: node tests/e2e/pictures.mjs [NAME...], in clients/web. */

import { runnerImport } from "vite";

const { module } = await runnerImport("./tests/e2e/pictures.ts", { configFile: false, logLevel: "error" });
await module.takePictures(process.argv.slice(2));
