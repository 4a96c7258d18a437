/** Ways into a room: an invitation's link, and the doors between rooms. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, Person } from "./support/browser";
import { Server } from "./support/server";
import { confirm, face, open, PATIENCE, screen, SMALL, visit, walk } from "./support/visits";

let browser: Browser;
let server: Server;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

it("opens the room of an invitation, and leaves nothing of it in the address bar", async () => {
  const room = await openVisit();
  const anna = await Person.come(browser, SMALL);
  await open(anna, server, `/#room=${room}`);
  expect(anna.page.url()).toBe(`${server.http}/`);
  expect(await anna.page.locator("input[name=room]:checked").inputValue()).toBe(room);
  await anna.page.getByLabel("Your name").fill("Anna");
  await anna.page.getByRole("button", { name: "Enter", exact: true }).click();
  await screen(anna, "room");
  expect(await anna.page.evaluate(() => window.polyclinic.room)).toBe(room);
  expect(anna.page.url()).toBe(`${server.http}/`);
  // Whoever has been here before is in the room with one press.
  await anna.page.goto("about:blank");
  await anna.page.goto(`${server.http}/#room=${room}`);
  await anna.picture("entrance-known");
  await confirm(anna.page, "Anna");
  await screen(anna, "room");
  expect(await anna.page.evaluate(() => window.polyclinic.room)).toBe(room);
  expect(anna.page.url()).toBe(`${server.http}/`);
  // Neither the room's id nor a ticket is kept, in the page's history or in the browser.
  const kept = await anna.page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), history.state]));
  expect(kept).not.toContain(room);
  expect(await anna.context.cookies()).toEqual([]);
  expect(anna.complaints).toEqual([]);
  await anna.go();
});

it("lets who was invited into that room alone, once, and leaves nothing of the link", async () => {
  const { link, invitation } = await invite({ room: "ward", role: "patient", name: "Ann A." });
  const anna = await Person.come(browser, SMALL);
  const sent: string[] = [];
  anna.page.on("request", (request) => sent.push(request.url()));
  await anna.page.goto(link);
  await anna.page.locator("input[name=room]").waitFor({ timeout: PATIENCE });
  expect(anna.page.url()).toBe(`${server.http}/`);
  expect(await anna.page.getByLabel("Your name").inputValue()).toBe("Ann A.");
  expect(await anna.page.getByLabel("You come as").locator("option").allInnerTexts()).toEqual(["Patient"]);
  expect(await anna.page.locator("input[name=room]").evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value))).toEqual(["ward"]);
  await anna.picture("entrance-invited");
  await anna.page.getByRole("button", { name: "Enter as text", exact: true }).click();
  await screen(anna, "room");
  await expect.poll(() => roster(anna), { timeout: PATIENCE }).toEqual(["Ann A., patient"]);
  // Who has left comes back while the page is open, and the list has that room alone.
  await anna.page.getByRole("button", { name: "Leave", exact: true }).click();
  await anna.page.locator("input[name=room]").waitFor({ timeout: PATIENCE });
  expect(await anna.page.locator("input[name=room]").count()).toBe(1);
  await anna.page.getByRole("button", { name: "Enter as text", exact: true }).click();
  await screen(anna, "room");
  const kept = await anna.page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), history.state, document.documentElement.outerHTML]));
  const word = invitation.slice(-40);
  for (const place of [kept, server.log, ...sent]) expect(place).not.toContain(word);
  const ben = await Person.come(browser, SMALL);
  await ben.page.goto(link);
  await ben.page.getByRole("heading", { name: "This invitation was used already" }).waitFor({ timeout: PATIENCE });
  await ben.picture("invitation-used");
  await ben.page.getByRole("button", { name: "Choose a room" }).click();
  await ben.page.getByLabel("Your name").waitFor({ timeout: PATIENCE });
  expect([...anna.ownComplaints, ...ben.ownComplaints]).toEqual([]);
  await Promise.all([anna.go(), ben.go()]);
});

it("brings who walks through a door into the room behind it", async () => {
  const ben = await visit(browser, server, { name: "Ben", room: "consult-1" });
  await walk(ben, [-0.6, 1.6]);
  await walk(ben, [-1.6, 1.6]);
  await through(ben, Math.PI);
  await ben.page.waitForFunction(() => window.polyclinic.screen === "room" && window.polyclinic.room === "waiting", null, { timeout: PATIENCE });
  await expect.poll(() => roster(ben), { timeout: PATIENCE }).toEqual(["Ben, clinician"]);
  await ben.page.getByRole("heading", { name: "Waiting area", exact: true }).waitFor();
  expect(ben.complaints).toEqual([]);
  await ben.go();
});

/** Who is told to be in the room: a moment after its own greeting. */
async function roster({ page }: Person): Promise<readonly string[]> {
  return page.evaluate(() => window.polyclinic.roster.map(({ name, role }) => `${name}, ${role}`));
}

/** Straight on until the room is another. */
async function through(person: Person, yaw: number): Promise<void> {
  const { page } = person;
  const from = await page.evaluate(() => window.polyclinic.room);
  await face(person, yaw, 0.1);
  await page.keyboard.down("w");
  await page.waitForFunction((room) => window.polyclinic.room !== room, from, { timeout: PATIENCE });
  await page.keyboard.up("w");
}

/** As the operator does. */
async function invite(wish: Readonly<Record<string, unknown>>): Promise<{ link: string; invitation: string }> {
  const answer = await fetch(`${server.admin}/v1/admin/invitations`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) });
  return (await answer.json()) as { link: string; invitation: string };
}

async function openVisit(): Promise<string> {
  const answer = await fetch(`${server.http}/v1/rooms`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ type: "consult", name: "A visit", role: "patient" }) });
  const { id } = (await answer.json()) as { id: string };
  return id;
}
