/** Each way a visit waits or ends has its screen, which says what happened and what one can do. */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { SCHEMA_HASH } from "../../src/protocol/generated/constants";
import { faultsOf } from "./support/axe";
import { launch, Person } from "./support/browser";
import { Server, SMALL_CLINIC } from "./support/server";
import { fillIn, open, PATIENCE, screen, SMALL, visit } from "./support/visits";

const REMOVED = 4503;
const WORLD = /^ws:\/\/127\.0\.0\.1/;

let browser: Browser;
let server: Server;
let anna: Person;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), Server.start(`--facility=${SMALL_CLINIC}`)]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

beforeEach(async () => {
  anna = await Person.come(browser, { ...SMALL, bypassCSP: true });
});

afterEach(() => {
  expect(anna.ownComplaints).toEqual([]);
});

it("says that a room is full, waits for a place, and comes in as soon as there is one", async () => {
  const ben = await visit(browser, server, { name: "Ben", room: "booth" });
  await open(anna, server);
  await fillIn(anna, { name: "Anna", room: "booth" });
  await ended(anna, "This room is full", ["Wait for a place", "Choose a room"]);
  await anna.page.getByRole("button", { name: "Wait for a place" }).click();
  await anna.page.getByRole("heading", { name: "Waiting for a place" }).waitFor();
  await ben.page.getByRole("button", { name: "Leave" }).first().click();
  await screen(anna, "room");
  expect(await anna.page.evaluate(() => window.polyclinic.room)).toBe("booth");
  expect(ben.complaints).toEqual([]);
  await ben.go();
});

it("says that one was asked to leave, and does not come back by itself", async () => {
  const connections: { close: (options: { code: number; reason: string }) => Promise<void> }[] = [];
  await anna.page.routeWebSocket(WORLD, (near) => {
    near.connectToServer();
    connections.push(near);
  });
  await open(anna, server);
  await fillIn(anna, { name: "Anna", room: "consult" });
  await screen(anna, "room");
  await connections[0]!.close({ code: REMOVED, reason: "removed" });
  await ended(anna, "You were asked to leave", ["Choose a room"]);
  expect(connections).toHaveLength(1);
  await anna.page.getByRole("button", { name: "Choose a room" }).click();
  await screen(anna, "entrance");
});

it("says that a page of another version has to be loaded anew", async () => {
  // The server's own refusal of a hello with another schema.
  await anna.page.routeWebSocket(WORLD, (near) => {
    const far = near.connectToServer();
    near.onMessage((message) => { far.send(typeof message === "string" ? message : ofAnotherVersion(message)); });
  });
  await open(anna, server);
  await fillIn(anna, { name: "Anna", room: "consult" });
  await ended(anna, "This page is older than the clinic", ["Load the new version"]);
});

it("says that the clinic cannot be reached, and comes in once it can", async () => {
  await open(anna, server);
  await anna.context.setOffline(true);
  await fillIn(anna, { name: "Anna", room: "consult" });
  await ended(anna, "The clinic cannot be reached", ["Try again", "Choose a room"]);
  await anna.context.setOffline(false);
  await anna.page.getByRole("button", { name: "Try again" }).click();
  await screen(anna, "room");
});

it("tells who is in a room that its server has gone, and goes on trying", async () => {
  const short = await Server.start(`--facility=${SMALL_CLINIC}`);
  await open(anna, short);
  await fillIn(anna, { name: "Anna", room: "consult" });
  await screen(anna, "room");
  await short.stop();
  await anna.page.getByRole("alertdialog", { name: "The clinic is restarting" }).waitFor({ timeout: PATIENCE });
  expect(await anna.page.evaluate(() => window.polyclinic.status?.state)).toBe("reconnecting");
  expect(await faultsOf(anna, "server gone")).toEqual([]);
  await anna.picture("server-gone");
  await anna.page.locator(".state").getByRole("button", { name: "Leave" }).click();
  await screen(anna, "entrance");
});

it.each([
  [4000, "The room is moving", "You need not do anything."],
  [4001, "Connection lost", "Your place in the room is kept."],
])("lies over the room after %i, within reach, whatever was open", async (code, title, text) => {
  const connections: { close: (options: { code: number; reason: string }) => Promise<void> }[] = [];
  await anna.page.routeWebSocket(WORLD, (near) => {
    // The first goes through; nobody answers those that come after it.
    if (connections.length === 0) near.connectToServer();
    connections.push(near);
  });
  await open(anna, server);
  await fillIn(anna, { name: "Anna", room: "consult" });
  await screen(anna, "room");
  await anna.page.getByRole("button", { name: "Help", exact: true }).click();
  await anna.page.locator("dialog[open]").waitFor();
  await connections[0]!.close({ code, reason: "" });
  const state = anna.page.getByRole("alertdialog", { name: title });
  await state.getByText(text).waitFor({ timeout: PATIENCE });
  expect(await anna.page.locator("dialog[open]").count()).toBe(0);
  expect(await faultsOf(anna, title)).toEqual([]);
  await anna.picture(`state-${code}`);
  await anna.page.keyboard.press("?");
  expect(await anna.page.locator("dialog[open]").count()).toBe(0);
  await state.getByRole("button", { name: "Leave" }).click({ timeout: PATIENCE });
  await screen(anna, "entrance");
});

it("says that a room of an old link is not there", async () => {
  await open(anna, server, "/#room=long-gone");
  await anna.page.getByText("The room that you were invited to is not open.").waitFor({ timeout: PATIENCE });
});

async function ended(person: Person, title: string, buttons: readonly string[]): Promise<void> {
  await person.page.getByRole("alertdialog", { name: title }).waitFor({ timeout: PATIENCE });
  await screen(person, "ended");
  expect(await person.page.getByRole("alertdialog").getByRole("button").allInnerTexts()).toEqual(buttons);
  expect(await faultsOf(person, title)).toEqual([]);
  await person.picture(`state-${title.toLowerCase().replaceAll(/\W+/g, "-")}`);
}

/** A hello whose schema is one digit off. */
function ofAnotherVersion(message: Buffer): Buffer {
  const schema = Buffer.from(SCHEMA_HASH);
  const at = message.indexOf(schema);
  if (at < 0) return message;
  const changed = Buffer.from(message);
  changed[at] = changed[at] === 0x30 ? 0x31 : 0x30;
  return changed;
}
