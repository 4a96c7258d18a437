/** What people are told of who sees them, the glass that is broken before everybody's eyes, and panels: by keys, axe looks on. */

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { faultsOf } from "./support/axe";
import { launch, Person } from "./support/browser";
import { facilityWith } from "./support/crowd";
import { comeWithHeadset, putOn, until } from "./support/headset";
import { Server } from "./support/server";
import { fillIn, meet, open, PATIENCE, screen, selectByKeys, tabTo, type Wish } from "./support/visits";

const SIZE = { viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1, bypassCSP: true } as const;
const PANEL = "Patient monitor";

let browser: Browser;
let server: Server;
let faults: string[];
/** Who comes into the lab looks at its panel. */
const facility = facilityWith([{ room: "simulation", position: [-1.3, 1.55, 0.9], yaw: 180 }]);

/** Motion of the consultation may be recorded, beside it. */
writeFileSync(facility.path, readFileSync(facility.path, "utf8").replace('id = "consult-1"\n', `id = "consult-1"\nrecordings = "${join(dirname(facility.path), "motion")}"\n`));

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  facility.forget();
});

// What was written on a panel, broken or recorded is kept as long as its server is.
beforeEach(async () => {
  server = await Server.start(`--facility=${facility.path}`);
});

afterEach(async () => {
  await server.stop();
});

async function come(wish: Wish, where = server): Promise<Person> {
  const person = await Person.come(browser, SIZE);
  await open(person, where);
  await fillIn(person, wish);
  await screen(person, "room");
  return person;
}

/** What axe finds, and a picture, in light and in dark. */
async function look(person: Person, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await person.page.emulateMedia({ colorScheme });
    faults.push(...(await faultsOf(person, `${name}, ${colorScheme}`)));
    await person.picture(`${name}-${colorScheme}`);
  }
}

async function key(page: Page, name: string): Promise<void> {
  // Letters are shortcuts where nothing is written.
  await page.keyboard.press("Escape");
  await page.keyboard.press(name);
}

it("tells who sees whom, and breaks the glass before everybody's eyes, by keys alone", async () => {
  faults = [];
  const anna = await come({ name: "Anna", room: "consult-1" });
  const ben = await come({ name: "Ben", room: "consult-1", role: "patient" });
  await meet(anna, ben);
  await key(ben.page, "i");
  const seen = ben.page.locator(".side li", { hasText: "Anna" });
  await seen.filter({ hasText: "Clinician" }).filter({ hasText: /for (a moment|\d+ seconds|a minute|\d+ minutes)/ }).waitFor({ timeout: PATIENCE });
  expect(await seen.locator("strong").count()).toBe(0);
  // Patients break no glass.
  expect(await ben.page.locator("button.alarm:visible").count()).toBe(0);
  await look(ben, "seen");

  await tabTo(anna.page, "button.alarm");
  await anna.page.keyboard.press("Enter");
  await tabTo(anna.page, "dialog[open] select[name=reason]");
  await selectByKeys(anna.page, "Somebody does not respond");
  await tabTo(anna.page, "dialog[open] textarea");
  await anna.page.keyboard.type("No answer from behind the curtain.");
  await look(anna, "glass");
  await tabTo(anna.page, "dialog[open] button.main");
  const going = ben.page.locator(".emergencies li");
  await Promise.all([
    going.filter({ hasText: /“Anna” sees behind every curtain9:\d\d left/ }).waitFor({ timeout: PATIENCE }),
    // It can be read for some seconds.
    ben.page.locator(".captions p", { hasText: "somebody does not respond" }).waitFor({ timeout: PATIENCE }),
    anna.page.keyboard.press("Enter"),
  ]);
  await seen.locator("strong", { hasText: "Emergency: sees behind curtains" }).waitFor({ timeout: PATIENCE });
  expect(await ben.page.locator(".emergencies button").count()).toBe(0);
  expect(await ben.page.locator("body").innerText()).not.toContain("No answer from");
  await look(ben, "emergency");
  await look(anna, "emergency-own");

  await tabTo(anna.page, "button.leave", "End it");
  await anna.page.keyboard.press("Enter");
  await going.first().waitFor({ state: "detached", timeout: PATIENCE });
  await seen.locator("strong", { hasText: "Saw behind curtains" }).waitFor({ timeout: PATIENCE });
  await anna.page.waitForFunction(() => document.activeElement?.classList.contains("alarm") === true, null, { timeout: PATIENCE });

  // In words too; who has left is told of still.
  await key(ben.page, "t");
  await ben.page.locator(".text-view .seen li", { hasText: "Anna" }).waitFor({ timeout: PATIENCE });
  await look(ben, "seen-text");
  await anna.go();
  await ben.page.locator(".text-view ul[aria-label='People who saw you before'] li", { hasText: "Anna" }).waitFor({ timeout: PATIENCE });
  expect(faults).toEqual([]);
  expect([...anna.complaints, ...ben.complaints]).toEqual([]);
  await ben.go();
});

