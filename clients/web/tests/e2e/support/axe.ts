/** What axe-core finds on a page; the page's context needs `bypassCSP`. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Person } from "./browser";

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly impact: string | null; readonly nodes: readonly { readonly html: string }[] }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe calls serious or critical. */
export async function faultsOf({ page }: Person, name: string): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const result: AxeResult = await page.evaluate(() => (window as unknown as { axe: { run: () => Promise<AxeResult> } }).axe.run());
  const grave = result.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${name}: ${id}: ${html.slice(0, 160)}`));
}
