/** Two people in one room: what one does, the other sees, soon. */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { launch, type Person } from "./support/browser";
import { Server } from "./support/server";
import { meet, PATIENCE, self, visit, walk } from "./support/visits";

const WAVES = 9;
/** From a hand that is up to the same hand up before another's eyes, ms, where the machine is not busy with other things. */
const AGE_MOST = 150;
const TINY = { width: 240, height: 160 };

let browser: Browser;
let server: Server;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
});

beforeEach(async () => {
  anna = await visit(browser, server, { name: "Anna", room: "consult-1" });
  ben = await visit(browser, server, { name: "Ben", room: "consult-1", role: "patient" });
  await meet(anna, ben);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

afterEach(() => {
  expect([...anna.complaints, ...ben.complaints]).toEqual([]);
});

it("shows one where the other has walked to", async () => {
  await walk(anna, [0, 0.5]);
  const { entity } = await self(anna);
  // The last step may still be under way.
  await expect.poll(async () => {
    const [x, , z] = (await self(anna)).standing!.position;
    const seen = await ben.page.evaluate((id) => window.polyclinic.people.find((person) => person.entity === id)?.head.position ?? [], entity);
    return Math.hypot((seen[0] ?? NaN) - x!, (seen[2] ?? NaN) - z!);
  }, { timeout: PATIENCE }).toBeLessThan(0.02);
});

it("shows a wave while it is fresh", async () => {
  for (const { page } of [anna, ben]) await page.setViewportSize(TINY);
  let round = await measure();
  // Windows that have just come in, or a machine that was busy meanwhile, get one more chance.
  if (round.middle > AGE_MOST) round = await measure();
  expect(round.middle).toBeLessThanOrEqual(AGE_MOST);
});

async function measure(): Promise<{ readonly middle: number; readonly pictures: number }> {
  const ages: number[] = [];
  const before = await Promise.all([anna, ben].map(pictureCount));
  for (let wave = 0; wave < WAVES; wave += 1) ages.push(await ageOfWave());
  const after = await Promise.all([anna, ben].map(pictureCount));
  const pictures = Math.round(Math.min(...after.map(({ frames, at }, n) => ((frames - before[n]!.frames) * 1000) / (at - before[n]!.at))));
  const middle = [...ages].sort((x, y) => x - y)[Math.floor(WAVES / 2)]!;
  console.log(`pose age of ${WAVES} waves, ms: ${ages.join(" ")}; median ${middle}; ${pictures} pictures a second`);
  return { middle, pictures };
}

async function pictureCount({ page }: Person): Promise<{ readonly frames: number; readonly at: number }> {
  return page.evaluate(() => ({ frames: window.polyclinic.counts["frames"] ?? 0, at: performance.now() }));
}

/** Milliseconds from the first picture in which the hand of who waves is up, to the first in which it is for who looks on. */
async function ageOfWave(): Promise<number> {
  const { entity } = await self(anna);
  await ben.page.waitForFunction((id) => window.polyclinic.people.find((person) => person.entity === id)?.right.presence === 0, entity, { timeout: PATIENCE });
  await anna.page.waitForFunction(() => window.polyclinic.self!.right === null, null, { timeout: PATIENCE });
  const [up, seen] = [anna.page.evaluate(timeOfHand, 0), ben.page.evaluate(timeOfHand, entity)];
  await anna.page.keyboard.press("1");
  return Math.round((await seen) - (await up));
}

/** When a hand is first as high as the chest, of the machine's clock: one's own as it is sent, or somebody's as it is shown. */
function timeOfHand(entity: number): Promise<number> {
  const height = (): number => {
    const { self: own, people } = window.polyclinic;
    if (entity === 0) return own?.right?.[1] ?? 0;
    const hand = people.find((person) => person.entity === entity)?.right;
    return hand !== undefined && hand.presence > 0 ? hand.position[1]! : 0;
  };
  return new Promise((resolve) => {
    // After all that is done for a picture.
    const look = (): void => {
      if (height() > 1.2) resolve(performance.timeOrigin + performance.now());
      else requestAnimationFrame(() => setTimeout(look, 0));
    };
    look();
  });
}