it("lets what is written on a panel be read by everybody there, and loses nobody's text", async () => {
  faults = [];
  const anna = await come({ name: "Anna", room: "simulation" });
  const before = await settledTextures(anna.page);
  await openWriter(anna.page);
  await anna.page.keyboard.type("Pulse 72\nالضغط 120");
  await keep(anna.page);
  await anna.page.locator(".toast", { hasText: `Saved on ${PANEL}.` }).waitFor({ timeout: PATIENCE });
  await anna.page.locator(".boards .stands:visible", { hasText: "Pulse 72" }).waitFor({ timeout: PATIENCE });
  // It is drawn on the panel, which Anna looks at.
  await anna.page.waitForFunction((count) => window.polyclinic.counts["textures"]! === count + 1, before, { timeout: PATIENCE });
  await look(anna, "panel");

  const ben = await come({ name: "Ben", room: "simulation", role: "patient", button: "Enter as text" });
  await ben.page.locator(".boards .stands:visible", { hasText: "Pulse 72" }).waitFor({ timeout: PATIENCE });
  // The room is no place for patients to write in.
  expect(await ben.page.getByRole("button", { name: `Write on ${PANEL}` }).count()).toBe(0);
  await look(ben, "panel-text");
  const cleo = await come({ name: "Cleo", room: "simulation", button: "Enter as text" });
  for (const { page } of [anna, cleo]) await openWriter(page);
  await anna.page.keyboard.type(" Pulse 76");
  await cleo.page.keyboard.press("ControlOrMeta+a");
  await cleo.page.keyboard.type("Pulse 80");
  await keep(anna.page);
  // Cleo was slower: both texts are there, and hers replaces the other only when she says so again.
  await cleo.page.locator(".meanwhile .stands", { hasText: "Pulse 76" }).waitFor({ timeout: PATIENCE });
  expect(await cleo.page.locator("dialog[open] textarea").inputValue()).toBe("Pulse 80");
  await look(cleo, "panel-meanwhile");
  await keep(cleo.page);
  for (const { page } of [anna, ben]) await page.locator(".boards .stands:visible", { hasText: /^Pulse 80$/ }).waitFor({ timeout: PATIENCE });

  expect(faults).toEqual([]);
  expect([...anna.complaints, ...ben.complaints, ...cleo.complaints]).toEqual([]);
  for (const person of [anna, ben, cleo]) await person.go();
});

/** What the graphics card holds once the models of all things have come. */
async function settledTextures(page: Page): Promise<number> {
  await page.waitForFunction((name) => window.polyclinic.things.some((each) => each.name === name) && window.polyclinic.things.every((each) => each.shown), PANEL, { timeout: PATIENCE });
  await page.waitForLoadState("networkidle");
  let [before, now] = [-1, 0];
  while (now !== before) {
    const frames = await page.evaluate(() => window.polyclinic.counts["frames"]!);
    await page.waitForFunction((drawn) => window.polyclinic.counts["frames"]! > drawn + 20, frames, { timeout: PATIENCE });
    [before, now] = [now, await page.evaluate(() => window.polyclinic.counts["textures"]!)];
  }
  return now;
}

/** By keys: the list of panels, and the way to write on one. */
async function openWriter(page: Page): Promise<void> {
  if (!(await page.locator(".boards:visible").count())) await key(page, "k");
  await tabTo(page, "button", `Write on ${PANEL}`);
  await page.keyboard.press("Enter");
  await page.locator("dialog[open] textarea:focus").waitFor({ timeout: PATIENCE });
}

async function keep(page: Page): Promise<void> {
  await tabTo(page, "dialog[open] button.main");
  await page.keyboard.press("Enter");
}

