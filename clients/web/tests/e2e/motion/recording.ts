/** Performs before the real client with an emulated headset, and lets its recorder write the file. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launch } from "../support/browser";
import { comeWithHeadset, putOn } from "../support/headset";
import { ROOT, Server } from "../support/server";
import { samplesOf, SAMPLES_A_SECOND, type Performance } from "./body";
import { consultation, instrument, wardRound } from "./performances";

export const RECORDINGS = join(ROOT, "loadtest/motion/recordings");
/** A pose is recorded with each picture. Nobody sees these, so nothing is drawn in them: they come as often as a headset's. */
const DRAW_NOTHING = `for (const draw of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced", "drawRangeElements", "clear", "blitFramebuffer"]) {
  WebGL2RenderingContext.prototype[draw] = () => undefined;
}`;
/** Far from the walls. */
const MIDDLE_METRES = 8.5;

/** Make all recordings anew, into a folder; the names of the files. */
export async function recordAll(folder = RECORDINGS): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const server = await Server.start();
  const browser = await launch();
  try {
    const files: string[] = [];
    for (const performance of [consultation(), instrument(), wardRound()]) {
      files.push(await record(browser, server.http, performance, folder));
    }
    return files;
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function record(browser: Browser, address: string, performance: Performance, folder: string): Promise<string> {
  const person = await comeInTheMiddle(browser, address);
  const { page } = person;
  await page.evaluate(DRAW_NOTHING);
  await putOn(page);
  await page.evaluate(START, { samples: samplesOf(performance), rate: SAMPLES_A_SECOND });
  await press(page, "Record your motion");
  await page.getByRole("checkbox").first().evaluate((box: HTMLElement) => { box.click(); });
  await press(page, "Start recording");
  await page.evaluate("perform()");
  const saved = page.waitForEvent("download");
  await press(page, "Stop and save");
  const file = join(folder, `${performance.name}.motion.jsonl`);
  await (await saved).saveAs(file);
  await person.go();
  return file;
}

async function comeInTheMiddle(browser: Browser, address: string): ReturnType<typeof comeWithHeadset> {
  for (;;) {
    const person = await comeWithHeadset(browser, address, "lobby", "hand");
    const [x, , z] = await person.page.evaluate<[number, number, number]>("[...polyclinic.self.standing.position]");
    if (Math.abs(x) < MIDDLE_METRES && z > 2) return person;
    await person.go();
  }
}

/** In a headset, the page lies behind its picture. */
async function press(page: Page, name: string): Promise<void> {
  await page.locator("button", { hasText: name }).first().evaluate((button: HTMLElement) => { button.click(); });
}

/**
 * In the page: wear the first sample; after `perform()` each picture wears the next. Time goes on from picture to picture by
 * the same step, however long the machine took: a recording is even, and the same each time.
 */
const START = ({ samples, rate }: { samples: readonly (readonly number[])[]; rate: number }): void => {
  const page = window as unknown as { worn: Device; perform: () => Promise<void> };
  const { worn } = page;
  const wear = (now: readonly number[]): void => {
    const place = ({ position, quaternion }: Placed, n: number): void => {
      position.set(now[n]!, now[n + 1]!, now[n + 2]!);
      quaternion.set(now[n + 3]!, now[n + 4]!, now[n + 5]!, now[n + 6]!);
    };
    place(worn, 0);
    (["left", "right"] as const).forEach((side, n) => {
      place(worn.hands[side], 7 * (n + 1));
      worn.hands[side].setPinchValueImmediate(now[21 + n]!);
      worn.hands[side].updateHandPose();
    });
  };
  wear(samples[0]!);
  let next = 0;
  let done: (() => void) | null = null;
  let time = performance.now();
  performance.now = () => time;
  const ask = window.requestAnimationFrame.bind(window);
  let drawn = NaN;
  window.requestAnimationFrame = (draw) => ask((at) => {
    // More than one may draw in a picture.
    if (at !== drawn) {
      drawn = at;
      time += 1000 / rate;
      if (done !== null && next < samples.length) wear(samples[next++]!);
      else done?.();
    }
    draw(time);
  });
  page.perform = () => new Promise((resolve) => { done = resolve; });
};

interface Placed {
  readonly position: { set(x: number, y: number, z: number): void };
  readonly quaternion: { set(x: number, y: number, z: number, w: number): void };
}

interface Device extends Placed {
  readonly hands: Readonly<Record<"left" | "right", Placed & { setPinchValueImmediate(value: number): void; updateHandPose(): void }>>;
}
