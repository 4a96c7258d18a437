/** A view that nobody attends to is locked, a device that is passed on keeps nothing, and who may shows others out. */

import { readFileSync, writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf } from "./support/axe";
import { launch, Person } from "./support/browser";
import { emulate, putOn, until } from "./support/headset";
import { clinicWith, Provider } from "./support/provider";
import { Server, SHARED_CLINIC, SMALL_CLINIC } from "./support/server";
import { fillIn, PATIENCE, say, screen, self, SMALL, tabTo, visit } from "./support/visits";

let browser: Browser;
let shared: Server;
let small: Server;

beforeAll(async () => {
  [browser, shared, small] = await Promise.all([launch(), Server.start(`--facility=${SHARED_CLINIC}`), Server.start(`--facility=${SMALL_CLINIC}`)]);
});

afterAll(async () => {
  await browser.close();
  await Promise.all([shared.stop(), small.stop()]);
});

it("asks whether anybody is there, locks the view, and lets its person back to their place, all by keys", async () => {
  const ben = await visit(browser, shared, { name: "Ben Okri", room: "consult", role: "patient" }, { options: { ...SMALL, bypassCSP: true } });
  await say(ben, "something private");
  const { entity } = await self(ben);
  const question = ben.page.getByRole("alertdialog", { name: "Are you still there?" });
  await question.waitFor({ timeout: PATIENCE });
  // The answer has the focus.
  await ben.page.keyboard.press("Enter");
  await question.waitFor({ state: "hidden", timeout: PATIENCE });
  await question.waitFor({ timeout: PATIENCE });
  expect(await faultsOf(ben, "still there")).toEqual([]);
  await ben.picture("still-there");
  const locked = ben.page.getByRole("alertdialog", { name: "This view is locked" });
  await locked.waitFor({ timeout: PATIENCE });
  await screen(ben, "ended");
  expect(await faultsOf(ben, "locked")).toEqual([]);
  await ben.picture("locked");
  expect(await ben.page.locator("canvas").count()).toBe(0);
  const shown = await ben.page.evaluate(() => document.body.textContent);
  for (const secret of ["Ben Okri", "something private"]) expect(shown).not.toContain(secret);
  await tabTo(ben.page, "button", "Come back in");
  await ben.page.keyboard.press("Enter");
  await screen(ben, "room");
  expect((await self(ben)).entity).toBe(entity);
  expect(ben.ownComplaints).toEqual([]);
  await ben.go();
});

it("asks who wears a headset too, in the headset, and takes a movement of the head for an answer", async () => {
  const wanda = await visit(browser, shared, { name: "Wanda", room: "consult", role: "patient" }, { before: (person) => emulate(person, "controller") });
  const { page } = wanda;
  await putOn(page);
  const warned = "polyclinic.reading.some((line) => /^Move or speak to stay: this view goes dark in \\d+ s\\.$/.test(line))";
  await until(page, warned);
  await page.evaluate("worn.position.x += 0.05");
  await until(page, `!(${warned})`);
  // Nobody moves again: it goes dark, and what was in the headset is gone with the session.
  await until(page, warned);
  await screen(wanda, "ended");
  await until(page, "worn.activeSession === undefined");
  await page.getByRole("alertdialog", { name: "This view is locked" }).waitFor({ timeout: PATIENCE });
  expect(wanda.ownComplaints).toEqual([]);
  await wanda.go();
});

it("leaves nothing of the last wearer on a device that is passed on", async () => {
  const ben = await visit(browser, shared, { name: "Ben Okri", room: "consult", role: "patient" });
  await say(ben, "something private");
  await ben.page.evaluate(() => { (window as unknown as { before: boolean }).before = true; });
  await ben.page.getByRole("button", { name: "Leave and forget" }).first().click();
  await ben.page.waitForFunction(() => !("before" in window) && document.querySelector("input[name=name]") !== null, null, { timeout: PATIENCE });
  await keepsNothing(ben, ["Ben Okri", "something private"]);
  expect(ben.complaints).toEqual([]);
  await ben.go();
});

