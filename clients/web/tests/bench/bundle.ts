/** How large the built client is. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

export interface Size {
  readonly files: number;
  readonly raw: number;
  readonly gzip: number;
  readonly brotli: number;
}

export interface Bundle {
  readonly scripts: Size;
  /** The scripts that the page itself names: with them the entrance stands. */
  readonly first: Size;
  readonly all: Size;
}

export const DIST = join(import.meta.dirname, "../../dist");

export function measureBundle(folder = DIST): Bundle {
  if (!existsSync(join(folder, "index.html"))) throw new Error("build the client first: make web");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:br|gz)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const scripts = files.filter((file) => file.endsWith(".js"));
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const first = scripts.filter((file) => page.includes(file.slice(file.lastIndexOf("/") + 1)));
  return { scripts: sizeOf(scripts), first: sizeOf(first), all: sizeOf(files) };
}

function sizeOf(files: readonly string[]): Size {
  const contents = files.map((file) => readFileSync(file));
  const sum = (size: (data: Buffer) => number): number => contents.reduce((total, data) => total + size(data), 0);
  return {
    files: files.length,
    raw: sum((data) => data.length),
    gzip: sum((data) => gzipSync(data, { level: 9 }).length),
    brotli: sum((data) => brotliCompressSync(data).length),
  };
}
