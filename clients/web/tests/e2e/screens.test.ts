/** Each screen as it stands in the real client: no fault that axe finds, light and dark, and a picture of each. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf } from "./support/axe";
import { launch, Person } from "./support/browser";
import { Bots, Server, SMALL_CLINIC } from "./support/server";
import { fillIn, open, PATIENCE, say, screen, visit } from "./support/visits";

let browser: Browser;
let server: Server;
let bots: Bots;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
  bots = new Bots(server, "consult-1", 3);
});

afterAll(async () => {
  await bots.stop();
  await browser.close();
  await server.stop();
});

for (const colorScheme of ["light", "dark"] as const) {
  it(`has no fault on any screen, ${colorScheme}`, async () => {
    const faults: string[] = [];
    const anna = await Person.come(browser, { viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1, colorScheme, bypassCSP: true });
    const look = async (name: string): Promise<void> => {
      faults.push(...(await faultsOf(anna, name)));
      await anna.picture(`${name}-${colorScheme}`);
    };
    await open(anna, server);
    await look("entrance");
    await anna.page.getByRole("button", { name: "Show map" }).click();
    await look("entrance-map");
    await fillIn(anna, { name: "Anna", room: "consult-1" });
    await screen(anna, "room");
    await anna.page.waitForFunction(() => window.polyclinic.people.length === 3, null, { timeout: PATIENCE });
    await say(anna, "Good morning, everybody.");
    await look("room-chat");
    for (const panel of ["People", "Map"]) {
      await anna.page.getByRole("button", { name: panel, exact: true }).click();
      await anna.page.locator(panel === "Map" ? ".map-panel .room-row" : ".roster li").first().waitFor();
      await look(`room-${panel.toLowerCase()}`);
    }
    await anna.page.getByRole("button", { name: "More", exact: true }).click();
    await look("room-actions");
    for (const dialog of ["Settings", "Help"]) {
      await anna.page.getByRole("button", { name: dialog, exact: true }).click();
      await anna.page.locator("dialog[open]").waitFor();
      await look(`dialog-${dialog.toLowerCase()}`);
      await anna.page.keyboard.press("Escape");
    }
    await anna.page.getByRole("button", { name: "Text view", exact: true }).click();
    await look("text-view");
    expect(faults).toEqual([]);
    expect(anna.complaints).toEqual([]);
    await anna.go();
  });
}

it("has no fault on the screens of states, light and dark", async () => {
  const small = await Server.start(`--facility=${SMALL_CLINIC}`);
  const ben = await visit(browser, small, { name: "Ben", room: "booth", button: "Enter as text" });
  const faults: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    const anna = await Person.come(browser, { viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1, colorScheme, bypassCSP: true });
    await open(anna, small);
    await fillIn(anna, { name: "Anna", room: "booth" });
    await screen(anna, "ended");
    faults.push(...(await faultsOf(anna, `full-${colorScheme}`)));
    await anna.picture(`full-${colorScheme}`);
    await anna.page.getByRole("button", { name: "Wait for a place" }).click();
    await anna.page.getByRole("heading", { name: "Waiting for a place" }).waitFor();
    faults.push(...(await faultsOf(anna, `waiting-${colorScheme}`)));
    await anna.go();
  }
  await small.stop();
  await ben.page.locator('.state[data-over="true"]').waitFor({ timeout: PATIENCE });
  faults.push(...(await faultsOf(ben, "server gone")));
  expect(faults).toEqual([]);
  await ben.go();
});
