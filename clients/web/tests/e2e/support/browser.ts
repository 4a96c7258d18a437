/** Real Chromium windows, each a person. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { PATIENCE } from "./patience";
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
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS, timeout: PATIENCE });
}

/** Until a window is closed that asks nobody, ms. */
const CLOSING = 10_000;

/** A window of its own profile; `complaints` gathers what the page logs as errors. */
export class Person {
  /** Who has a window open. */
  static readonly here = new Set<Person>();
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
    context.setDefaultTimeout(PATIENCE);
    await context.addInitScript("window.polyclinicWatched = true;");
    const person = new Person(await context.newPage(), context);
    Person.here.add(person);
    return person;
  }

  /** Without what the browser itself logs of a network that a test has cut, or of a server that said no. */
  get ownComplaints(): readonly string[] {
    return this.complaints.filter((text) => !/^(?:WebSocket connection to|Failed to load resource)/.test(text));
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  /** As who closes the window: the page still tells the room, which keeps no place for them. */
  async go(): Promise<void> {
    if (!Person.here.delete(this)) return;
    if (!this.page.isClosed()) {
      const closed = this.page.waitForEvent("close", { timeout: CLOSING }).catch(() => undefined);
      await this.page.close({ runBeforeUnload: true });
      await closed;
    }
    await this.context.close();
  }
}
