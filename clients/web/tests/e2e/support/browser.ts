/** Real Chromium windows, each a person. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { ROOT } from "./server";

export const PICTURES = join(ROOT, "artefacts/web");
const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  // WebGL without a graphics card, and windows that are not in front go on at their full rate.
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  "--disable-background-timer-throttling",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

export async function launch(): Promise<Browser> {
  mkdirSync(PICTURES, { recursive: true });
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
}

/** A window of its own profile; `complaints` gathers what the page logs as errors. */
export class Person {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
  ) {
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  static async come(browser: Browser, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    await context.addInitScript("window.polyclinicWatched = true;");
    return new Person(await context.newPage(), context);
  }

  /** Without what the browser itself logs of a network that a test has cut, or of a server that said no. */
  get ownComplaints(): readonly string[] {
    return this.complaints.filter((text) => !/^(?:WebSocket connection to|Failed to load resource)/.test(text));
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  async go(): Promise<void> {
    await this.context.close();
  }
}
