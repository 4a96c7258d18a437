/** All of a visit without a mouse: coming in, taking a thing, passing it on, leaving. Nothing here clicks. */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { launch, Person } from "./support/browser";
import { repeat } from "./support/patience";
import { Server } from "./support/server";
import { face, meet, open, PATIENCE, screen, selectByKeys, self, SMALL, tabTo, take, visit, walk } from "./support/visits";

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

it("comes in, takes a thing, passes it to somebody and leaves by keys alone", async () => {
  const ben = await visit(browser, server, { name: "Ben", room: "consult-1", role: "patient", button: "Enter as text" });
  const anna = await Person.come(browser, SMALL);
  const { page } = anna;
  await open(anna, server);
  await tabTo(page, 'input[name="name"]');
  await page.keyboard.type("Anna");
  await tabTo(page, 'select[name="role"]');
  await selectByKeys(page, "Clinician");
  await tabTo(page, 'input[name="room"]');
  await repeat("consult-1 is chosen", async () => {
    if ((await page.locator("input[name=room]:checked").inputValue()) === "consult-1") return true;
    await page.keyboard.press("ArrowDown");
    return false;
  });
  await tabTo(page, 'button[type="submit"]');
  await page.keyboard.press("Enter");
  await screen(anna, "room");
  expect(await self(anna)).toMatchObject({ name: "Anna", role: "clinician" });
  await meet(anna, ben);

  await walk(anna, [-0.3, 1]);
  await walk(anna, [-0.3, -0.1]);
  await take(anna, THING);
  await heldBy([anna, ben], (await self(anna)).entity);
  await walk(anna, [-0.3, 1]);
  await face(anna, Math.PI / 2);
  await page.keyboard.press("o");
  await ben.page.waitForFunction((name) => window.polyclinic.things.find((each) => each.name === name)?.offered === true, THING, { timeout: PATIENCE });

  await tabTo(ben.page, "button", `Take ${THING}`);
  await ben.page.keyboard.press("Enter");
  await heldBy([anna, ben], (await self(ben)).entity);

  await tabTo(page, "button.leave", "Leave");
  await page.keyboard.press("Enter");
  await screen(anna, "entrance");
  await ben.page.waitForFunction(() => window.polyclinic.people.length === 0, null, { timeout: PATIENCE });
  await tabTo(ben.page, "button.leave", "Leave the room");
  await ben.page.keyboard.press("Enter");
  await screen(ben, "entrance");
  expect([...anna.complaints, ...ben.complaints]).toEqual([]);
});

async function heldBy(people: readonly Person[], entity: number): Promise<void> {
  for (const { page } of people) {
    await page.waitForFunction(([name, holder]) => window.polyclinic.things.find((each) => each.name === name)?.holder === holder, [THING, entity] as const, { timeout: PATIENCE });
  }
}