it("tells who wears a headset what is written, what is broken and who sees them", async () => {
  const wearer = await comeWithHeadset(browser, server.http, "consult-1", "controller");
  const anna = await come({ name: "Anna", room: "consult-1", button: "Enter as text" });
  await putOn(wearer.page);
  await until(wearer.page, "polyclinic.people.some(({ name, head }) => name === 'Anna' && head.presence > 0)");
  await anna.page.getByRole("button", { name: "Emergency: see behind the curtains" }).click();
  await anna.page.getByLabel("Why, for everybody in the room").selectOption("safety_check");
  await anna.page.getByLabel("Why, for the record").fill("A noise.");
  await Promise.all([
    until(wearer.page, "polyclinic.reading.some((line) => line.startsWith('“Anna” sees behind every curtain here now'))"),
    anna.page.getByRole("button", { name: "See behind every curtain" }).click(),
  ]);
  // Once she has been looked at.
  await anna.page.locator(".text-view .seen li", { hasText: "Wanda" }).waitFor({ timeout: PATIENCE });
  await wearer.page.evaluate("worn.controllers.right.updateButtonValue('a-button', 1)");
  await until(wearer.page, "polyclinic.reading.includes('“Anna” (in an emergency) sees you now.')");
  await wearer.picture("headset-seen");
  expect([...wearer.complaints, ...anna.complaints]).toEqual([]);
  await wearer.go();
  await anna.go();
});

it("shows everybody that the room is recorded, pauses for who has not allowed it and ends for who no longer does", async () => {
  faults = [];
  const [anna, ben] = [await come({ name: "Anna", room: "consult-1", button: "Enter as text" }), await come({ name: "Ben", room: "consult-1", role: "patient", button: "Enter as text" })];
  for (const { page } of [anna, ben]) {
    await tabTo(page, "button", "What you allow");
    await page.keyboard.press("Enter");
    await tabTo(page, "dialog[open] input[name=record_motion]");
    await page.keyboard.press("Space");
    await page.locator("dialog[open] input[name=record_motion]:checked:enabled").waitFor({ timeout: PATIENCE });
  }
  await look(ben, "allowed");
  await key(ben.page, "Escape");
  await tabTo(anna.page, "button", "Record how everybody moves");
  await anna.page.keyboard.press("Enter");
  await key(anna.page, "Escape");
  const signs = [anna, ben].map(({ page }) => page.locator(".recordings li"));
  for (const sign of signs) await sign.filter({ hasText: "How people move is recorded here." }).waitFor({ timeout: PATIENCE });
  await look(ben, "recorded");
  const cleo = await come({ name: "Cleo", room: "consult-1", role: "patient", button: "Enter as text" });
  for (const sign of [...signs, cleo.page.locator(".recordings li")]) await sign.filter({ hasText: "somebody here has not allowed it" }).waitFor({ timeout: PATIENCE });
  await cleo.go();
  await signs[1]!.filter({ hasText: "How people move is recorded here." }).waitFor({ timeout: PATIENCE });
  await tabTo(ben.page, "button", "No longer allow it");
  await Promise.all([
    anna.page.locator(".toast", { hasText: "How people move is recorded here no longer." }).waitFor({ timeout: PATIENCE }),
    ben.page.keyboard.press("Enter"),
  ]);
  for (const sign of signs) await sign.waitFor({ state: "detached", timeout: PATIENCE });
  expect(faults).toEqual([]);
  expect([...anna.complaints, ...ben.complaints]).toEqual([]);
  for (const person of [anna, ben]) await person.go();
});

it("says that nothing can be kept when the disk is full", async () => {
  const full = await Server.start();
  const anna = await come({ name: "Anna", room: "simulation", button: "Enter as text" }, full);
  await anna.page.getByRole("button", { name: `Write on ${PANEL}` }).click();
  await anna.page.getByLabel(`Text on ${PANEL}`).fill("Pulse 72");
  full.fillDisk();
  await anna.page.getByRole("button", { name: "Save" }).click();
  await anna.page.locator(".state", { hasText: "The server cannot keep anything at the moment." }).waitFor({ timeout: PATIENCE });
  await anna.picture("nothing-kept");
  expect(anna.ownComplaints).toEqual([]);
  await anna.go();
  await full.stop();
});
