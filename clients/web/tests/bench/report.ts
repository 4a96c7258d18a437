/** Measures the client and tells it, as a table or as JSON. */

import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { build } from "vite";
import { type Bundle, measureBundle } from "./bundle";
import { type Budget, type Figures, overBudget } from "./figures";
import { measureScene, type SceneFigures } from "./scene";

const WEB = join(import.meta.dirname, "../..");
const FIRST_VIEW_MS = 3000;

export function readBudget(): Budget {
  return JSON.parse(readFileSync(join(WEB, "budget.json"), "utf8")) as Budget;
}

export function figuresOf(bundle: Bundle, { drawn, allocation }: SceneFigures): Figures {
  const { drawCalls, stereoDrawCalls, triangles, textures, geometries } = drawn;
  return {
    scriptBytes: bundle.scripts.brotli, firstScriptBytes: bundle.first.brotli, drawCalls, stereoDrawCalls, triangles, textures, geometries,
    pictureBytes: Math.round(allocation.pictureBytes),
  };
}

/** The same client with its functions' names, so that what allocates can be told by name. */
export async function namedBuild(): Promise<{ folder: string; forget: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "polyclinic-web-"));
  await build({
    root: WEB, configFile: false, base: "./", logLevel: "error",
    build: { target: "es2022", minify: false, outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 8000 },
  });
  return { folder, forget: () => { rmSync(folder, { recursive: true, force: true }); } };
}

export async function measure(pictures: number): Promise<{ bundle: Bundle; scene: SceneFigures }> {
  const named = await namedBuild();
  try {
    return { bundle: measureBundle(), scene: await measureScene(pictures, named.folder) };
  } finally {
    named.forget();
  }
}

/** @returns the status to end with: 1 if something is over its budget */
export async function report(options: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...options],
    options: { json: { type: "boolean" }, sources: { type: "boolean" }, pictures: { type: "string", default: "300" } },
  });
  const { bundle, scene } = await measure(Number(values.pictures));
  const figures = figuresOf(bundle, scene);
  const over = overBudget(figures, readBudget());
  if (values.json === true) console.log(JSON.stringify({ figures, bundle, scene, over }, null, 2));
  else {
    for (const [name, value] of rows(bundle, scene)) console.log(`${name.padEnd(44)}${value}`);
    if (values.sources === true) for (const { name, bytes } of scene.allocation.sources) console.log(`  ${bytes.toFixed(0).padStart(8)}  ${name}`);
    for (const line of over) console.log(`OVER BUDGET  ${line}`);
  }
  return over.length === 0 ? 0 : 1;
}

function rows({ scripts, first, all }: Bundle, { drawn, allocation, firstView, picturesPerSecond }: SceneFigures): [string, string][] {
  const size = ({ files, raw, gzip, brotli }: Bundle["all"]): string => `${kilo(raw)} raw, ${kilo(gzip)} gzip, ${kilo(brotli)} brotli, ${files} files`;
  const view = (ms: number): string => `${(ms / 1000).toFixed(2)} s (aim ${FIRST_VIEW_MS / 1000} s)`;
  return [
    ["JavaScript", size(scripts)],
    ["JavaScript of the first load", size(first)],
    ["everything", size(all)],
    ["avatars in view", String(drawn.inView)],
    ["draw calls", String(drawn.drawCalls)],
    ["draw calls in a headset, both eyes", String(drawn.stereoDrawCalls)],
    ["triangles", drawn.triangles.toLocaleString("en")],
    ["textures", String(drawn.textures)],
    ["geometries", String(drawn.geometries)],
    ["allocated by a picture", `${allocation.pictureBytes.toFixed(0)} bytes (over ${allocation.pictures} pictures)`],
    ["allocated beside it (messages, page)", `${allocation.otherBytes.toFixed(0)} bytes a picture`],
    ["first view, nothing cached, empty room", view(firstView.empty)],
    ["first view, nothing cached, 30 avatars", view(firstView.full)],
    ["pictures a second (information)", picturesPerSecond.toFixed(1)],
  ];
}

function kilo(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
