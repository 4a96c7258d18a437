/** The network goes and comes back: what one sees meanwhile, what one has missed, and whom others see. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { launch, type Person } from "./support/browser";
import { CutWire, Server, SMALL_CLINIC } from "./support/server";
import { type Coming, meet, PATIENCE, say, screen, self, send, SMALL, visit, write } from "./support/visits";

/** How Ben comes: by tickets that tell the server's own address, so that his network is never cut. The page's policy has no such address. */
const AROUND: Coming = { options: { ...SMALL, bypassCSP: true }, before: around };

let browser: Browser;
let wire: CutWire;
let server: Server;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  wire = await CutWire.listen(() => Number(new URL(server.world).port));
  [browser, server] = await Promise.all([launch(), Server.start(`--facility=${SMALL_CLINIC}`, `--world-url=ws://127.0.0.1:${wire.port}/world`)]);
});

afterAll(async () => {
  await browser.close();
  wire.close();
  await server.stop();
});

beforeEach(async () => {
  wire.mend();
  anna = await visit(browser, server, { name: "Anna", room: "consult" });
  ben = await visit(browser, server, { name: "Ben", room: "consult", role: "patient" }, AROUND);
  await meet(anna, ben);
  // Whom a test before has left without a network is gone.
  await ben.page.waitForFunction(() => window.polyclinic.roster.length === 2, null, { timeout: PATIENCE });
});

it("comes back within the time in which its place is kept, and has missed nothing", async () => {
  const { entity } = await self(anna);
  // The longer the wire is cut, the longer Anna's page waits between two tries.
  await write(ben, "Anna, are you there?");
  wire.cut();
  await stateShown(anna, "reconnecting");
  await send(ben, "Anna, are you there?");
  wire.mend();
  // It can be read for some seconds.
  await Promise.all([live(anna), anna.page.getByText("Back, nothing was missed.").waitFor({ timeout: PATIENCE })]);
  expect(await anna.page.evaluate(() => window.polyclinic.status)).toMatchObject({ state: "live", resumed: true });
  await anna.page.waitForFunction(() => window.polyclinic.chat.length > 0, null, { timeout: PATIENCE });
  // Whatever was sent twice would be there by the time the next line is.
  await say(ben, "Good.");
  await anna.page.waitForFunction(() => window.polyclinic.chat.at(-1)?.text === "Good.", null, { timeout: PATIENCE });
  expect(await anna.page.evaluate(() => window.polyclinic.chat.map(({ text }) => text))).toEqual(["Anna, are you there?", "Good."]);
  expect((await self(anna)).entity).toBe(entity);
  await meet(anna, ben);
  expect(anna.ownComplaints).toEqual([]);
  expect(ben.complaints).toEqual([]);
});

it("comes in anew when it was away for longer, says so, and stands there once", async () => {
  const { entity } = await self(anna);
  wire.cut();
  await stateShown(anna, "reconnecting");
  await anna.picture("reconnecting");
  // Its place is given up when the time is over: the server tells Ben.
  await ben.page.waitForFunction((id) => !window.polyclinic.roster.some((who) => who.entity === id), entity, { timeout: PATIENCE });
  wire.mend();
  await Promise.all([live(anna), anna.page.getByText("Some of what happened meanwhile may be missing.").waitFor({ timeout: PATIENCE })]);
  expect(await anna.page.evaluate(() => window.polyclinic.status)).toMatchObject({ state: "live", resumed: false });
  await meet(anna, ben);
  expect((await self(anna)).entity).not.toBe(entity);
  expect(await namesSeen(ben)).toEqual(["Anna"]);
  expect(anna.ownComplaints).toEqual([]);
  expect(ben.complaints).toEqual([]);
});

it("leaves nobody standing when one leaves while the network is gone", async () => {
  wire.cut();
  await stateShown(anna, "reconnecting");
  await anna.page.getByRole("button", { name: "Leave" }).last().click();
  await screen(anna, "entrance");
  await ben.page.waitForFunction(() => window.polyclinic.people.length === 0 && window.polyclinic.roster.length === 1, null, { timeout: PATIENCE });
  wire.mend();
  expect(anna.ownComplaints).toEqual([]);
});

it("leaves nobody standing when one leaves by the button, or closes the window", async () => {
  await anna.page.getByRole("button", { name: "Leave" }).first().click();
  await screen(anna, "entrance");
  await ben.page.waitForFunction(() => window.polyclinic.people.length === 0 && window.polyclinic.roster.length === 1, null, { timeout: PATIENCE });
  const carla = await visit(browser, server, { name: "Carla", room: "consult" });
  await meet(carla, ben);
  await carla.page.close({ runBeforeUnload: true });
  await ben.page.waitForFunction(() => window.polyclinic.people.length === 0 && window.polyclinic.roster.length === 1, null, { timeout: PATIENCE });
  await carla.go();
  expect([...anna.complaints, ...ben.complaints, ...carla.complaints]).toEqual([]);
});

async function stateShown({ page }: Person, kind: string): Promise<void> {
  await page.locator(`.state[data-kind="${kind}"]`).waitFor({ timeout: PATIENCE });
}

async function live({ page }: Person): Promise<void> {
  await page.waitForFunction(() => window.polyclinic.status?.state === "live", null, { timeout: PATIENCE });
}

async function namesSeen({ page }: Person): Promise<readonly string[]> {
  return page.evaluate(() => window.polyclinic.people.map(({ name }) => name));
}

async function around({ page }: Person): Promise<void> {
  await page.route("**/v1/rooms/*/tickets", async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { world: string };
    await route.fulfill({ response, json: { ...body, world: body.world.replace(`:${wire.port}`, `:${new URL(server.world).port}`) } });
  });
}
