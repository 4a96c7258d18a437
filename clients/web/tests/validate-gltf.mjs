/**
 * Khronos' validator over the files that are named, or over every scene, model and look of the sample facility. It ends with
 * status 1 if one has an error or a warning. Run it in clients/web: node tests/validate-gltf.mjs
 */

import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import validator from "gltf-validator";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FACILITY = join(ROOT, "server", "facility");

/** What the validator cannot know: extensions of the Open Metaverse Interoperability group and of the VRM Consortium. */
const IGNORED = ["UNSUPPORTED_EXTENSION"];

async function sampleFiles() {
  const files = await readdir(FACILITY, { recursive: true });
  return files
    .filter((file) => file.endsWith(".glb") || file.endsWith(".vrm"))
    .sort()
    .map((file) => join(FACILITY, file));
}

/** What is grave of a file, after a line that says how it fared. */
async function faultsOf(file) {
  const report = await validator.validateBytes(new Uint8Array(await readFile(file)), {
    uri: file,
    ignoredIssues: IGNORED,
    maxIssues: 20,
  });
  const grave = report.issues.messages.filter((message) => message.severity <= 1);
  console.log(`${relative(ROOT, file)}: ${report.issues.numErrors} errors, ${report.issues.numWarnings} warnings`);
  return grave.map((message) => `${relative(ROOT, file)}: ${message.code} ${message.pointer ?? ""}: ${message.message}`);
}

const named = process.argv.slice(2);
const files = named.length > 0 ? named : await sampleFiles();
const faults = (await Promise.all(files.map(faultsOf))).flat();
for (const fault of faults) console.error(fault);
console.log(`${files.length} files, ${faults.length} faults`);
process.exit(faults.length > 0 || files.length === 0 ? 1 : 0);
