/** Doors in a headset: who walks through one wears it on in the next room, and can walk back. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, Person } from "./support/browser";
import { comeWithHeadset, enter, pictures, putOn, SMALL, until } from "./support/headset";
import { Server } from "./support/server";
import { say } from "./support/visits";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** In the page: walk in the tracked space to a point of the room, at a stroll, or until the room is another. */
const WALK = `(x, z) => new Promise((resolve) => {
  const from = polyclinic.room;
  let last = performance.now();
  worn.activeSession.requestAnimationFrame(function step(now) {
    if (polyclinic.screen !== "room" || polyclinic.room !== from) { resolve(); return; }
    const seconds = Math.min(0.1, Math.max(0, (now - last) / 1000));
    last = now;
    const { position, yaw } = polyclinic.self.standing;
    const q = worn.quaternion;
    const turn = yaw - Math.atan2(2 * (q.x * q.z + q.w * q.y), 1 - 2 * (q.x * q.x + q.y * q.y));
    const [dx, dz] = [x - position[0], z - position[2]];
    const away = Math.hypot(dx, dz);
    if (away < 0.01) { resolve(); return; }
    const [ux, uz] = [dx / away, dz / away];
    const stride = Math.min(away, 1.2 * seconds);
    // The hands go along.
    for (const { position: at } of [worn, worn.controllers.left, worn.controllers.right]) {
      at.x += (ux * Math.cos(turn) - uz * Math.sin(turn)) * stride;
      at.z += (uz * Math.cos(turn) + ux * Math.sin(turn)) * stride;
    }
    worn.activeSession.requestAnimationFrame(step);
  });
})`;

async function walkThrough(page: Page, [x, z]: readonly [number, number], to: string): Promise<void> {
  await page.evaluate(`(${WALK})(${x}, ${z})`);
  await until(page, `polyclinic.screen === 'room' && polyclinic.room === '${to}' && polyclinic.counts.frames > 5`);
}

it("lead to the next room and back without taking the headset off", async () => {
  const wearer = await comeWithHeadset(browser, server.http, "consult-1", "controller");
  const { page } = wearer;
  const olga = await Person.come(browser, { viewport: SMALL });
  await enter(olga, server.http, "consult-1", "Olga");
  await putOn(page);
  await page.evaluate("window.firstSession = worn.activeSession; window.ends = 0; firstSession.addEventListener('end', () => { ends += 1; })");
  const sessions = "worn.activeSession === firstSession && ends === 0 && polyclinic.self.device === 'headset'";

  // It can be read for some seconds from where the couch begins.
  await Promise.all([page.evaluate(`(${WALK})(2, -1)`), until(page, "polyclinic.reading.includes('Couch: what happens here is private.')")]);

  await walkThrough(page, [-1.6, 2.45], "waiting");
  expect(await page.evaluate(sessions)).toBe(true);
  await pictures(page, 10);
  // The frames of the same session move the wearer in the new room.
  const before = await page.evaluate<number[]>("polyclinic.self.standing.position");
  await page.evaluate("worn.position.y += 0.1");
  await until(page, `Math.abs(polyclinic.self.standing.position[1] - ${before[1]! + 0.1}) < 0.02`);
  await wearer.picture("headset-next-room");

  await walkThrough(page, [-2.5, -4.9], "consult-1");
  expect(await page.evaluate(sessions)).toBe(true);
  await pictures(page, 10);
  await until(olga.page, "polyclinic.people.some(({ name, left }) => name === 'Wanda' && left.presence > 0)");
  await Promise.all([say(olga, "Good to see you back."), until(page, "polyclinic.reading.includes('Olga: Good to see you back.')")]);
  await pictures(page, 1);
  await wearer.picture("headset-reading");
  // It goes once it has been read.
  await until(page, "polyclinic.reading.length === 0");

  await page.evaluate("worn.activeSession.end()");
  await until(page, "polyclinic.self.device === 'desktop' && ends === 1");
  const frames = await page.evaluate<number>("polyclinic.counts.frames");
  await until(page, `polyclinic.counts.frames > ${frames + 2}`);
  expect(wearer.complaints).toEqual([]);
  expect(olga.complaints).toEqual([]);
  await wearer.go();
  await olga.go();
});
