// node tests/e2e/record.mjs: makes the load tester's own recordings anew, with an emulated headset in the real client
// (which has to be built: make web). A quiet machine makes them smooth: a pose is recorded with each picture.
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module } = await runnerImport(fileURLToPath(new URL("motion/recording.ts", import.meta.url)));
for (const file of await module.recordAll()) console.log(`${file}: ${statSync(file).size} bytes`);
