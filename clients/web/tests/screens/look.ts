/**
 * Opens every screen in a browser, runs axe over it, and takes a picture where a folder is given:
 * `npx vite-node tests/screens/look.ts FOLDER`, or from a test.
 */

import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";

const CHROMIUM = process.env["POLYCLINIC_CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const SCREENS = ["entrance", "room", "people", "seen", "panels", "write", "glass", "emergency", "allowed", "recorded", "map", "text", "actions", "settings", "help", "consent", "recording", "poor", "joining", "reconnecting", "moved", "removed", "full", "version", "ended"] as const;

export interface Fault {
  readonly screen: string;
  readonly rule: string;
  readonly impact: string;
  readonly where: string;
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly impact: string | null; readonly nodes: readonly { readonly html: string }[] }[];
}

export interface Lab {
  readonly page: Page;
  open(screen: string, more?: string): Promise<void>;
  check(screen: string): Promise<readonly Fault[]>;
  close(): Promise<void>;
}

export async function openLab(size = { width: 1280, height: 800 }): Promise<Lab> {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}: \`make system-packages\` installs it, or says what to ask for`);
  const server: ViteDevServer = await createServer({ root: join(import.meta.dirname, "../.."), logLevel: "error", server: { port: 0, host: "127.0.0.1", hmr: false, watch: null } });
  await server.listen();
  const folder = await mkdtemp(join(tmpdir(), "polyclinic-look-"));
  const context: BrowserContext = await chromium.launchPersistentContext(folder, { executablePath: CHROMIUM, headless: true, args: FLAGS, viewport: size });
  // A busy machine takes its time.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const address = server.resolvedUrls?.local[0] ?? "";
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  return {
    page,
    open: async (screen, more = "") => {
      await page.goto(`${address}tests/screens/lab/index.html?screen=${screen}${more}`);
      await page.waitForSelector("body[data-ready=true]");
      await page.waitForFunction(() => document.querySelector(".cards:empty") === null);
    },
    check: async (screen) => {
      await page.evaluate(axe);
      const result: AxeResult = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run());
      return result.violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => ({ screen, rule: id, impact: impact ?? "", where: html.slice(0, 160) })));
    },
    close: async () => {
      await context.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function lookAtAll(pictures: string, more = "", size = { width: 1280, height: 800 }, screens: readonly string[] = SCREENS): Promise<readonly Fault[]> {
  const lab = await openLab(size);
  const faults: Fault[] = [];
  try {
    for (const screen of screens) {
      await lab.open(screen, more);
      await lab.page.waitForTimeout(pictures === "" ? 0 : 400);
      faults.push(...(await lab.check(screen)));
      if (pictures !== "") await lab.page.screenshot({ path: join(pictures, `${screen}${more.replaceAll(/\W/g, "-")}-${size.width}.png`), fullPage: screen === "entrance" });
    }
  } finally {
    await lab.close();
  }
  return faults;
}