it("leaves nothing of a last wearer who was signed in, at the provider neither", async () => {
  const provider = await Provider.start();
  const clinic = clinicWith(provider, ["lobby"]);
  writeFileSync(clinic.path, readFileSync(clinic.path, "utf8").replace("shared_devices = false", "shared_devices = true"));
  const server = await Server.start(`--facility=${clinic.path}`);
  await provider.know("dr", { roles: ["doctor"], amr: ["pwd", "mfa"], name: "Dr. Anna" });
  const anna = await Person.come(browser, SMALL);
  const { page } = anna;
  const tokens: string[] = [], asked: string[] = [], shown: string[] = [];
  page.on("request", (request) => {
    asked.push(request.url());
    shown.push(request.headers()["authorization"] ?? "");
  });
  page.on("response", (response) => {
    if (response.url().endsWith("/oauth2/token")) void response.json().then((told: Record<string, string>) => tokens.push(told["id_token"]!, told["access_token"]!, told["refresh_token"]!));
    if (response.url().endsWith("/v1/tickets")) void response.json().then((told: Record<string, string>) => { if (told["pass"] !== undefined) tokens.push(told["pass"]); });
  });
  await page.goto(`${server.http}/`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click({ timeout: PATIENCE });
  await provider.signIn(page, "dr");
  await page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
  await fillIn(anna, { name: "Dr. Anna", room: "ward", role: "clinician", button: "Enter as text" });
  await screen(anna, "room");
  expect(shown.some((header) => header === `Bearer ${tokens[0]}`)).toBe(true);
  await page.getByRole("button", { name: "Leave and forget" }).first().click();
  // The provider ends its own session; this one asks first.
  await page.waitForURL(`${provider.issuer}/oauth2/end_session?**`, { timeout: PATIENCE });
  expect([...new URL(page.url()).searchParams.keys()].sort()).toEqual(["client_id", "post_logout_redirect_uri"]);
  await page.getByRole("button", { name: "End session" }).click();
  await page.waitForURL(`${server.http}/`, { timeout: PATIENCE });
  shown.length = 0;
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: PATIENCE });
  await page.reload();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: PATIENCE });
  expect(tokens.length).toBeGreaterThanOrEqual(3);
  await keepsNothing(anna, ["Dr. Anna", ...tokens]);
  expect(shown.filter((header) => header !== "")).toEqual([]);
  for (const token of tokens) for (const place of [...asked, server.log]) expect(place).not.toContain(token);
  expect(anna.ownComplaints).toEqual([]);
  await anna.go();
  await server.stop();
  provider.stop();
  clinic.forget();
});

/** Of who was here nothing is in the page, nor in what a browser keeps for it. */
async function keepsNothing({ page, context }: Person, secrets: readonly string[]): Promise<void> {
  const left = await page.evaluate(async () => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    databases: await indexedDB.databases(),
    // Only secure pages have caches, and this one, on the loopback address, is one.
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    history: history.state as unknown,
    fields: [...document.querySelectorAll<HTMLInputElement>("input[type=text], input:not([type])")].map(({ value }) => value).join(""),
  }));
  expect(left).toEqual({ local: [], session: [], databases: [], caches: [], workers: 0, history: null, fields: "" });
  expect(await context.cookies()).toEqual([]);
  const content = await page.content();
  for (const secret of secrets) expect(content).not.toContain(secret);
}

it("lets who may mute somebody and show them out, who then cannot act on it, and others not", async () => {
  const ben = await visit(browser, small, { name: "Ben", room: "consult", role: "patient" });
  const anna = await visit(browser, small, { name: "Anna", room: "consult", role: "clinician" }, { options: { viewport: { width: 1280, height: 800 }, bypassCSP: true } });
  const about = anna.page.getByRole("button", { name: "What to do about “Ben”" });
  await anna.page.getByRole("button", { name: "People", exact: true }).click();
  await about.click({ timeout: PATIENCE });
  const menu = anna.page.getByRole("dialog", { name: "Ben" });
  await menu.getByRole("button", { name: "Mute" }).waitFor({ timeout: PATIENCE });
  expect(await faultsOf(anna, "moderation")).toEqual([]);
  await anna.picture("moderation");
  await menu.getByRole("button", { name: "Mute" }).click();
  await anna.page.getByText(", muted").waitFor({ timeout: PATIENCE });
  await about.click();
  await menu.getByLabel("Why").selectOption("private");
  await menu.getByRole("button", { name: "Remove from the room" }).click();
  await ben.page.getByRole("alertdialog", { name: "You were asked to leave" }).waitFor({ timeout: PATIENCE });
  await anna.page.waitForFunction(() => window.polyclinic.roster.length === 1, null, { timeout: PATIENCE });
  expect([...anna.ownComplaints, ...ben.ownComplaints]).toEqual([]);
  await Promise.all([anna.go(), ben.go()]);
});
