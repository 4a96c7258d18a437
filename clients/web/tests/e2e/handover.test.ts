/** A thing goes from hand to hand: at each step everybody agrees on who holds it. */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { launch, type Person } from "./support/browser";
import type { SeenThing } from "./support/hook";
import { Server } from "./support/server";
import { face, meet, PATIENCE, self, take, visit, walk } from "./support/visits";

/** A place goes over the wire in millimetres. */
const QUANTUM = 0.001 + 1e-6;
const THING = "Heart";

let browser: Browser;
let server: Server;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
});

// Things are where the facility says only before somebody has moved them.
beforeEach(async () => {
  server = await Server.start();
});

afterEach(async () => {
  await server.stop();
});

it("is taken, offered, taken over and put down, and is one thing in one place for both", async () => {
  const anna = await visit(browser, server, { name: "Anna", room: "consult-1" });
  const ben = await visit(browser, server, { name: "Ben", room: "consult-1", role: "patient" });
  await meet(anna, ben);
  const [annas, bens] = [(await self(anna)).entity, (await self(ben)).entity];

  await walk(anna, [-0.3, 1]);
  await walk(anna, [-0.3, -0.1]);
  await take(anna, THING);
  await agree([anna, ben], { holder: annas, offered: false });

  await face(anna, -Math.PI / 2);
  await anna.page.keyboard.press("o");
  await agree([anna, ben], { holder: annas, offered: true });

  await walk(ben, [0.5, 1]);
  await walk(ben, [0.7, 0.1]);
  await take(ben, THING);
  await agree([anna, ben], { holder: bens, offered: false });

  await ben.page.keyboard.press("f");
  await agree([anna, ben], { holder: 0, offered: false });
  // What was put down comes to rest first.
  await expect.poll(async () => apart(await thing(anna), await thing(ben)), { timeout: PATIENCE }).toBeLessThanOrEqual(QUANTUM);
  expect([...anna.complaints, ...ben.complaints]).toEqual([]);
});

async function agree(people: readonly Person[], expected: { readonly holder: number; readonly offered: boolean }): Promise<void> {
  for (const { page } of people) {
    await page.waitForFunction(([name, holder, offered]) => {
      const seen = window.polyclinic.things.find((each) => each.name === name);
      return seen?.shown === true && seen.holder === holder && seen.offered === offered;
    }, [THING, expected.holder, expected.offered] as const, { timeout: PATIENCE });
  }
}

/** The widest of three axes, m. */
function apart(one: SeenThing, other: SeenThing): number {
  return Math.max(...one.position.map((value, axis) => Math.abs(value - other.position[axis]!)));
}

async function thing({ page }: Person): Promise<SeenThing> {
  const seen = await page.evaluate((name) => window.polyclinic.things.find((each) => each.name === name), THING);
  if (seen === undefined) throw new Error(`${THING} is not in sight`);
  return seen;
}
